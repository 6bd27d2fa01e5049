"""Telling a page again without keeping a word of it: a keyed digest, and a keyed sketch for a page that only changed
a little.

The sketch is the bottom-k sketch of the set of a page's words (Broder, "On the resemblance and containment of
documents", 1997). Both are keyed by the home's ring, so that a dump of the database allows no guessing; by a key that
lives as long as the ring, because what they stand for is not kept and could not be indexed anew after a rotation.
"""

import hmac
import re

from nightlight.casebook.pages import Page
from nightlight.work.home import ring

PURPOSE = "page"
KEPT = 64  # hashes of a sketch, 8 hex digits each
ALIKE = 0.6  # share of words that two looks at one page have in common, at least

_WORD = re.compile(r"[^\W\d_]+")


def digest(page: Page) -> str:
    """64 hex digits for what a page says and links to; empty for a page that does neither."""
    said = bool(page.title or page.text or page.links)
    return keyed(PURPOSE, "\n".join((page.digest, *page.links))) if said else ""


def sketch(page: Page) -> str:
    """At most `KEPT` hashes as hex, smallest first. Figures are left out: they are what changes by itself."""
    key = ring().token_subkey(PURPOSE, "sketch")
    words = set(_WORD.findall(" ".join((page.title, page.text)).casefold()))
    hashes = sorted(hmac.digest(key, word.encode(), "sha256")[:4].hex() for word in words)
    return "".join(hashes[:KEPT])


def keyed(purpose: str, text: str) -> str:
    """64 hex digits of HMAC-SHA256 to compare a look with later ones by; empty for no text."""
    key = ring().token_subkey("look", purpose)
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex() if text else ""


def alike(one: str, other: str) -> bool:
    """Whether two sketches are of pages with at least `ALIKE` of their words in common, as far as they tell."""
    first, second = _hashes(one), _hashes(other)
    if not first or not second:
        return False
    both = sorted(first | second)[:KEPT]
    return sum(part in first and part in second for part in both) >= ALIKE * len(both)


def _hashes(text: str) -> set[str]:
    return {text[at : at + 8] for at in range(0, len(text), 8)}
