"""The public API: reports, receipts and the challenge, as programs meet them."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from nightlight.accounts.tokens import issue
from nightlight.casebook.models import Report
from nightlight.intake import limits
from nightlight.intake.models import Knock, Spent
from nightlight.work import clock
from tests.conftest import MONDAY

REPORTS, RECEIPTS, CHALLENGE = "/api/v1/reports", "/api/v1/receipts", "/api/v1/challenge"


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are on, and real time stands still: no hour and no day ends within a test, however long it takes."""
    monkeypatch.setattr(limits.clock, "real_now", lambda: MONDAY)
    monkeypatch.setattr(django_settings, "NIGHTLIGHT", replace(django_settings.NIGHTLIGHT, limits=True))
    monkeypatch.setattr(limits, "WORK_BITS", 8)
    monkeypatch.setattr(limits.time, "sleep", lambda seconds: None)


def send(client: Client, path: str, body: object, **headers: str) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def solve(client: Client) -> str:
    """What the challenge's own words tell a program to do."""
    asked = client.get(CHALLENGE).json()
    for nonce in itertools.count():
        answer = f"{asked['challenge']}:{nonce}"
        digest = hashlib.sha256(answer.encode()).digest()
        if int.from_bytes(digest, "big") < 2 ** (256 - asked["bits"]):
            return answer
    raise AssertionError


def test_only_the_kind_is_required(home: None, client: Client) -> None:
    answer = send(client, REPORTS, {"kind": "material"})

    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == {"receipt", "proof", "not_understood"}
    assert set(body["proof"]) == {"entry", "at", "signature"}


def test_a_whole_report_is_kept_as_it_was_sent(home: None, client: Client) -> None:
    sent = {
        "kind": "grooming",
        "urls": ["http://a.example/x", "words"],
        "hashes": [{"type": "md5", "value": "ab" * 16}],
        "text": "Somebody keeps writing.",
        "channel": "gaming_chat",
        "happening_now": True,
        "contact": {"email": "someone@mail.example", "may_call": False},
    }

    answer = send(client, REPORTS, sent)

    report = Report.objects.get()
    assert answer.json()["not_understood"] == ["words"]
    assert (report.kind, report.channel, report.happening_now) == ("grooming", "gaming_chat", True)
    assert (report.text, json.loads(report.contact)) == (sent["text"], sent["contact"])
    assert report.source == "public"


def test_a_partner_with_a_token_reports_as_a_hotline(home: None, client: Client) -> None:
    token = issue("partner", ["report"])

    answer = send(client, REPORTS, {"kind": "material"}, Authorization=f"Bearer {token}")

    assert (answer.status_code, Report.objects.get().source) == (201, "hotline")


@pytest.mark.parametrize("token", ["Bearer nothing", "Basic eDp5", "Bearer "])
def test_a_token_that_does_not_hold_is_refused_and_not_taken_for_nobody(
    home: None, client: Client, token: str
) -> None:
    answer = send(client, REPORTS, {"kind": "material"}, Authorization=token)

    assert (answer.status_code, Report.objects.count()) == (401, 0)


@pytest.mark.parametrize(("scope", "status"), [("report", 201), ("member", 428), ("desk", 428)])
def test_with_limits_on_only_a_partners_token_spares_the_work(
    home: None, limited: None, client: Client, scope: str, status: int
) -> None:
    header = f"Bearer {issue('somebody', [scope])}"

    sent = send(client, REPORTS, {"kind": "material"}, Authorization=header)
    asked = send(client, RECEIPTS, {"receipt": "1" * 16}, Authorization=header)

    assert (sent.status_code, asked.status_code) == (status, 404 if status == 201 else 428)


def test_a_receipt_tells_where_the_report_stands(home: None, client: Client) -> None:
    receipt = send(client, REPORTS, {"kind": "material"}).json()["receipt"]

    answer = send(client, RECEIPTS, {"receipt": receipt.replace("-", " ")})

    body = answer.json()
    assert (answer.status_code, body["state"], body["messages"]) == (200, "received", [])
    assert body["received_at"].startswith("2026-01-05T09:00:00")


@pytest.mark.parametrize(
    "receipt",
    [
        "0000-0000-0000-0000",
        "",
        "x",
        "1" * 5000,
        "\u0000",
        "१" * 16,
        None,
        1234567890123456,
        True,
        ["1" * 16],
        {},
    ],
)
def test_unknown_and_malformed_receipts_get_the_same_answer(
    home: None, client: Client, receipt: object
) -> None:
    send(client, REPORTS, {"kind": "material"})

    answer = send(client, RECEIPTS, {"receipt": receipt})

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", "title": "No report has this receipt", "status": 404}


def test_with_limits_off_no_work_is_asked(home: None, client: Client) -> None:
    asked = client.get(CHALLENGE).json()

    assert asked["required"] is False
    assert send(client, REPORTS, {"kind": "other"}).status_code == 201


@pytest.mark.parametrize("path", [REPORTS, RECEIPTS])
def test_with_limits_on_an_anonymous_post_without_work_is_refused(
    home: None, limited: None, client: Client, path: str
) -> None:
    answer = send(client, path, {"kind": "other", "receipt": "1"})

    assert (answer.status_code, Report.objects.count()) == (428, 0)


def test_a_program_that_follows_the_words_of_the_challenge_gets_in_once(
    home: None, limited: None, client: Client
) -> None:
    work = solve(client)

    first = send(client, REPORTS, {"kind": "other"}, **{"X-Work": work})
    again = send(client, REPORTS, {"kind": "other"}, **{"X-Work": work})

    assert (first.status_code, again.status_code, Report.objects.count()) == (201, 428, 1)


def test_a_token_asks_no_work(home: None, limited: None, client: Client) -> None:
    token = issue("partner", ["report"])

    answer = send(client, REPORTS, {"kind": "material"}, Authorization=f"Bearer {token}")

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "spoil", [lambda work: work + "x" * 400, lambda work: "x" + work, lambda work: ":1", str.upper]
)
def test_work_for_no_challenge_of_ours_is_refused(
    home: None, limited: None, client: Client, spoil: Callable[[str], str]
) -> None:
    answer = send(client, REPORTS, {"kind": "other"}, **{"X-Work": spoil(solve(client))})

    assert answer.status_code == 428


def test_work_that_does_not_solve_its_challenge_is_refused(home: None, limited: None, client: Client) -> None:
    challenge = client.get(CHALLENGE).json()["challenge"]
    wrong = next(
        answer
        for answer in (f"{challenge}:{n}" for n in itertools.count())
        if not limits.shows_work(answer, 8)
    )

    answer = send(client, REPORTS, {"kind": "other"}, **{"X-Work": wrong})

    assert answer.status_code == 428


def test_a_challenge_expires(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = solve(client)
    late = clock.real_now() + timedelta(minutes=limits.WORK_MINUTES + 1)
    monkeypatch.setattr(limits.clock, "real_now", lambda: late)

    answer = send(client, REPORTS, {"kind": "other"}, **{"X-Work": work})

    assert answer.status_code == 428


def test_nobody_knocks_more_often_than_a_person_could(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.MOST_KNOCKS, "report", 2)

    answers = [
        client.post(
            REPORTS,
            '{"kind": "other"}',
            content_type="application/json",
            headers={"X-Work": solve(client)},
            REMOTE_ADDR=address,
        ).status_code
        for address in ("9.9.9.9", "9.9.9.9", "9.9.9.9", "9.9.9.8")
    ]

    assert answers == [201, 201, 429, 201]


def test_callers_behind_our_own_proxy_are_told_apart_by_what_it_added(
    home: None, limited: None, client: Client
) -> None:
    for said in ("9.9.9.9", "1.1.1.1, 9.9.9.9", "9.9.9.8", "2606:4700::1", "2606:4700::2"):
        client.post(
            REPORTS,
            '{"kind": "other"}',
            content_type="application/json",
            headers={"X-Work": solve(client), "X-Forwarded-For": said},
        )

    assert sorted(Knock.objects.values_list("count", flat=True)) == [1, 2, 2]


def test_no_network_address_is_stored_and_the_digest_changes_with_the_day(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def post() -> None:
        client.post(REPORTS, '{"kind": "other"}', content_type="application/json", REMOTE_ADDR="9.9.9.9")

    post()
    tomorrow = clock.real_now() + timedelta(days=1)
    monkeypatch.setattr(limits.clock, "real_now", lambda: tomorrow)
    post()

    callers = list(Knock.objects.values_list("caller", flat=True))
    assert len(set(callers)) == 2
    assert not any("9.9.9" in caller for caller in callers)


def test_what_limited_the_door_is_forgotten(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(
        REPORTS,
        '{"kind": "other"}',
        content_type="application/json",
        headers={"X-Work": solve(client)},
        REMOTE_ADDR="9.9.9.9",
    )
    before = (Knock.objects.count(), Spent.objects.count())
    later = clock.real_now() + timedelta(hours=4)
    monkeypatch.setattr(limits.clock, "real_now", lambda: later)

    limits.forget()

    assert (before, Knock.objects.count(), Spent.objects.count()) == ((1, 1), 0, 0)
