"""The pages of takedown in a real browser: a provider answers, the desk reads, no axe violation, no wide page."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from nightlight.takedown import desk, packing, verbs, watch
from nightlight.takedown.models import Answer, Notice, Route
from tests.browser.start import fresh, started
from tests.casebook.browser import violations
from tests.takedown.conftest import Confirmed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Open]:
    """`visit(path, person=None, width=1280)` opens a page, signed in as the person."""
    contexts = []

    def go(path: str, person: Any = None, width: int = 1280, **options: Any) -> Page:
        context = fresh(chromium, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
            context.add_cookies(
                [{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}]
            )
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.fixture
def told(confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch) -> Notice:
    monkeypatch.setattr(watch, "look_now", lambda case: None)
    notice = verbs.queue_notice(confirmed("http://album.test/" + "a-long-address/" * 12).pk)
    assert notice
    Notice.objects.update(state=Notice.State.SENT)
    return notice


def path_of(notice: Notice) -> str:
    return re.sub(r"^https?://[^/]+", "", packing.link(notice))


def test_a_provider_answers_with_the_keyboard_and_without_scripts(told: Notice, visit: Open) -> None:
    page = visit(path_of(told), java_script_enabled=False)

    page.get_by_label("We have removed it").press(" ")
    page.get_by_label("A note to us").fill("Account closed.")
    page.get_by_role("button", name="Send the answer").press("Enter")

    expect(page.get_by_role("status")).to_contain_text("We have your answer")
    assert Answer.objects.get().note == "Account closed."


def test_the_desks_pages_have_no_axe_violation(
    told: Notice, visit: Open, someone: Callable[..., Any]
) -> None:
    manager = someone("manager")
    desk.add_route(country="CA", kind="", first=Route.First.PARTNER, contact="a@partner.example", by=manager)
    Notice.objects.update(state=Notice.State.IN_DOUBT)
    case = told.pages.get().case

    pages = [visit(path, manager) for path in ("/desk/routes/", "/desk/notices/", f"/desk/cases/{case.pk}/")]

    assert [violations(page) for page in pages] == [[], [], []]
