"""The ground: the home record, the hotline's clock and due work.

The three names used most: `clock.now()` (the hotline's time), `due.enqueue(...)` (work that must not be
forgotten, written in the caller's transaction) and `due.task` (declares who does it).
"""
