"""What the API does not insist on: empty parameters are not given, and a contact or a threat has no category."""

from collections.abc import Callable

from django.test import Client

from nightlight.accounts import tokens
from nightlight.assess.api import DecisionIn


def test_empty_parameters_list_every_case(home: None, someone: Callable[..., object]) -> None:
    token = tokens.issue("desk", ["desk"])

    answer = Client().get("/api/v1/cases?state=&limit=&after=", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert answer.json() == {"cases": [], "next": None}


def test_contact_with_a_child_is_confirmed_without_a_category(
    home: None, work_until: Callable[..., int]
) -> None:
    token = {"Authorization": f"Bearer {tokens.issue('desk', ['desk'])}"}
    Client().post("/api/v1/reports", {"kind": "grooming", "text": "A worrying chat."}, "application/json")
    work_until()
    case = Client().get("/api/v1/cases", headers=token).json()["cases"][0]

    path = f"/api/v1/cases/{case['id']}/assessments"
    answer = Client().post(path, {"outcome": "confirmed"}, "application/json", headers=token)

    assert answer.status_code == 201
    assert Client().get(f"/api/v1/cases/{case['id']}", headers=token).json()["state"] == "confirmed"


def test_a_decision_field_that_is_null_was_not_said(home: None, work_until: Callable[..., int]) -> None:
    token = {"Authorization": f"Bearer {tokens.issue('desk', ['desk'])}"}
    Client().post("/api/v1/reports", {"kind": "other"}, "application/json")
    work_until()
    case = Client().get("/api/v1/cases", headers=token).json()["cases"][0]
    unsaid = dict.fromkeys(set(DecisionIn.model_fields) - {"outcome", "media"})

    path = f"/api/v1/cases/{case['id']}/assessments"
    answer = Client().post(path, {"outcome": "not_illegal", **unsaid}, "application/json", headers=token)

    assert answer.status_code == 201
    assert (answer.json()["scheme"], answer.json()["live_stream"]) == ("UK", False)
