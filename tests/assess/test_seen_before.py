"""Seen before? What the desk is told of earlier cases, and that likeness alone decides nothing."""

import re
from hashlib import sha256

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.assess.seen_before import seen_before
from nightlight.casebook import practices
from nightlight.casebook.models import Assessment, Case, Media, Sighting
from nightlight.casebook.words import State
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed, dismissed
from tests.casebook.codes import away, code

PDQ = code(11)


def show(case: Case, name: str, **fields: object) -> Media:
    """A medium at the address of a case."""
    media = Media.objects.create(
        sha256=sha256(name.encode()).hexdigest(), mime="image/png", first_seen=clock.now(), **fields
    )
    return see(case, media)


def see(case: Case, media: Media) -> Media:
    assert case.location
    Sighting.objects.create(media=media, location=case.location, at=clock.now())
    return media


@pytest.fixture
def people(someone: MakePerson) -> tuple[Person, Person]:
    return someone("analyst"), someone("analyst")


@pytest.fixture
def earlier(make_case: MakeCase, people: tuple[Person, Person]) -> Case:
    """A case in which two people confirmed one picture."""
    case = make_case()
    picture = show(case, "known", pdq=PDQ, quality=90)
    for person in people:
        verbs.decide(case.pk, person, confirmed(media=(picture.sha256,)))
    return case


def words(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def page(case: Case, reader: Person) -> tuple[str, str]:
    client = Client()
    client.force_login(reader)
    answer = client.get(f"/desk/cases/{case.pk}/")
    return answer.content.decode(), words(answer)


def test_the_same_file_is_told_with_a_link_to_the_earlier_case(
    make_case: MakeCase, earlier: Case, someone: MakePerson
) -> None:
    case = make_case()
    see(case, Media.objects.get())

    html, text = page(case, someone("analyst"))

    assert "the same file: earlier case , Confirmed" in text
    assert f"/desk/cases/{earlier.pk}/" in html


def test_a_picture_that_is_nearly_the_same_is_told_with_its_distance(
    make_case: MakeCase, earlier: Case, someone: MakePerson
) -> None:
    case = make_case()
    show(case, "again", pdq=away(PDQ, 17), quality=90)

    html, text = page(case, someone("analyst"))

    assert "nearly the same picture, 17 of 256 bits apart: earlier case" in text
    assert f"/desk/cases/{earlier.pk}/" in html
    assert re.findall(r"<(?:img|video|picture)[^>]*src=.(?!/static/)", html) == []


def test_what_was_decided_otherwise_is_told_too(make_case: MakeCase, people: tuple[Person, Person]) -> None:
    first, case = make_case(), make_case()
    media = show(first, "square")
    verbs.decide(first.pk, people[0], dismissed())
    see(case, media)

    (told,) = seen_before(case, [media])[media.pk]

    assert (told.case, told.how) == (first.pk, "the same file")
    assert told.outcome == "Nothing found at the address"


def test_a_known_medium_that_is_to_match_nothing_says_so(
    make_case: MakeCase, earlier: Case, someone: MakePerson
) -> None:
    practices.never_match(Media.objects.get(), on=True, reason="a logo", by=someone("manager"))
    case = make_case()
    show(case, "again", pdq=away(PDQ, 5), quality=90)

    _, text = page(case, someone("analyst"))

    assert "Marked as matching nothing: a logo" in text


def test_a_corrected_case_is_nobody_s_match(make_case: MakeCase, earlier: Case, someone: MakePerson) -> None:
    from nightlight.casebook.words import Outcome

    case = make_case()
    media = show(case, "again", pdq=away(PDQ, 5), quality=90)
    before = seen_before(case, [media])[media.pk]

    verbs.correct(earlier.pk, someone("senior_analyst"), Outcome.NOT_ILLEGAL, "a landscape after all")

    assert len(before) == 1
    assert not seen_before(case, [media]).get(media.pk)


def test_a_near_match_never_settles_a_case_with_one_person_alone(
    make_case: MakeCase, earlier: Case, someone: MakePerson
) -> None:
    case = make_case()
    media = show(case, "again", pdq=PDQ, quality=90)
    assert seen_before(case, [media])[media.pk]

    look = verbs.decide(case.pk, someone("analyst"), confirmed(media=(media.sha256,)))

    case.refresh_from_db()
    assert (look.is_final, case.state) == (False, State.SECOND_LOOK)


def test_the_same_file_confirmed_twice_needs_one_person_only(
    make_case: MakeCase, earlier: Case, someone: MakePerson
) -> None:
    case = make_case()
    media = see(case, Media.objects.get())

    look = verbs.decide(case.pk, someone("analyst"), confirmed(media=(media.sha256,)))

    assert look.is_final


def test_nothing_is_graded_before_a_person_looked(make_case: MakeCase, earlier: Case) -> None:
    case = make_case()

    see(case, Media.objects.get())

    assert not Assessment.objects.filter(case=case).exists()
    assert case.state == State.OPEN
