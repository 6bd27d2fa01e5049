"""Every page × every role: the answer is what the table of permissions says, and never an error."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts.access import OWN, PUBLIC
from nightlight.accounts.permissions import Permission, Role, allowed
from tests.attack.conftest import all_pages

Browser = Callable[..., Client]
SIGN_IN = "/desk/account/login/"


def test_a_stranger_is_sent_to_sign_in_from_everything_that_is_not_public(
    home: None, browser: Browser
) -> None:
    stranger = browser()
    wrong = []
    for page in all_pages():
        for ask in (stranger.get, stranger.post):
            answer = ask(page.path)
            led_away = answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)
            if page.permission != PUBLIC and not led_away:
                wrong.append((page.path, answer.status_code))
            if answer.status_code >= 500:
                wrong.append((page.path, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_a_role_opens_what_the_table_says_and_nothing_else(role: str, home: None, browser: Browser) -> None:
    wrong, refused = [], browser(role)
    for page in all_pages():
        if page.permission in (PUBLIC, OWN):
            continue
        may = allowed({role}, Permission(page.permission))
        client = browser(role) if may else refused  # what one may do may end one's session
        for ask in (client.get, client.post):
            answer = ask(page.path)
            if answer.status_code >= 500 or (answer.status_code == 403) == may:
                wrong.append((page.path, answer.status_code, may))

    assert wrong == []


@pytest.mark.parametrize("role", Role.values)
def test_no_page_of_a_thing_that_is_not_there_is_more_than_not_found(
    role: str, home: None, browser: Browser
) -> None:
    client = browser(role)
    things = [page for page in all_pages() if "0197c0de" in page.path and page.path.startswith("/desk/")]

    found = {page.path: client.get(page.path).status_code for page in things}

    assert len(things) > 20
    assert {path: status for path, status in found.items() if status not in (403, 404, 405)} == {}


def test_an_administrator_opens_no_page_that_shows_a_case(home: None, browser: Browser) -> None:
    sight = {
        Permission.CASE_READ,
        Permission.CASE_ASSESS,
        Permission.MEDIA_REVEAL,
        Permission.REPORTER_READ,
        Permission.REFERRAL_READ,
        Permission.APPEAL_DECIDE,
        Permission.TAKEDOWN_ACT,
        Permission.SHARING_MANAGE,
        Permission.AUDIT_READ,
    }
    client = browser("administrator")

    statuses = {client.get(page.path).status_code for page in all_pages() if page.permission in sight}

    assert statuses == {403}
