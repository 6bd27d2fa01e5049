"""What a case went through, read from what the API tells of it: `GET /cases/{id}`."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

LOOKS = 3  # that agree, until a page is gone


def was_followed(case: Mapping[str, Any]) -> bool:
    """Whether a page went to another host, whose provider was written to then.

    >>> told = [{"to": "abuse@one.example"}, {"to": "abuse@two.example"}]
    >>> was_followed({"checks": [{"state": "up"}, {"state": "moved"}], "notices": told})
    True
    """
    return "moved" in _looks(case) and len({notice["to"] for notice in case["notices"]}) > 1


def was_caught(case: Mapping[str, Any]) -> bool:
    """Whether a page that was gone was seen again, and told about again.

    >>> looks = ["up", "gone", "gone", "gone", "up", "gone"]
    >>> was_caught({"checks": [{"state": look} for look in looks], "notices": [{}, {}]})
    True
    """
    runs = [(look, len(list(run))) for look, run in groupby(_looks(case))]
    gone = next((n for n, (look, length) in enumerate(runs) if look == "gone" and length >= LOOKS), len(runs))
    return any(look == "up" for look, _ in runs[gone:]) and len(case["notices"]) > 1


def _looks(case: Mapping[str, Any]) -> Sequence[str]:
    return [check["state"] for check in case["checks"]]
