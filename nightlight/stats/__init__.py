"""Measures, tables and the transparency page; reads all stages, changes nothing."""
