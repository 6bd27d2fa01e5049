"""Members, lists, feeds, the match call and opinions.

The three names used most: `standing.of` (whether an entry may be listed, and why not), `verbs.settle` (brings the
lists in line with that) and `feed.read` (what changed since a cursor).
"""
