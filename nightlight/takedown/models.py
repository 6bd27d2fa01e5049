"""The records of takedown."""
