"""Members, lists, feeds, the match call and opinions."""
