"""The desk is dark, or light for whoever asked for that on this device."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts.models import Person

LOOK = "/desk/account/look/"


@pytest.fixture
def desk(home: None, someone: Callable[..., Person]) -> Client:
    """Somebody's browser, signed in."""
    client = Client()
    client.force_login(someone("analyst"))
    return client


def test_the_desk_is_dark_until_somebody_asks_for_the_light_one(desk: Client) -> None:
    before = desk.get("/desk/").text
    asked = desk.post(LOOK, {"look": "day", "next": "/desk/waiting/?page=2"})
    light = desk.get("/desk/").text
    desk.post(LOOK, {"look": "night"})

    assert 'class="night"' in before
    assert (asked.status_code, asked["Location"]) == (302, "/desk/waiting/?page=2")
    assert 'class="day"' in light
    assert 'class="night"' in desk.get("/desk/").text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/report/", "/desk/\\evil", ""])
def test_asking_leads_nowhere_but_to_the_desk(desk: Client, back: str) -> None:
    answer = desk.post(LOOK, {"look": "day", "next": back})

    assert answer["Location"].startswith("/desk/")


def test_a_look_that_is_none_changes_nothing_and_nobody_asks_without_signing_in(
    desk: Client, client: Client
) -> None:
    nonsense = desk.post(LOOK, {"look": "<script>"})
    stranger = client.post(LOOK, {"look": "day"})

    assert "desk" not in nonsense.cookies
    assert (stranger.status_code, "desk" in stranger.cookies) == (302, False)
