"""Past reports in a few words."""

import json
from datetime import date, datetime
from typing import Any

from nightlight.stats import past
from nightlight.stats.past import Brought
from tests.stats.conftest import noon


def a_line(name: str, day: date | str = "2020-09-03", **fields: Any) -> dict[str, Any]:
    """A confirmed past report of one address on a day, unless said otherwise."""
    values = {
        "id": name,
        "received_at": noon(day),
        "source": "public",
        "url": f"https://{name}.example/x",
        "assessed_at": noon(day),
        "outcome": "confirmed",
        "severity": "B",
        "age": "11-13",
        "sex": "girls",
        **fields,
    }
    return {key: value for key, value in values.items() if value is not None}


def text(values: dict[str, Any]) -> bytes:
    """The line as it stands in a file."""
    plain = {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()
    }
    return json.dumps(plain).encode() + b"\n"


def bring(*rows: dict[str, Any]) -> Brought:
    """Imports lines; nothing is printed."""
    return past.bring([text(row) for row in rows], lambda number, reason: None)
