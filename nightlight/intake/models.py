"""The records of intake."""
