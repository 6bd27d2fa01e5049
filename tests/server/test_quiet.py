"""What the public door gives away: no cookie, no referrer, no size that tells, and where the onion service is."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.casebook.words import ReportKind
from nightlight.intake import returning, verbs
from nightlight.server import quiet
from nightlight.server.config import ConfigError, read
from tests.saboteur import turns_red

PAGES = (
    "/",
    "/report/",
    "/receipt/",
    "/young-people/",
    "/parents/",
    "/appeal/",
    "/transparency/",
    "/nowhere/",
)
ONION = f"http://{'a' * 56}.onion"


def test_no_public_page_sets_a_cookie(home: None, client: Client) -> None:
    answers = [client.get(page) for page in PAGES]

    assert [answer.cookies.output() for answer in answers] == [""] * len(PAGES)


def test_no_public_page_names_itself_to_another_site(home: None, client: Client) -> None:
    for page in PAGES:
        answer = client.get(page)
        has_form = quiet.FORM in answer.content
        assert answer["Referrer-Policy"] == ("same-origin" if has_form else "no-referrer")


def test_the_size_of_a_public_answer_tells_little(home: None, client: Client) -> None:
    pages = [client.get(page) for page in PAGES]
    asked = client.post("/api/v1/receipts", {"receipt": "1"}, content_type="application/json")

    assert {len(page.content) % quiet.BUCKET for page in pages} == {0}
    assert len(asked.content) % quiet.ANSWER == 0
    assert asked.json()["status"] == 404


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_the_size_of_what_a_receipt_shows_tells_nothing(
    home: None, client: Client, someone: Callable[..., Person], language: str
) -> None:
    page, program = f"/receipt/?language={language}", "/api/v1/receipts"
    received = verbs.receive(ReportKind.MATERIAL, urls=["http://a.example/x"])

    def sizes(receipt: str) -> tuple[int, int]:
        shown = client.post(page, {"receipt": receipt})
        told = client.post(program, {"receipt": receipt}, content_type="application/json")
        return len(shown.content), len(told.content)

    found = {sizes("1234-5678-9012-3456"), sizes("none"), sizes(received.receipt)}
    for _ in range(2):
        returning.ask(received.report.pk, someone("analyst"), "Which wall? " * 80)
        found.add(sizes(received.receipt))
    verbs.withdraw(received.receipt)
    found.add(sizes(received.receipt))

    assert found == {(quiet.RECEIPT, quiet.RECEIPT_ANSWER)}


def test_a_receipt_in_small_buckets_would_be_noticed(
    home: None, client: Client, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "RECEIPT", quiet.BUCKET)

    turns_red(test_the_size_of_what_a_receipt_shows_tells_nothing, None, client, someone, "de")


def test_a_page_that_is_not_filled_up_would_be_noticed(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "fill", lambda response, bucket: None)

    turns_red(test_the_size_of_a_public_answer_tells_little, None, client)


def test_a_public_page_says_where_the_onion_service_is_and_the_desk_does_not(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NIGHTLIGHT", replace(settings.NIGHTLIGHT, onion=ONION))

    assert client.get("/parents/?language=de")["Onion-Location"] == f"{ONION}/parents/?language=de"
    assert "Onion-Location" not in client.get("/desk/")


def test_without_an_onion_service_none_is_named(home: None, client: Client) -> None:
    assert "Onion-Location" not in client.get("/")


@pytest.mark.parametrize(
    "wrong", ["ftp://x.onion", "http://short.onion", f"{ONION}/path", "http://a.example"]
)
def test_what_is_no_onion_service_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError, match="NIGHTLIGHT_ONION"):
        read({"NIGHTLIGHT_ONION": wrong, "NIGHTLIGHT_HOME": "/nowhere"})
