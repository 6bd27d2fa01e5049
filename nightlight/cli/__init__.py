"""The `nightlight` command: one file per command (`cmd_init.py` is `nightlight init`)."""
