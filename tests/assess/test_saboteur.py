"""Without the second look the tests of decisions turn red."""

from typing import Any

import pytest

from nightlight.assess import looks
from nightlight.assess.decision import NotNow
from nightlight.casebook import nearby
from nightlight.casebook.models import Case, Media
from tests.assess import test_decide as held
from tests.assess import test_seen_before as seen
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
