"""The counters of the sign-in limits: shared, forgotten by real time, and telling nothing to who reads the table."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from nightlight.accounts.models import Limit
from nightlight.work import clock
from tests.threads import at_once


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: now + timedelta(seconds=seconds))


def test_a_value_is_there_until_it_expires(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.set("k", [1.5, 2], 60)
    before = cache.get("k")

    later(monkeypatch, 61)

    assert (before, cache.get("k", "gone")) == ([1.5, 2], "gone")


def test_adding_says_whether_it_was_there(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = cache.add("k", 1, 60), cache.add("k", 2, 60)
    kept = cache.get("k")
    later(monkeypatch, 61)

    third = cache.add("k", 3, 60)

    assert (first, second, kept, third, cache.get("k")) == (True, False, 1, True, 3)


def test_deleting_touching_and_clearing_do_as_they_say(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.set_many({"a": 1, "b": 2, "c": 3}, 60)

    said = [cache.delete("a"), cache.delete("a"), cache.touch("b", 600), cache.touch("a")]
    later(monkeypatch, 61)
    left = [cache.get(key) for key in "abc"]
    cache.clear()

    assert said == [True, False, True, False]
    assert left == [None, 2, None]
    assert not Limit.objects.exists()


def test_what_expired_is_forgotten_when_something_new_is_kept(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.set("old", 1, 60)
    later(monkeypatch, 61)

    cache.set("new", 1, None)

    assert Limit.objects.count() == 1


def test_addresses_of_staff_are_not_in_the_table(db: None) -> None:
    cache.set("allauth:rl:login:ip:203.0.113.9", [1], 60)

    row = Limit.objects.get()
    assert "203.0.113.9" not in row.key + row.value


def test_what_is_no_json_is_refused_so_that_nothing_is_ever_unpickled(db: None) -> None:
    with pytest.raises(TypeError):
        cache.set("k", object(), 60)


@pytest.mark.django_db
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    cache.set("k", value, 60)

    assert cache.get("k") == value


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_at_once_one_does() -> None:
    added: list[bool] = []

    refused = at_once(*[lambda: added.append(cache.add("k", 1, 60))] * 4)

    assert not refused
    assert sorted(added) == [False, False, False, True]
