"""The tamper-evident log: what was done, by whom, to what, in ids and keyed digests only.

The three names used most: `log.record(...)` (one entry in the caller's transaction), `promise.promise(entry)` (our
signed word that it will be in the tree) and `verify.verify()` (finds every edit, deletion or reordering).
"""
