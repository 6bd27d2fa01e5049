"""Perhaps of the same series: what a likeness proposes of a child, and that nothing follows from it."""

import pytest

from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.casebook import known, series, series_near
from nightlight.casebook.models import Case, Child, Media, NeverMatch, SeriesTie
from nightlight.casebook.words import State
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed
from tests.assess.test_seen_before import PDQ, page, people, show
from tests.casebook.codes import away
from tests.saboteur import turns_red

__all__ = ["people"]
People = tuple[Person, Person]


@pytest.fixture
def earlier(make_case: MakeCase, people: People) -> Media:
    """A picture of a child's series that two people confirmed."""
    case = make_case()
    picture = show(case, "known", pdq=PDQ, quality=90)
    for each in people:
        verbs.decide(case.pk, each, confirmed(media=(picture.sha256,)))
    child = Child.objects.create(label="C-2026-0007", created_at=clock.now())
    series.tie(child, [picture], case, people[0])
    return picture


@pytest.fixture
def like_it(make_case: MakeCase, earlier: Media) -> Case:
    """A case that shows a picture nearly the same."""
    case = make_case(priority=7)
    show(case, "like it", pdq=away(PDQ, 9), quality=90)
    return case


def labels(case: Case, leave_out: Case | None = None) -> list[str]:
    return [each.child.label for each in series_near.perhaps(case, leave_out=leave_out)]


def test_a_picture_nearly_the_same_proposes_the_child_and_changes_nothing(
    like_it: Case, people: People
) -> None:
    _html, said = page(like_it, people[1])

    like_it.refresh_from_db()
    assert (
        "Perhaps of the same series" in said and "Child C-2026-0007 : 1 of the media here is nearly" in said
    )
    assert (series.children_of(like_it), SeriesTie.objects.count()) == ([], 1)
    assert (like_it.state, like_it.priority, like_it.assessments.count()) == (State.OPEN, 7, 0)


def test_the_very_file_is_of_the_series_and_not_perhaps(
    make_case: MakeCase, earlier: Media, people: People
) -> None:
    from tests.assess.test_seen_before import see

    case = make_case()
    see(case, earlier)

    assert labels(case) == []
    assert [seen.child.label for seen in series.children_of(case)] == ["C-2026-0007"]


def test_what_is_far_or_too_flat_proposes_nobody(make_case: MakeCase, earlier: Media) -> None:
    far, flat = make_case(), make_case()
    show(far, "far", pdq=away(PDQ, 60), quality=90)
    show(flat, "flat", pdq=PDQ, quality=10)

    assert (labels(far), labels(flat)) == ([], [])


def test_a_medium_that_matches_nothing_proposes_nobody(
    like_it: Case, earlier: Media, someone: MakePerson
) -> None:
    before = labels(like_it)
    NeverMatch.objects.create(media=earlier, on=True, reason="a logo", by=someone("manager"), at=clock.now())

    assert (before, labels(like_it)) == (["C-2026-0007"], [])
    assert known.never_matching([earlier.pk])


def test_a_picture_of_the_same_hash_that_nobody_confirmed_twice_proposes_too(
    make_case: MakeCase, someone: MakePerson
) -> None:
    first, second = make_case(), make_case()
    child = Child.objects.create(label="C-2026-0009", created_at=clock.now())
    series.tie(child, [show(first, "one", pdq=PDQ, quality=90)], first, someone("analyst"))
    show(second, "another file", pdq=PDQ, quality=90)

    assert labels(second) == ["C-2026-0009"]


def test_whoever_looks_second_is_not_told_what_the_first_said_here(
    make_case: MakeCase, someone: MakePerson
) -> None:
    case = make_case()
    child = Child.objects.create(label="C-2026-0009", created_at=clock.now())
    one = show(case, "one", pdq=PDQ, quality=90)
    show(case, "another file", pdq=PDQ, quality=90)
    series.tie(child, [one], case, someone("analyst"))

    assert (labels(case), labels(case, leave_out=case)) == (["C-2026-0009"], [])


def test_a_likeness_that_tied_media_is_noticed(
    like_it: Case, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_it_is = series_near.perhaps

    def ties(case: Case, *, leave_out: Case | None = None) -> list[series_near.Perhaps]:
        found = as_it_is(case, leave_out=leave_out)
        for each in found:
            series.tie(each.child, Media.objects.filter(sha256__in=each.media), case, people[0])
        return found

    monkeypatch.setattr(series_near, "perhaps", ties)

    turns_red(test_a_picture_nearly_the_same_proposes_the_child_and_changes_nothing, like_it, people)
