"""What the second person sees does not depend on what the first decided: page, panels and API, compared whole."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import tokens
from nightlight.accounts.models import Person
from nightlight.assess import second_look, verbs
from nightlight.assess.decision import Account, Decision
from nightlight.casebook.models import Case, Child, Subject
from nightlight.casebook.schemes import book
from nightlight.casebook.schemes.scheme import graded
from nightlight.casebook.words import Age, MadeBy, Outcome, Sex, SiteType
from tests.assess.conftest import MakeCase, MakePerson, confirmed, dismissed, sha256s

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?|\d\d:\d\d")
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
_QUEUE = re.compile(r'<aside class="desk-queue".*?</aside>', re.S)


@pytest.fixture
def people(someone: MakePerson) -> list[Person]:
    second_look.set_rule(someone("manager"), sample_percent=100, new_analyst_looks=0, on_mismatch=False)
    return [someone("analyst"), someone("analyst")]


def page(case: Case, reader: Person) -> str:
    """The case page without what differs between any two cases."""
    client = Client()
    client.force_login(reader)
    text = client.get(f"/desk/cases/{case.pk}/").content.decode()
    return _same(_QUEUE.sub("", text))


def api(case: Case, reader: Person) -> str:
    """The case as the API gives it, the same way."""
    headers = {"Authorization": f"Bearer {tokens.issue('t', ['desk'], reader)}"}
    return _same(json.dumps(Client(headers=headers).get(f"/api/v1/cases/{case.pk}").json(), indent=1))


def _same(text: str) -> str:
    for pattern in (_CSRF, _UUID, _SHA256, _TIME):
        text = pattern.sub("·", text)
    return re.sub(r"site\d+", "site", text)


def decisions(case: Case) -> list[Decision]:
    rich: dict[str, Any] = {
        "age": Age.A3_6,
        "sex": Sex.BOYS,
        "made_by": MadeBy.ADULT_PRESENT,
        "site_type": SiteType.FORUM,
        "live_stream": True,
        "commercial": True,
        "note": "a note of the first",
        "reasons": "the first's reasons",
        "media": sha256s(case)[:1],
        "seen": sha256s(case),
    }
    return [confirmed("A", **rich), confirmed("C"), dismissed(Outcome.NOT_ILLEGAL), dismissed()]


def test_page_and_api_are_the_same_whatever_the_first_decided(
    make_case: MakeCase, people: list[Person]
) -> None:
    first, second = people
    cases = [make_case(media=2) for _ in range(4)]
    for number, case in enumerate(cases):
        verbs.decide(case.pk, first, decisions(case)[number])

    pages, answers = {page(case, second) for case in cases}, {api(case, second) for case in cases}

    assert len(pages) == 1
    assert len(answers) == 1


def test_grades_of_other_schemes_are_as_blind(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    book.choose(["UK", "INHOPE"], someone("manager"))
    scheme = {each.key: each for each in book.in_use()}["INHOPE"]
    baseline = graded(scheme, "BA", {"age_category": "infant"})
    with_grade, without = make_case(), make_case()
    verbs.decide(with_grade.pk, people[0], confirmed("B", grades=(baseline,)))
    verbs.decide(without.pk, people[0], confirmed("B"))

    assert page(with_grade, people[1]) == page(without, people[1])
    assert api(with_grade, people[1]) == api(without, people[1])


def test_whom_the_first_named_is_shown_to_the_second_nowhere(
    make_case: MakeCase, people: list[Person]
) -> None:
    case = make_case(media=1)
    verbs.decide(
        case.pk, people[0], confirmed("B", children=("new",), subjects=(Account("lantern-77", "chat"),))
    )
    child, subject = Child.objects.get(), Subject.objects.get()
    verbs.attach(case.pk, people[0], [child.label], series=sha256s(case))
    client = Client()
    client.force_login(people[1])

    shown = page(case, people[1]) + api(case, people[1])
    linked = [
        client.get(f"/desk/{path}/").content.decode()
        for path in (f"children/{child.pk}", f"subjects/{subject.pk}")
    ]

    assert "lantern-77" not in shown
    assert child.label not in shown
    assert not any(str(case.pk) in text for text in linked)


def test_a_child_known_from_another_case_is_shown_before_the_decision(
    make_case: MakeCase, people: list[Person]
) -> None:
    earlier, case = make_case(media=1), make_case()
    assert case.location is not None
    verbs.attach(earlier.pk, people[0], ["new"], series=sha256s(earlier))
    case.location.sightings.create(media=earlier.location.sightings.get().media, at=earlier.received_at)  # type: ignore[union-attr]
    verbs.decide(case.pk, people[0], confirmed("B"))

    assert Child.objects.get().label in page(case, people[1])
