"""The records of stats."""
