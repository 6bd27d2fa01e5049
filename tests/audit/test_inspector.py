"""The inspector's page: reading is open to inspectors, searching and taking away ask for a purpose."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.audit import log, views
from nightlight.audit.models import Entry


@pytest.fixture
def inspector(home: None, someone: Callable[..., Person]) -> Client:
    client = Client()
    client.force_login(someone("inspector"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def search(client: Client, sought: str, purpose: str = "yearly review", **more: str) -> Any:
    return client.post("/desk/audit/search/", {"sought": sought, "purpose": purpose, **more})


def test_the_page_names_who_did_what_and_what_for(inspector: Client, someone: Callable[..., Person]) -> None:
    person = someone("analyst")
    log.record("assess.reveal", by=person, about=person, purpose="second look", page=3)

    page = inspector.get("/desk/audit/").content.decode()

    for said in (person.email, "assess.reveal", f"person:{person.pk}", "second look", "page: 3"):
        assert said in page


def test_others_do_not_read_it(home: None, someone: Callable[..., Person]) -> None:
    client = Client()
    client.force_login(someone("analyst"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/desk/audit/").status_code == 403


def test_a_long_log_is_read_a_page_at_a_time(
    inspector: Client, write: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    write(3)

    first = inspector.get("/desk/audit/")
    second = inspector.get(f"/desk/audit/?before={first.context['older']}")

    numbers = [[entry.facts["number"] for entry, *_ in page.context["rows"]] for page in (first, second)]
    assert numbers[0] == [2, 1]
    assert numbers[1][0] == 0


def test_a_page_that_is_none_is_the_first(inspector: Client, write: Callable[[int], Any]) -> None:
    write(1)

    assert len(inspector.get("/desk/audit/?before=nonsense").context["rows"]) == 1


@pytest.mark.parametrize("how", ["about", "id", "email", "verb"])
def test_a_search_finds_a_row_an_actor_or_a_verb_and_is_recorded(
    inspector: Client, someone: Callable[..., Person], how: str
) -> None:
    person, other = someone("analyst"), someone("analyst")
    entry = log.record("assess.decide", by=person, about=person)
    log.record("assess.claim", by=other, about=other)
    words = {
        "about": f"person:{person.pk}",
        "id": str(person.pk),
        "email": person.email,
        "verb": "assess.decide",
    }

    answer = search(inspector, words[how])

    assert [row.pk for row, *_ in answer.context["rows"]] == [entry.pk]
    recorded = Entry.objects.get(verb="audit.search")
    assert recorded.purpose == "yearly review"
    assert "@" not in str(recorded.facts)


@pytest.mark.parametrize("sought", ["a.example", "https://a.example/x", "nobody@a.example"])
def test_what_the_log_does_not_know_is_not_written_into_it(inspector: Client, sought: str) -> None:
    answer = search(inspector, sought)

    assert answer.context["rows"] == []
    assert Entry.objects.get(verb="audit.search").facts == {"sought": "unknown"}


@pytest.mark.parametrize(
    ("sought", "purpose"), [("assess.decide", ""), ("assess.decide", "  "), ("two words", "x")]
)
def test_a_search_without_a_purpose_finds_nothing(inspector: Client, sought: str, purpose: str) -> None:
    log.record("assess.decide", by="system")

    answer = search(inspector, sought, purpose)

    assert (answer.status_code, answer.context["rows"]) == (422, [])
    assert not Entry.objects.filter(verb="audit.search").exists()


def test_the_entries_of_some_days_are_taken_away_and_that_is_recorded(
    inspector: Client, write: Callable[[int], Any]
) -> None:
    write(2)

    answer = inspector.post(
        "/desk/audit/export/", {"first": "2026-01-05", "last": "2026-01-05", "purpose": "court order"}
    )

    lines = [json.loads(line) for line in answer.getvalue().splitlines()]
    assert [line["facts"] for line in lines if line["verb"] == "test.act"] == [{"number": 0}, {"number": 1}]
    assert Entry.objects.get(verb="audit.export").purpose == "court order"


def test_entries_of_other_days_are_left_out(inspector: Client, write: Callable[[int], Any]) -> None:
    write(2)

    answer = inspector.post(
        "/desk/audit/export/", {"first": "2026-01-01", "last": "2026-01-04", "purpose": "review"}
    )

    assert answer.getvalue() == b""


def test_nothing_is_taken_away_without_a_purpose(inspector: Client) -> None:
    answer = inspector.post(
        "/desk/audit/export/", {"first": "2026-01-05", "last": "2026-01-05", "purpose": ""}
    )

    assert answer.status_code == 422
    assert not Entry.objects.filter(verb="audit.export").exists()


def test_a_purpose_that_was_tampered_with_is_shown_as_such(
    inspector: Client, write: Callable[[int], Any]
) -> None:
    entry = log.record("test.act", by="system", purpose="first")
    Entry.objects.create(
        id="01a00000-0000-7000-8000-000000000000",
        at=entry.at,
        recorded_at=entry.recorded_at,
        actor="system",
        verb="test.act",
        leaf="x",
        sealed_purpose=entry.sealed_purpose,
    )

    answer = inspector.get("/desk/audit/")

    assert answer.status_code == 200
    assert "changed and can" in answer.content.decode()
