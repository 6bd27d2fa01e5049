"""What the logs say, and what they never say."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from nightlight.server.logs import JsonLines

MARKER = "lantern77"
REPORT = {
    "kind": "material",
    "urls": [f"https://{MARKER}.test/{MARKER}?q={MARKER}"],
    "text": f"{MARKER} is written in the corner",
    "contact": {"email": f"{MARKER}@reporter.example", "name": MARKER},
}


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that a process would log, in the form it leaves, down to the finest level."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root, level = logging.getLogger(), logging.getLogger().level
    ours = logging.getLogger("nightlight")
    root.addHandler(handler)
    root.setLevel("DEBUG")
    ours.setLevel("DEBUG")
    yield out
    root.removeHandler(handler)
    root.setLevel(level)
    ours.setLevel("NOTSET")


def lines(logged: io.StringIO, name: str) -> list[dict[str, Any]]:
    """What this logger said; threads of other tests may still say something."""
    return [line for line in map(json.loads, logged.getvalue().splitlines()) if line["from"] == name]


def test_nothing_of_a_report_is_in_the_logs_from_its_receipt_to_its_reading(
    client: Client, home: None, logged: io.StringIO, work_until: Callable[[datetime | None], int]
) -> None:
    """The page can't be reached here, so the log also has what failing leaves behind."""
    receipt = client.post("/api/v1/reports", REPORT, content_type="application/json").json()["receipt"]
    client.post("/api/v1/receipts", {"receipt": receipt}, content_type="application/json")
    client.post("/report/", {"kind": "material", "urls": REPORT["urls"][0], "text": REPORT["text"]})
    work_until(None)

    said = logged.getvalue()

    assert "request" in said
    assert MARKER not in said
    assert receipt not in said
    assert receipt.replace("-", "") not in said


@pytest.mark.parametrize("path", [f"/notice/{MARKER}/", f"/{MARKER}/?x={MARKER}", f"/api/v1/cases/{MARKER}"])
def test_requests_are_logged_by_their_route_not_their_path(
    client: Client, home: None, logged: io.StringIO, path: str
) -> None:
    client.get(path, headers={"Referer": f"https://{MARKER}.test/", "User-Agent": MARKER})

    (request,) = lines(logged, "nightlight.requests")
    assert MARKER not in logged.getvalue()
    assert (request["method"], request["status"] >= 400) == ("GET", True)


def test_an_error_is_logged_by_its_name_and_place_only(logged: io.StringIO) -> None:
    try:
        raise ValueError(f"https://{MARKER}.test/")
    except ValueError:
        logging.getLogger("nightlight.work").exception("work failed", extra={"task": "triage.sort"})

    (line,) = lines(logged, "nightlight.work")
    assert (line["message"], line["error"], line["task"]) == ("work failed", "ValueError", "triage.sort")
    assert line["where"][-1].startswith("test_logs.py:")
    assert MARKER not in logged.getvalue()


def test_of_a_library_s_message_only_the_template_is_kept(logged: io.StringIO) -> None:
    logging.getLogger("library").warning("can't read %s", MARKER)
    logging.getLogger("library").warning(f"can't read {MARKER}")

    assert [line["message"] for line in lines(logged, "library")] == ["can't read %s", "(kept back)"]


def test_facts_that_nobody_named_do_not_leave(logged: io.StringIO) -> None:
    logging.getLogger("nightlight.x").warning("told", extra={"url": MARKER, "status": 200})

    (line,) = lines(logged, "nightlight.x")
    assert "url" not in line
    assert line["status"] == 200
