"""Sorting: which case a report belongs to, and what comes first.

The three names used most: `verbs.sort` (a report to its cases), `rank.rank` (the urgency one report asks for) and
`reading.look` (a reported page read once, its media hashed in memory).
"""
