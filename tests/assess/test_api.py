"""The API of the desk: a list, a case, a decision."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from nightlight.accounts import tokens
from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.audit.models import Entry
from nightlight.casebook.words import State
from tests.assess.conftest import MakeCase, MakePerson, confirmed


class Desk:
    """A client with a desk token."""

    def __init__(self, person: Person, scope: str = "desk") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {tokens.issue('t', [scope], person)}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def desk(home: None, someone: MakePerson) -> Desk:
    return Desk(someone("analyst"))


def test_a_case_in_the_list_has_the_seven_fields(desk: Desk, make_case: MakeCase) -> None:
    case = make_case(reports=3)

    answer = desk.get("/cases?state=open")

    assert answer.json() == {
        "cases": [
            {
                "id": str(case.pk),
                "state": "open",
                "priority": 2,
                "kind": "material",
                "url": "http://site1.example/page",
                "reports": 3,
                "received_at": "2026-01-05T09:00:00Z",
            }
        ],
        "next": None,
    }


def test_a_case_about_a_report_alone_has_no_address_and_one_report(desk: Desk, make_case: MakeCase) -> None:
    make_case(address=False)

    (case,) = desk.get("/cases").json()["cases"]

    assert (case["url"], case["reports"]) == (None, 1)


def test_pages_neither_skip_nor_repeat(desk: Desk, make_case: MakeCase) -> None:
    made = [str(make_case().pk) for _ in range(5)]

    seen: list[str] = []
    after = ""
    while after is not None:
        page = desk.get(f"/cases?limit=2{after and '&after=' + after}").json()
        seen += [case["id"] for case in page["cases"]]
        after = page["next"]

    assert seen == made


def test_the_list_asks_as_often_for_many_cases_as_for_one(
    desk: Desk, make_case: MakeCase, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        make_case(media=1)

    with django_assert_max_num_queries(10):
        answer = desk.get("/cases")

    assert len(answer.json()["cases"]) == 30


@pytest.mark.parametrize("query", ["state=nonsense", "limit=0", "limit=1001", "limit=x", "after=x"])
def test_a_question_that_makes_no_sense_is_answered_422(query: str, desk: Desk) -> None:
    answer = desk.get(f"/cases?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_an_empty_value_of_the_query_is_as_good_as_none(desk: Desk, make_case: MakeCase) -> None:
    make_case()

    answer = desk.get("/cases?state=&limit=&after=")

    assert len(answer.json()["cases"]) == 1


def test_a_case_carries_its_assessments_and_what_the_panels_add(desk: Desk, make_case: MakeCase) -> None:
    case = make_case()
    desk.post(
        f"/cases/{case.pk}/assessments", outcome="confirmed", severity="B", age="7-10", note="by the pier"
    )

    whole = desk.get(f"/cases/{case.pk}").json()

    (look,) = whole["assessments"]
    assert (whole["state"], whole["reports"]) == ("confirmed", 1)
    assert (look["severity"], look["age"], look["note"], look["sex"]) == ("B", "7-10", "by the pier", None)


def test_an_unknown_case_is_not_found(desk: Desk) -> None:
    read, decided = (
        desk.get(f"/cases/{uuid4()}"),
        desk.post(f"/cases/{uuid4()}/assessments", outcome="not_found"),
    )

    assert (read.status_code, decided.status_code) == (404, 404)


def test_a_decision_is_created_and_says_where_the_case_stands(desk: Desk, make_case: MakeCase) -> None:
    case = make_case()

    answer = desk.post(
        f"/cases/{case.pk}/assessments", outcome="confirmed", severity="C", made_by="child_alone_directed"
    )

    assert answer.status_code == 201
    assert {"final": True, "state": "confirmed", "self_generated": True}.items() <= answer.json().items()


def test_a_confirmed_decision_without_severity_is_refused_by_name(desk: Desk, make_case: MakeCase) -> None:
    answer = desk.post(f"/cases/{make_case().pk}/assessments", outcome="confirmed")

    assert (answer.status_code, "severity" in answer.json()["title"]) == (422, True)


def test_the_same_person_can_not_look_twice(desk: Desk, make_case: MakeCase) -> None:
    case = make_case()
    desk.post(f"/cases/{case.pk}/assessments", outcome="confirmed", severity="A")

    answer = desk.post(f"/cases/{case.pk}/assessments", outcome="confirmed", severity="A")

    case.refresh_from_db()
    assert (answer.status_code, case.state) == (409, State.SECOND_LOOK)


def test_the_second_look_is_blind(desk: Desk, make_case: MakeCase) -> None:
    case = make_case()
    desk.post(f"/cases/{case.pk}/assessments", outcome="confirmed", severity="A", note="by the pier")

    (look,) = desk.get(f"/cases/{case.pk}").json()["assessments"]

    assert (look["role"], look["outcome"], look["severity"], look["note"]) == ("first", None, None, None)


def test_once_settled_both_looks_are_open(desk: Desk, make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()
    desk.post(f"/cases/{case.pk}/assessments", outcome="confirmed", severity="A")
    verbs.decide(case.pk, someone("analyst"), confirmed("A"))

    looks = desk.get(f"/cases/{case.pk}").json()["assessments"]

    assert [look["severity"] for look in looks] == ["A", "A"]


def test_reading_is_in_the_log(desk: Desk, make_case: MakeCase) -> None:
    case = make_case()

    desk.get("/cases")
    desk.get(f"/cases/{case.pk}")

    entries = Entry.objects.filter(verb__in=["assess.list", "assess.open"]).order_by("pk")
    assert [(entry.verb, entry.purpose) for entry in entries] == [
        ("assess.list", "work"),
        ("assess.open", "work"),
    ]


def test_who_may_not_assess_is_refused(home: None, make_case: MakeCase, someone: MakePerson) -> None:
    inspector = Desk(someone("inspector"))

    answer = inspector.post(f"/cases/{make_case().pk}/assessments", outcome="not_found")

    assert (inspector.get("/cases").status_code, answer.status_code) == (200, 403)


def test_an_administrator_has_no_sight_of_cases(home: None, make_case: MakeCase, someone: MakePerson) -> None:
    case, desk = make_case(), Desk(someone("administrator"))

    assert (desk.get("/cases").status_code, desk.get(f"/cases/{case.pk}").status_code) == (403, 403)


def test_a_token_of_another_scope_is_refused(home: None, make_case: MakeCase, someone: MakePerson) -> None:
    make_case()

    answer = Desk(someone("analyst"), scope="member").get("/cases")

    assert (answer.status_code, "site1" in answer.content.decode()) == (403, False)
