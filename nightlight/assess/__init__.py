"""The analyst's desk: decisions, grading, the second look."""
