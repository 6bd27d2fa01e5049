"""The records of sharing."""
