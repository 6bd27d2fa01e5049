"""Parameters left empty are parameters not given, as `GET /cases?state=&limit=&after=` is written in the contract."""

from collections.abc import Callable

from django.test import Client

from nightlight.accounts import tokens


def test_empty_parameters_list_every_case(home: None, someone: Callable[..., object]) -> None:
    token = tokens.issue("desk", ["desk"])

    answer = Client().get("/api/v1/cases?state=&limit=&after=", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert answer.json() == {"cases": [], "next": None}
