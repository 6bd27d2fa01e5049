"""The reader of `hostile_page.py` in a process that forgets to confine its children: for the saboteur."""

import sys

from tests.casebook.hostile_page import examine as examine


def warm_up() -> None:
    """Takes the limits away before the first child is forked."""
    sys.modules["__main__"].confine = lambda seconds, megabytes: None  # type: ignore[attr-defined]
