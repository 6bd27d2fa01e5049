"""Signing in to a real home in a real browser: passkeys, the authenticator app, and every page of this room."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nightlight.accounts import people
from nightlight.work.home import establish
from nightlight.work.models import Home
from tests.browser.looks import axe
from tests.browser.start import fresh, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL, PASSWORD = "boss@hotline.test", "a long and unusual sentence"
SECOND_FACTORS = ("webauthn", "recovery-codes", "totp/activate")  # all other pages: tests/browser
# A device with a screen lock, as Chromium's virtual one (WebAuthn level 3, section 11).
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(live_server: Any) -> Iterator[Page]:
    """A browser on a device that keeps passkeys, in front of a real home with one person."""
    establish(Home.Kind.REAL)
    people.add(EMAIL, ["manager", "administrator", "inspector"], PASSWORD, "system")
    with started() as browser:
        # Passkeys belong to names, not to addresses.
        context = fresh(browser, base_url=live_server.url.replace("127.0.0.1", "localhost"))
        page = context.new_page()
        device = context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield page


def press(page: Page, name: str) -> None:
    """Presses a button that leads to another page and waits for all of it: a passkey's button needs its script."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def enter_password(page: Page) -> None:
    page.goto("/desk/account/login/?next=/desk/mandate/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def add_passkey(page: Page) -> None:
    """From the page that asks for a second factor to the recovery codes that come with it."""
    with page.expect_navigation():
        page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    page.get_by_label("Passwordless").check()
    press(page, "Add it")
    expect(page).to_have_url(re.compile("/recovery-codes/$"))


def leave(page: Page) -> None:
    page.goto("/desk/account/logout/")
    press(page, "Sign out")


def violations(page: Page) -> list[str]:
    return [f"{page.url} {each}" for each in axe(page, {})]


def test_the_first_sign_in_sets_up_a_passkey_and_the_next_needs_nothing_else(page: Page) -> None:
    enter_password(page)
    add_passkey(page)
    page.goto("/desk/mandate/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mandate")
    leave(page)

    page.goto("/desk/account/login/?next=/desk/mandate/")
    press(page, "Sign in with a passkey")

    expect(page.get_by_role("heading", level=1)).to_have_text("Mandate")


def test_after_the_password_the_passkey_is_the_second_factor(page: Page) -> None:
    enter_password(page)
    add_passkey(page)
    leave(page)

    enter_password(page)
    press(page, "Use a passkey")

    expect(page.get_by_role("heading", level=1)).to_have_text("Mandate")


def test_no_step_of_signing_in_has_an_axe_violation_or_is_wider_than_a_small_screen(page: Page) -> None:
    page.goto("/desk/account/login/")
    found = violations(page)
    enter_password(page)
    found += violations(page)
    add_passkey(page)
    too_wide = []

    page.set_viewport_size({"width": 320, "height": 700})
    for name in SECOND_FACTORS:
        page.goto(address := f"/desk/account/2fa/{name}/")
        found += violations(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(address)

    assert found == []
    assert too_wide == []
