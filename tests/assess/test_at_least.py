"""A decision says on how much of a page it was graded, and what is then a lower bound."""

from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.casebook.models import Case
from nightlight.casebook.words import Age
from tests.assess.conftest import MakeCase, MakePerson, confirmed, sha256s


def page(case: Case, reader: Person) -> str:
    client = Client()
    client.force_login(reader)
    return " ".join(client.get(f"/desk/cases/{case.pk}/").content.decode().split())


def read_back(case: Case, reader: Person, seen: tuple[str, ...]) -> str:
    client = Client()
    client.force_login(reader)
    said = {"outcome": "confirmed", "severity": "B", "age": "7-10", "seen": seen, "step": "look"}
    return " ".join(client.post(f"/desk/cases/{case.pk}/decide/", said).content.decode().split())


def test_graded_on_a_part_the_gravest_and_the_youngest_are_at_least(
    make_case: MakeCase, someone: MakePerson
) -> None:
    case, reader = make_case(media=3), someone("manager")
    decision = confirmed("B", age=Age.A7_10, seen=sha256s(case)[:2])

    verbs.decide(case.pk, someone("analyst"), decision)
    found = page(case, reader)

    assert "2 of 3" in found
    assert "at least UK: Category B" in found and "at least as young as 7 to 10" in found


def test_graded_on_all_they_are_what_they_are(make_case: MakeCase, someone: MakePerson) -> None:
    case, reader = make_case(media=2), someone("manager")

    verbs.decide(case.pk, someone("analyst"), confirmed("B", age=Age.A7_10, seen=sha256s(case)))
    found = page(case, reader)

    assert "2 of 2" in found and "at least" not in found


def test_the_reading_back_says_it_before_the_decision_is_taken(
    make_case: MakeCase, someone: MakePerson
) -> None:
    case, analyst = make_case(media=2), someone("analyst")

    part = read_back(case, analyst, sha256s(case)[:1])
    whole = read_back(case, analyst, sha256s(case))

    assert "1 of 2" in part and "the severity is at least this" in part
    assert "2 of 2" in whole and "at least this" not in whole
