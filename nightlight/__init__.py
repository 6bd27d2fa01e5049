"""Nightlight, the open hotline system: report, triage, assess, take down, refer, share, watch, count."""

__version__ = "0.1.0"
