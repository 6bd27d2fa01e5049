"""A reader of pages that a page can break, by the word after `attack:` in it; it reads all others as they are."""

import os
import re
from typing import Any

from nightlight.fingerprint import examine_page
from tests.fingerprint import hostile

warm_up = examine_page.warm_up


def examine(data: bytes, **asked: Any) -> dict[str, Any]:
    """The page, or what the attack does to its reader."""
    attack = re.search(rb"attack:(\w+)", data)
    found = examine_page.examine(data, **asked)
    return found if attack is None else {**found, **_DO[attack[1].decode()](data)}


def _deep(_: bytes) -> dict[str, Any]:
    return _deep(_)


_DO: dict[str, Any] = {
    **{name: hostile._DO[name] for name in ("spin", "hoard", "segfault", "linger", "quiet")},
    "deep": _deep,
    "half": lambda _: {"title": "\ud800"},
    "many": lambda _: {"media": ["http://a.example/"] * 5000},
    "lie": lambda _: {"reads_as_removed": "yes"},
    "secret": lambda _: {"title": os.environ.get("NIGHTLIGHT_EMAIL_URL", "nothing")},
}
