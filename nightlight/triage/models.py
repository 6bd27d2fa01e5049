"""The records of triage."""
