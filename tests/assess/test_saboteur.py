"""Without the second look, claims or the time to undo, the tests that hold them turn red."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from nightlight.assess import groups, looks, next_case, undo, verbs, welfare
from nightlight.assess.decision import NotNow
from nightlight.assess.models import Claim
from nightlight.casebook import nearby, tally, ticking, whole
from nightlight.casebook.models import Case, Media
from tests.assess import test_clock_orders as by_clock
from tests.assess import test_decide as held
from tests.assess import test_next_case as nexts
from tests.assess import test_seen_before as seen
from tests.assess import test_together as many
from tests.assess.conftest import MakeCase, MakePerson
from tests.saboteur import turns_red

Heard = list[tuple[str, Any]]


__all__ = ["earlier", "people"]
earlier, people = seen.earlier, seen.people


@pytest.fixture
def every_look_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "settles", lambda decision, role, earlier, twice: True)


@pytest.mark.usefixtures("every_look_settles")
def test_without_the_second_look_one_person_confirms_category_a(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    turns_red(held.test_category_a_waits_for_a_second_person, make_case, someone, announced)


@pytest.mark.usefixtures("every_look_settles")
def test_without_the_second_look_one_person_lists_media(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    turns_red(
        held.test_media_not_confirmed_before_need_two_people, make_case, someone, announced, by=(NotNow,)
    )


@pytest.mark.usefixtures("every_look_settles")
def test_without_the_second_look_a_senior_decides_alone(make_case: MakeCase, someone: MakePerson) -> None:
    turns_red(held.test_not_even_a_senior_decides_alone_on_category_a, make_case, someone, by=(NotNow,))


def test_a_near_match_that_counted_as_known_is_noticed(
    make_case: MakeCase, earlier: Case, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if whatever is like a known picture were proven."""

    def like_known(sha256: tuple[str, ...]) -> set[str]:
        media = list(Media.objects.filter(sha256__in=list(sha256)))
        near = nearby.near(media)
        return {each.sha256 for each in media if near[each.pk]}

    monkeypatch.setattr(looks, "confirmed_twice", like_known)

    turns_red(seen.test_a_near_match_never_settles_a_case_with_one_person_alone, make_case, earlier, someone)


def test_without_claims_two_people_get_the_same_case(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_case, "free_for", lambda by, cases: cases)
    monkeypatch.setattr(verbs, "_free_for", lambda case, by: Claim.objects.filter(case=case).first())

    turns_red(nexts.test_two_people_get_two_cases, make_case, someone)


def test_without_its_window_a_decision_for_many_is_told_at_once(
    make_case: MakeCase,
    someone: MakePerson,
    announced: Heard,
    work_until: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whole, "_lacking", [])
    monkeypatch.setattr(undo, "window", lambda: timedelta(0))
    test = many.test_nothing_is_decided_or_told_before_the_time_to_undo_is_over

    turns_red(test, make_case, someone, someone("analyst"), announced, work_until)


def test_a_rule_that_takes_unknown_media_for_known_is_noticed(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "_lacking", [])
    by = someone("analyst")
    test = many.test_a_page_with_any_unknown_medium_is_left_out
    deaf = SimpleNamespace(confirmed_twice=set)
    monkeypatch.setattr(groups, "looks", deaf)

    turns_red(test, make_case, someone, by)


def test_an_end_of_a_hold_that_is_not_stored_anew_is_noticed(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "refresh", lambda case: None)

    turns_red(by_clock.test_the_end_of_a_hold_follows_the_holds, make_case, someone)


def test_numbers_that_count_what_is_hidden_are_noticed(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = tally.by_state
    monkeypatch.setattr(tally, "by_state", lambda without=(): counts())
    monkeypatch.setattr(welfare, "of_kinds", lambda cases, person, now: cases)

    turns_red(
        by_clock.test_numbers_leave_out_kinds_that_a_person_opted_out_of,
        make_case,
        someone("analyst"),
        someone,
    )
