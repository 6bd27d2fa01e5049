"""Whatever is sent gets a clear answer, and changes nothing but what is right."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from nightlight.audit.models import Entry
from nightlight.casebook.models import Case, Report
from nightlight.triage import verbs
from nightlight.triage.models import Held
from tests.intake import hostile

ADDRESSES = list(hostile.addresses())
BODIES = list(hostile.bodies())
REPORTS = "/api/v1/reports"


def post(client: Client, body: bytes) -> Any:
    return client.post(REPORTS, body, content_type="application/json")


def test_there_are_enough_hostile_things() -> None:
    assert len(set(ADDRESSES)) + len(BODIES) >= 300


def test_every_hostile_address_is_accepted_and_understood_or_named_back(home: None, client: Client) -> None:
    for address in ADDRESSES:
        answer = post(client, json.dumps({"kind": "material", "urls": [address]}).encode())

        report = Report.objects.latest("pk")
        assert answer.status_code == 201, address[:80]
        assert json.loads(report.addresses) == [address]
        verbs.sort(report.pk)
        held = Held.objects.filter(report=report)  # so many of one shape are a flood, which a person clears
        case = Case.objects.filter(report=report)
        assert case.exists() or report.allegations.exists() or held.exists(), address[:80]
        if not report.allegations.exists() and not held.exists():
            assert answer.json()["not_understood"], address[:80]


def test_no_hostile_address_takes_long(home: None, client: Client) -> None:
    slowest = 0.0
    for address in (address for address in ADDRESSES if len(address) > 5000):
        start = time.thread_time()  # which doesn't go on while others have the machine
        post(client, json.dumps({"kind": "material", "urls": [address]}).encode())
        slowest = max(slowest, time.thread_time() - start)

    assert slowest < 10


@pytest.mark.parametrize(("body", "statuses"), BODIES, ids=range(len(BODIES)))
def test_every_hostile_body_gets_a_clear_answer(
    home: None, client: Client, body: bytes, statuses: set[int]
) -> None:
    client.raise_request_exception = False

    answer = post(client, body)

    accepted = answer.status_code == 201
    assert answer.status_code in statuses
    assert Report.objects.count() == Entry.objects.count() == int(accepted)
    if not accepted:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


def test_a_report_cannot_say_where_it_comes_from(home: None, client: Client) -> None:
    post(client, b'{"kind":"material","source":"police","received_at":"2001-01-01T00:00:00Z"}')

    report = Report.objects.get()
    assert (report.source, report.received_at.year) == ("public", 2026)


def test_the_form_takes_every_hostile_address_too(home: None, client: Client) -> None:
    for address in ADDRESSES[::3]:
        answer = client.post("/report/", {"kind": "material", "urls": address})

        assert answer.status_code == 200, address[:80]
        assert b"<script>alert" not in answer.content

    assert Report.objects.count() == len(ADDRESSES[::3])


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "unknown"}, 422),
        ({"kind": "material", "channel": "telegraph"}, 422),
        ({"kind": "material", "text": "x" * 100_001}, 422),
        ({"kind": "material", "text": "x" * 3_000_000}, 413),
        ({"kind": "material", "contact": "x" * 301}, 422),
        ({"kind": "material\x00"}, 422),
        ({"kind": "material", "text": "\x00"}, 200),
        ({"kind": "material", "happening_now": "\x00"}, 200),
        ({f"field{number}": "x" for number in range(300)}, 400),
        ({}, 200),
    ],
)
def test_the_form_gives_every_hostile_post_a_clear_answer(
    home: None, client: Client, fields: dict[str, str], status: int
) -> None:
    client.raise_request_exception = False

    answer = client.post("/report/", fields)

    assert answer.status_code == status
    assert Report.objects.count() == int(status == 200)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/report/", "/receipt/", REPORTS, "/api/v1/receipts"])
def test_other_methods_are_not_allowed(home: None, client: Client, method: str, path: str) -> None:
    answer = getattr(client, method)(path)

    assert answer.status_code == 405
