"""Entries: hashed as both databases give them back, and free of text."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from nightlight.audit import log
from nightlight.audit.models import Entry, Pending
from nightlight.audit.tree import leaf_hash

words = st.from_regex(r"[A-Za-z0-9_:.+-]{0,40}", fullmatch=True)
facts = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | words
    | st.floats(allow_nan=False)
    | st.uuids(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.django_db
@given(facts)
def test_an_entry_read_again_has_the_bytes_that_were_hashed(value: Any) -> None:
    with transaction.atomic():
        entry = log.record("test.act", by="system", value=value)

        again = Entry.objects.get(pk=entry.pk)

        assert leaf_hash(log.canonical(again)).hex() == entry.leaf
        transaction.set_rollback(True)


def test_what_is_recorded_with_a_transaction_that_fails_is_not_in_the_log(home: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        log.record("test.act", by="system")
        raise RuntimeError

    assert (Entry.objects.count(), Pending.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/x",
        "somebody@mail.test",
        "two words",
        "line\nbreak",
        "x" * 200,
        ["fine", "not fine"],
        {"url": "http://a.example"},
    ],
)
def test_text_addresses_and_contacts_are_refused(home: None, text: Any) -> None:
    with pytest.raises(ValueError, match="the log takes no text"):
        log.record("test.act", by="system", fact=text)


def test_what_json_would_not_give_back_is_refused(home: None) -> None:
    with pytest.raises(TypeError, match="bytes"):
        log.record("test.act", by="system", fact=b"raw")


def test_ids_times_and_numbers_are_kept_in_one_spelling(home: None) -> None:
    moment = datetime(2026, 1, 5, 9, tzinfo=UTC)

    entry = log.record(
        "test.act",
        by="system",
        id=uuid.UUID(int=1),
        at=moment,
        day=date(2026, 1, 5),
        share=0.5,
        cost=Decimal("1.20"),
        scopes=frozenset({"b", "a"}),
    )

    assert entry.facts == {
        "id": "00000000-0000-0000-0000-000000000001",
        "at": "2026-01-05T09:00:00+00:00",
        "day": "2026-01-05",
        "share": "0.5",
        "cost": "1.20",
        "scopes": ["a", "b"],
    }


def test_a_purpose_is_sealed_in_the_database_and_read_by_the_home(home: None) -> None:
    entry = log.record("test.reveal", by="system", purpose="asked by the police liaison")

    again = Entry.objects.get(pk=entry.pk)

    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_purpose FROM audit_entry")
        stored = bytes(cursor.fetchone()[0])
    assert again.purpose == "asked by the police liaison"
    assert b"police" not in stored


def test_an_entry_names_who_did_what_to_which_row(home: None, someone: Callable[..., Any]) -> None:
    person, other = someone("manager"), someone("analyst")

    entry = log.record("test.act", by=person, about=other)

    assert (entry.actor, entry.about) == (f"person:{person.pk}", f"person:{other.pk}")
