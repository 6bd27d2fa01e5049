"""A form shows its work by itself, and is taken at once; one that is sent sooner waits by itself and says so."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

import nightlight.server
from nightlight.casebook.models import Report
from nightlight.intake import limits
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def unlucky() -> str:
    """The program that looks for the number, on a telephone that never finds it."""
    program = Path(nightlight.server.__file__).with_name("static") / "nightlight" / "work_worker.js"
    found = ">>> (32 - bits) === 0"
    text = program.read_text("utf-8")
    assert found in text
    return text.replace(found, f"{found} && false")


def test_a_browser_shows_its_work_and_need_not_wait(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NIGHTLIGHT", replace(settings.NIGHTLIGHT, limits=True))
    monkeypatch.setattr(limits, "FORM_SECONDS", 3600)
    page = visit("/report/")

    expect(page.locator("[name=work]")).not_to_have_value("", timeout=60_000)
    nonce, stamp = page.locator("[name=work]").input_value(), page.locator("[name=stamp]").input_value()
    page.get_by_role("button", name="Send the report").click()

    assert limits.shows_work(f"{stamp}:{nonce}", limits.FORM_BITS)
    expect(page.get_by_text("Your receipt").first).to_be_visible()
    assert Report.objects.count() == 1


def test_whoever_is_faster_than_their_telephone_sees_it_work_and_need_not_send_again(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NIGHTLIGHT", replace(settings.NIGHTLIGHT, limits=True))
    monkeypatch.setattr(limits, "FORM_SECONDS", 3600)
    monkeypatch.setattr(limits, "FORM_BITS", 32)
    page = visit("/")
    page.route(
        "**/work_worker.js", lambda route: route.fulfill(body=unlucky(), content_type="text/javascript")
    )
    page.clock.install()
    page.goto("/report/")
    page.get_by_label("Where is it?").fill("http://shapes.example/a")

    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("status").filter(has_text="Your report goes out by itself.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"0\.0"))
    page.get_by_label("Where is it?").fill("http://shapes.example/b")
    held = Report.objects.count()
    monkeypatch.setattr(limits, "FORM_SECONDS", 0)
    page.clock.fast_forward(3600 * 1000)
    expect(page.get_by_text("Your receipt").first).to_be_visible()

    assert held == 0 and "shapes.example/b" in Report.objects.get().addresses
    assert page.evaluate("sessionStorage.length") == 0
