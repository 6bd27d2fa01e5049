"""What all stages share: Report, Location, Case, Media, Child, Subject, Assessment, Hold.

The three names used most: `states.move(case, to)` (the only way a Case changes its state), `events` (the
announcements by which stages learn of each other's doings) and `panels.register` (what a stage shows on a case).
"""
