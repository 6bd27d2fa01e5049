"""What a reported page shows, as plain words that go through a pipe: what a sandbox's child does with HTML.

The answer is the fields of :class:`nightlight.net.page.Page`. It lies apart from `examine.py`, so that a process which
reads pages loads no decoder and is ready at once.
"""

from dataclasses import asdict
from typing import Any

from nightlight.net.fetch import Fetched
from nightlight.net.page import read

_WARM = b"<title>A page</title><p>Not found</p><a href='/1'>one</a><img src='/1.png'>"


def warm_up() -> None:
    """Loads the phrases of removed pages, which a child could not open any more."""
    examine(_WARM, url="http://warm.example/", status=200, kind="text/html", cf="")


def examine(data: bytes, *, url: str, status: int, kind: str, cf: str) -> dict[str, Any]:
    """Reads one page; `kind` is its Content-Type and `cf` its `cf-mitigated` header, as the server gave them."""
    headers = {"content-type": kind, "cf-mitigated": cf}
    return asdict(read(Fetched(url, status, headers, data, (), "", False)))
