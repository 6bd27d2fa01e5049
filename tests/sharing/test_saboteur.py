"""Without the rule of two people the tests of the lists turn red."""

from collections.abc import Callable

import pytest

from nightlight.sharing import standing
from tests.saboteur import turns_red
from tests.sharing import test_lists as held

Work = Callable[..., int]


def test_without_the_rule_of_two_one_person_lists_a_hash(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "PEOPLE_NEEDED", 1)

    turns_red(held.test_one_person_alone_lists_no_hash_even_if_it_is_announced, work_until)


def test_without_asking_for_holds_a_held_case_stays_listed(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "_of_case", lambda case: standing.Standing(listed=True, labels={}))

    turns_red(held.test_while_police_hold_a_case_nothing_of_it_is_listed, work_until)
