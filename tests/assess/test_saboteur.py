"""Without the second look the tests of decisions turn red."""

from typing import Any

import pytest

from nightlight.assess import looks
from nightlight.assess.decision import NotNow
from tests.assess import test_decide as held
from tests.assess.conftest import MakeCase, MakePerson
from tests.saboteur import turns_red

Heard = list[tuple[str, Any]]


@pytest.fixture(autouse=True)
def every_look_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "settles", lambda decision, role, earlier, twice: True)


def test_without_the_second_look_one_person_confirms_category_a(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    turns_red(held.test_category_a_waits_for_a_second_person, make_case, someone, announced)


def test_without_the_second_look_one_person_lists_media(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    turns_red(
        held.test_media_not_confirmed_before_need_two_people, make_case, someone, announced, by=(NotNow,)
    )


def test_without_the_second_look_a_senior_decides_alone(make_case: MakeCase, someone: MakePerson) -> None:
    turns_red(held.test_not_even_a_senior_decides_alone_on_category_a, make_case, someone, by=(NotNow,))
