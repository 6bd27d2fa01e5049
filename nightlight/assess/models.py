"""The records of assess."""
