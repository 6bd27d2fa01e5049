"""Merging, priority and queues: what comes first."""
