"""A whole shift in a real browser, by keyboard alone: two people, one page, an alarm, and a break."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.assess.models import Claim, Sight
from nightlight.audit.models import Entry
from nightlight.casebook import egress
from nightlight.casebook.models import Assessment, Case, Media
from nightlight.casebook.words import ReportKind, State
from nightlight.triage.alarm_models import Alarm
from nightlight.work import clock
from tests.assess.test_reveal import Web, sighted
from tests.browser.conftest import Visit
from tests.browser.hotline import person, reported
from tests.browser.test_analyst import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND = "http://quickpic.example/v/20418", "http://cards.example/seaside/17"
NOTE = "The lamp of two other cases."
PAINTED = "canvas => canvas.getContext('2d').getImageData(80, 60, 1, 1).data[3] > 0"
HOUR = 60


@pytest.fixture
def cases(home: None, monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """Two cases, each with one medium: a plain picture that its address gives."""
    answers, found = {}, []
    for address, colour in ((FIRST, "orange"), (SECOND, "teal")):
        case, picture = reported(address, text="A link in a group chat."), io.BytesIO()
        Image.new("RGB", (60, 40), colour).save(picture, "PNG")
        sighted(case, picture.getvalue())
        answers[address] = ("image/png", picture.getvalue())
        found.append(case)
    monkeypatch.setattr(egress, "fetcher", lambda: Web(answers))
    return found


@pytest.fixture
def people(home: None) -> tuple[Person, Person]:
    """Two analysts, and a manager who wrote down the number of the police."""
    manager = person("Mara Holm", Role.MANAGER)
    rota.set_rule("Europe/Berlin", 15, "+44 1632 960000", "Child protection unit", manager)
    return person("Mira Lund", Role.ANALYST), person("Jonas Okafor", Role.ANALYST)


def go(page: Page, key: str) -> None:
    """Presses a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def reach(page: Page, role: str, name: str) -> None:
    """Tabs to what is named so."""
    tab_to(page, page.get_by_role(role, name=name).first)  # type: ignore[arg-type]


def hold(page: Page, *, shows: bool) -> str:
    """Holds the key on the first medium until it is shown, or refused, and lets it go; returns what is said."""
    reach(page, "button", "Hold to see media 1")
    place, canvas = page.locator("[data-reveal]"), page.locator("canvas")
    place.evaluate(
        "place => place.dataset.seconds = '600'"
    )  # its set time could pass where the machine stalls
    page.keyboard.down("Space")
    if shows:
        expect(page.locator("[data-shown]")).to_be_visible()
        assert canvas.evaluate(PAINTED)
    else:
        expect(place.get_by_role("status")).to_contain_text("until then nothing is shown")
    page.keyboard.up("Space")
    expect(page.locator("[data-shown]")).to_have_count(0)
    assert not canvas.evaluate(PAINTED)
    return place.get_by_role("status").inner_text()


def decide(page: Page, note: str, last: str) -> None:
    """Confirms category A and the medium for the list, reads it back, and takes it with the last key."""
    for key in ("1", "a", "o"):
        page.keyboard.press(key)
    page.keyboard.type(note)
    page.keyboard.press("Escape")
    for box in ("looked at", "confirm for the list"):
        reach(page, "checkbox", box)
        page.keyboard.press("Space")
    reach(page, "button", "Read it back")
    go(page, "Enter")
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    if last == "Enter":
        reach(page, "button", "Take this decision")
    go(page, last)


def call_the_police(page: Page) -> None:
    """From any page to the alarm, the call written down, and the end of it."""
    go(page, "u")
    reach(page, "link", "A child is said to be in danger now")
    go(page, "Enter")
    go(page, "t")
    for label, words in (("Incident number", "2026-17"), ("Name of who answered", "Sergeant Lund")):
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(words)
    go(page, "Enter")
    expect(page.get_by_text("Sergeant Lund")).to_be_visible()
    reach(page, "button", "Close: the police were told")
    go(page, "Enter")


def worked_an_hour(who: Person, case: Case) -> None:
    """As if they had looked every four minutes for an hour, up to now."""
    media, now = Media.objects.earliest("pk"), clock.real_now()
    Sight.objects.bulk_create(
        Sight(person=who, case=case, media=media, at=now - timedelta(minutes=back))
        for back in range(0, HOUR + 1, 4)
    )


def test_a_whole_shift_by_keyboard_alone(
    visit: Visit, people: tuple[Person, Person], cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    (mira, jonas), (first, second) = people, cases
    desk, other = visit("/desk/", mira), visit("/desk/", jonas)

    # The next case is taken, read, seen while a key is held, and decided; the one after it is handed back.
    go(desk, "g")
    assert str(first.pk) in desk.url and Claim.objects.get().by == mira
    expect(desk.get_by_text("A link in a group chat.")).to_be_visible()
    hold(desk, shows=True)
    decide(desk, NOTE, last="g")
    assert str(second.pk) in desk.url and Claim.objects.get().case == second
    go(desk, "x")
    assert not Claim.objects.exists()

    # Another person looks without knowing what the first said.
    go(other, "g")
    assert str(first.pk) in other.url
    expect(other.get_by_role("radio", name="Category A")).not_to_be_checked()
    blind = other.content()
    decide(other, "", last="Enter")
    expect(other.get_by_role("status").first).to_contain_text("Confirmed")

    # Something can't wait: it stands on every page, the police are called first.
    reported("", ReportKind.GROOMING, "An account asks my child to meet today.", now=True)
    desk.reload()
    expect(desk.locator("[data-alarm]")).to_have_count(1)
    call_the_police(desk)
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Closed")

    # After an hour with material a break is due; once it was taken, work goes on.
    worked_an_hour(mira, first)
    desk.goto(f"/desk/cases/{second.pk}/")
    expect(desk.get_by_text("A break is due until")).to_be_visible()
    refused = hold(desk, shows=False)
    rested = clock.real_now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "real_now", lambda: rested)
    desk.reload()
    expect(desk.get_by_text("Next break in 60 minutes")).to_be_visible()
    hold(desk, shows=True)

    first.refresh_from_db()
    looks = Assessment.objects.order_by("pk").values_list("by__name", "severity", "is_final")
    alarm, reveals = Alarm.objects.get(), Entry.objects.filter(verb="assess.reveal")
    call = alarm.calls.get()
    assert NOTE not in blind and "A break is due" in refused
    assert list(looks) == [("Mira Lund", "A", False), ("Jonas Okafor", "A", True)]
    assert (first.state, [medium.sha256 for medium in Assessment.objects.latest("pk").media.all()]) == (
        State.CONFIRMED,
        [first.location.sightings.get().media.sha256],  # type: ignore[union-attr]
    )
    assert (alarm.ending, call.incident_number, call.answered_by, call.by) == (
        "police_told",
        "2026-17",
        "Sergeant Lund",
        mira,
    )
    assert call.called_at <= clock.now()
    assert [entry.actor for entry in reveals] == [f"person:{mira.pk}"] * 2
