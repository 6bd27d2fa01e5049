"""Measures, tables and the transparency page; reads all stages, changes nothing.

The three names used most: `tables.TABLES` (every published table with its rule in words), `render.render` (one of
them as text, CSV or JSON) and `headline.headline` (the figures of a press release).
"""
