"""Grading by the schemes that a hotline chose: the form, the verbs, the API, and what is printed."""

import json
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import tokens
from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.assess.decision import Decision, Refused
from nightlight.casebook.models import Assessment, Case
from nightlight.casebook.schemes import book, shipped
from nightlight.casebook.schemes.scheme import graded
from nightlight.casebook.words import Outcome, State
from tests.assess.conftest import MakeCase, MakePerson, confirmed
from tests.assess.test_pages import signed_in, words

INHOPE, NCMEC = shipped.scheme("INHOPE"), shipped.scheme("NCMEC")


@pytest.fixture
def people(someone: MakePerson) -> list[Person]:
    return [someone("analyst"), someone("analyst")]


def use(someone: MakePerson, *keys: str) -> None:
    book.choose(keys, someone("manager"))


def by_inhope(value: str, **facts: str) -> Decision:
    return Decision(Outcome.CONFIRMED, grades=(graded(INHOPE, value, facts),))


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_without_the_main_scheme_s_grade_nothing_is_confirmed(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "INHOPE", "UK")
    case = make_case()

    with pytest.raises(Refused, match="needs a grade of INHOPE: BA, NA"):
        verbs.decide(case.pk, people[0], confirmed("B"))

    assert state(case) == State.OPEN


def test_a_hotline_that_grades_by_another_scheme_needs_no_uk_letter(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "INHOPE")
    case = make_case()

    look = verbs.decide(case.pk, people[0], by_inhope("NA", age_category="pubescent"))

    grade = look.grades.get()
    assert state(case) == State.CONFIRMED
    assert (look.severity, grade.printed, grade.wire) == ("", "INHOPE: National CSAM", "2")
    assert grade.facts == {"age_category": "pubescent"}


def test_a_grade_that_nobody_gives_alone_waits_for_a_second_person_who_gives_the_same(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "INHOPE")
    same, other = make_case(), make_case()
    for case in (same, other):
        verbs.decide(case.pk, people[0], by_inhope("BA"))
        assert state(case) == State.SECOND_LOOK

    verbs.decide(same.pk, people[1], by_inhope("BA"))
    verbs.decide(other.pk, people[1], by_inhope("NA"))

    assert (state(same), state(other)) == (State.CONFIRMED, State.SECOND_LOOK)


def test_the_form_has_the_keys_and_the_facts_of_the_schemes_in_use(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "NCMEC", "INHOPE")
    case = make_case()

    page = signed_in(people[0]).get(f"/desk/cases/{case.pk}/").content.decode()

    for scheme in (NCMEC, INHOPE):
        for grade in scheme.grades:
            assert f'accesskey="{grade.key}"' in page
            assert scheme.printed(grade.value) in page
    assert "Age category (ICCAM)" in page
    assert 'name="severity"' not in page


def test_a_decision_by_two_schemes_is_read_back_taken_and_shown_with_both_names(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "UK", "INHOPE")
    case, client = make_case(), signed_in(people[0])
    typed = {"outcome": "confirmed", "severity": "B", "grade-INHOPE": "NA"}

    back = client.post(f"/desk/cases/{case.pk}/decide/", {**typed, "step": "look"})
    client.post(f"/desk/cases/{case.pk}/decide/", {**typed, "step": "final"})

    assert "UK: Category B" in words(back) and "INHOPE: National CSAM" in words(back)
    shown = words(client.get(f"/desk/cases/{case.pk}/"))
    assert "UK: Category B" in shown and "INHOPE: National CSAM" in shown


def test_a_letter_stands_on_no_page_without_its_scheme(make_case: MakeCase, people: list[Person]) -> None:
    case = make_case()
    verbs.decide(case.pk, people[0], confirmed("B"))

    shown = words(signed_in(people[0]).get(f"/desk/cases/{case.pk}/"))

    assert shown.count("UK: Category B") == shown.count("Category B") > 0


def api(person: Person, case: Case, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {tokens.issue('t', ['desk'], person)}"}
    path = f"/api/v1/cases/{case.pk}/assessments"
    return Client(headers=headers).post(path, json.dumps(body), content_type="application/json")


def test_the_api_takes_grades_of_the_schemes_in_use_beside_the_uk_s_severity(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "UK", "INHOPE")
    grade = {"scheme": "INHOPE", "value": "NA", "facts": {"age_category": "infant"}}

    answer = api(people[0], make_case(), outcome="confirmed", severity="C", grades=[grade])

    assert answer.status_code == 201
    said = answer.json()
    assert (said["scheme"], said["severity"]) == ("UK", "C")
    assert said["grades"][0] == {
        "scheme": "INHOPE",
        "edition": INHOPE.edition,
        "value": "NA",
        "printed": "INHOPE: National CSAM",
        "wire": "2",
        "facts": {"age_category": "infant"},
    }


@pytest.mark.parametrize(
    "grades",
    [
        [{"scheme": "NCMEC", "value": "A1"}],
        [{"scheme": "UK", "value": "A"}],
        [{"scheme": "INHOPE", "value": "XX"}],
        [{"scheme": "INHOPE", "value": "NA", "facts": {"height": "tall"}}],
        [{"scheme": "INHOPE", "value": "NA"}, {"scheme": "INHOPE", "value": "BA"}],
    ],
)
def test_a_grade_that_the_schemes_in_use_do_not_have_is_refused(
    grades: list[Any], make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "UK", "INHOPE")

    answer = api(people[0], make_case(), outcome="confirmed", severity="C", grades=grades)

    assert answer.status_code == 422
    assert not Assessment.objects.exists()


def test_a_grade_without_a_confirmation_is_refused(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    use(someone, "INHOPE")

    with pytest.raises(Refused, match="only a confirmed case"):
        verbs.decide(make_case().pk, people[0], Decision(Outcome.NOT_FOUND, grades=(graded(INHOPE, "NA"),)))
