"""Programs and other hotlines at the door: several at once, sent again, and in the forms they write."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from nightlight.accounts.tokens import issue
from nightlight.casebook.models import Report
from nightlight.casebook.words import Source
from nightlight.intake import partner_forms, repeats
from nightlight.intake.models import Repeat
from nightlight.work import clock
from tests.intake.test_api import limited, send, solve
from tests.saboteur import turns_red

__all__ = ["limited"]

REPORTS, BATCH = "/api/v1/reports", "/api/v1/reports/batch"
XARF, ICCAM = "/api/v1/reports/xarf", "/api/v1/reports/iccam"
KEY = "6f1f6d2e-5c1b-4c0e-9a43-0d8f1c8f4d11"
ONE = {"kind": "material", "urls": ["http://a.example/x", "no address"]}
PAYLOAD = "cGF5bG9hZCB0aGF0IG5vYm9keSBrZWVwcw=="


@pytest.fixture
def partner(home: None) -> str:
    return f"Bearer {issue('another hotline', ['report'])}"


def a_xarf(**more: Any) -> dict[str, Any]:
    return {
        "xarf_version": "4.0.0",
        "report_id": "0b0d7b2a-4a42-4f2e-b6c2-6a9a4f6c2f10",
        "timestamp": "2026-01-05T08:00:00Z",
        "reporter": {"org": "A Hotline", "contact": "desk@other.test", "domain": "other.test"},
        "sender": {"org": "A Hotline", "contact": "desk@other.test", "domain": "other.test"},
        "source_identifier": "192.0.2.7",
        "category": "content",
        "type": "csam",
        "url": "http://a.example/x",
        "classification": "baseline",
        "detection_method": "manual_review",
        "hash_values": {"sha256": "ab" * 32, "photodna": "unknown here"},
        **more,
    }


def test_the_same_request_sent_again_gives_the_same_answer_and_no_second_report(
    home: None, client: Client
) -> None:
    first = send(client, REPORTS, ONE, **{"Idempotency-Key": KEY})

    again = send(client, REPORTS, ONE, **{"Idempotency-Key": KEY})

    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()
    assert Report.objects.count() == 1


def test_the_same_key_with_other_content_is_refused(home: None, client: Client) -> None:
    send(client, REPORTS, ONE, **{"Idempotency-Key": KEY})

    other = send(client, REPORTS, {"kind": "grooming"}, **{"Idempotency-Key": KEY})

    assert other.status_code == 422
    assert Report.objects.count() == 1


def test_a_key_is_its_caller_s_alone(client: Client, partner: str) -> None:
    anyone = send(client, REPORTS, ONE, **{"Idempotency-Key": KEY})

    vetted = send(client, REPORTS, ONE, **{"Idempotency-Key": KEY, "Authorization": partner})

    assert vetted.json()["receipt"] != anyone.json()["receipt"]
    assert Report.objects.count() == 2


def test_a_key_that_could_be_guessed_is_refused(home: None, client: Client) -> None:
    assert send(client, REPORTS, ONE, **{"Idempotency-Key": "1"}).status_code == 422


def test_what_is_kept_of_a_key_gives_no_receipt_away(home: None, client: Client) -> None:
    receipt = send(client, REPORTS, ONE, **{"Idempotency-Key": KEY}).json()["receipt"]

    kept = str(list(Repeat.objects.values()))

    assert KEY not in kept
    assert receipt not in kept
    assert receipt.replace("-", "") not in kept


def test_the_same_sent_after_the_day_is_a_report_of_its_own(home: None, client: Client) -> None:
    first = send(client, REPORTS, ONE, **{"Idempotency-Key": KEY})
    Repeat.objects.update(expires=clock.real_now() - timedelta(minutes=1))

    later = [send(client, REPORTS, ONE, **{"Idempotency-Key": KEY}) for _ in range(2)]

    assert [answer.status_code for answer in later] == [201, 201]
    assert later[0].json() == later[1].json()
    assert later[0].json()["receipt"] != first.json()["receipt"]
    assert Report.objects.count() == 2


def test_receipts_that_come_back_after_the_day_would_be_noticed(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "_receipts", lambda row, mine, count: ["1234-5678-9012-3456"] * count)

    turns_red(test_the_same_sent_after_the_day_is_a_report_of_its_own, None, client, by=(IntegrityError,))


def test_several_reports_get_several_receipts_in_their_order(home: None, client: Client) -> None:
    answer = send(client, BATCH, {"reports": [ONE, {"kind": "grooming", "text": "Somebody writes."}]})

    accepted = answer.json()["reports"]
    assert answer.status_code == 201
    assert [each["not_understood"] for each in accepted] == [["no address"], []]
    assert len({each["receipt"] for each in accepted}) == 2
    assert list(Report.objects.order_by("pk").values_list("kind", flat=True)) == ["material", "grooming"]


def test_of_several_one_that_can_t_be_used_refuses_all(home: None, client: Client) -> None:
    answer = send(client, BATCH, {"reports": [ONE, {"kind": "weather"}]})

    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_one_challenge_carries_few_reports_and_a_token_many(
    client: Client, partner: str, limited: None
) -> None:
    many = {"reports": [ONE] * 6}

    refused = send(client, BATCH, many, **{"X-Work": solve(client)})
    unanswered = send(client, BATCH, {"reports": [ONE] * 5})
    taken = send(client, BATCH, {"reports": [ONE] * 5}, **{"X-Work": solve(client)})
    vetted = send(client, BATCH, many, Authorization=partner)

    assert [refused.status_code, unanswered.status_code] == [422, 428]
    assert [taken.status_code, vetted.status_code] == [201, 201]


def test_xarf_becomes_a_report_and_names_back_what_was_not_read(client: Client, partner: str) -> None:
    answer = send(client, XARF, a_xarf(mood="calm", whois={"registrar": "R"}), Authorization=partner)

    body, report = answer.json(), Report.objects.get()
    assert answer.status_code == 201
    assert set(body["unknown"]) == {"mood", "whois.registrar", "hash_values.photodna"}
    assert report.source == Source.HOTLINE
    assert report.hashes == [{"type": "sha256", "value": "ab" * 32}]
    assert json.loads(report.addresses) == ["http://a.example/x"]
    assert "classification: baseline" in report.text
    assert json.loads(report.contact)["reporter.contact"] == "desk@other.test"


def test_a_form_that_is_nested_without_end_is_refused_like_any_other(client: Client, partner: str) -> None:
    deep: dict[str, Any] = {}
    for _ in range(600):
        deep = {"a": deep}

    answer = send(client, XARF, a_xarf(more=deep), Authorization=partner)

    assert answer.status_code in (201, 422)
    assert Report.objects.count() == (answer.status_code == 201)


def test_csem_says_what_happened_and_where(client: Client, partner: str) -> None:
    sent = a_xarf(type="csem", exploitation_type="sextortion", platform="gaming_platform")

    send(client, XARF, sent, Authorization=partner)

    report = Report.objects.get()
    assert (report.kind, report.channel) == ("sexual_extortion", "gaming_chat")


def test_evidence_is_refused_named_back_and_never_kept(client: Client, partner: str) -> None:
    evidence = [{"content_type": "image/png", "payload": PAYLOAD, "hash": f"md5:{'cd' * 16}"}]

    answer = send(client, XARF, a_xarf(evidence=evidence, screenshot_url=PAYLOAD), Authorization=partner)

    report = Report.objects.get()
    assert set(answer.json()["refused"]) == {"evidence.payload", "screenshot_url"}
    assert {"type": "md5", "value": "cd" * 16} in report.hashes
    kept = [report.text, report.contact, report.addresses, report.not_understood, str(report.hashes)]
    assert not any(PAYLOAD in each for each in kept)
    assert PAYLOAD not in answer.content.decode()


def test_evidence_that_is_kept_would_be_noticed(
    client: Client, partner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_forms, "EVIDENCE", ())
    monkeypatch.setitem(partner_forms.XARF, "evidence.payload", partner_forms.Field("line"))

    turns_red(test_evidence_is_refused_named_back_and_never_kept, client, partner)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "phishing"},
        {"category": "messaging"},
        {"xarf_version": "3.0.0"},
        {"url": ""},
        {"reporter": {}},
    ],
)
def test_what_is_not_this_form_gets_a_clear_answer(
    client: Client, partner: str, wrong: dict[str, Any]
) -> None:
    answer = send(client, XARF, a_xarf(**wrong), Authorization=partner)

    assert answer.status_code == 422
    assert "XARF" in answer.json()["title"] or "content/cs" in answer.json()["title"]
    assert not Report.objects.exists()


def test_iccam_s_numbers_are_read_by_its_tables(client: Client, partner: str) -> None:
    sent = {
        "url": "http://a.example/x",
        "classification": 1,
        "sourceUrlSiteType": 20,
        "genderCategorization": 9,
        "hotlineId": 43,
    }

    answer = send(client, ICCAM, sent, Authorization=partner)

    text = Report.objects.get().text
    assert answer.json()["unknown"] == ["genderCategorization"]
    assert "classification: baseline" in text
    assert "sourceUrlSiteType: image host" in text


@pytest.mark.parametrize("path", [XARF, ICCAM])
def test_the_forms_of_other_hotlines_need_a_partner_s_token(client: Client, home: None, path: str) -> None:
    member = f"Bearer {issue('a member', ['member'])}"

    assert send(client, path, a_xarf()).status_code == 401
    assert send(client, path, a_xarf(), Authorization=member).status_code == 403


def test_a_receipt_that_does_not_follow_from_the_key_would_be_noticed(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nightlight.vault.tokens import new_receipt

    monkeypatch.setattr(repeats, "_receipts", lambda row, mine, count: [new_receipt() for _ in range(count)])

    turns_red(test_the_same_request_sent_again_gives_the_same_answer_and_no_second_report, None, client)
