"""Stats keeps no records of its own: every figure is counted from those of the stages, as of a day."""
