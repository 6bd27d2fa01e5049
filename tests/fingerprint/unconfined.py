"""The examiner of `hostile.py` in a process that forgets to confine its children: for the saboteurs."""

import sys

from tests.fingerprint.hostile import examine as examine


def warm_up() -> None:
    """Takes the limits away before the first child is forked."""
    sys.modules["__main__"].confine = lambda seconds, megabytes: None  # type: ignore[attr-defined]
