"""The held reveal in a real browser: small, blurred, grey and mute, and hidden again at once."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from nightlight.assess.models import Sight
from nightlight.audit.models import Entry
from nightlight.casebook import egress
from nightlight.casebook.models import Case
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson
from tests.assess.test_desk_browser import PAINTED, Open, chromium, open_as, sighting_case
from tests.assess.test_reveal import Web, sighted
from tests.fingerprint.drawings import film

__all__ = ["chromium", "open_as", "sighting_case"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A reveal that lasts: on a machine that stalls, the set time could pass before a test has looked.
LONG = "document.querySelector('[data-reveal]').dataset.seconds = '600'"


def test_a_medium_is_seen_only_while_the_button_is_held(
    sighting_case: Case, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{sighting_case.pk}/")
    page.evaluate(LONG)
    button, canvas = page.get_by_role("button", name="Hold to see media 1"), page.locator("canvas")
    before = canvas.evaluate(PAINTED)

    button.hover()
    hovered = canvas.evaluate(PAINTED)
    page.mouse.down()
    expect(page.locator("[data-shown]")).to_be_visible()
    held = canvas.evaluate(PAINTED)
    look = canvas.evaluate("canvas => getComputedStyle(canvas).filter")
    page.mouse.up()

    assert (before, hovered, held, canvas.evaluate(PAINTED)) == (False, False, True, False)
    assert "grayscale(1)" in look and "blur" in look
    assert Entry.objects.filter(verb="assess.reveal").count() == 1


def test_a_held_key_reveals_and_leaving_hides(
    sighting_case: Case, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{sighting_case.pk}/")
    page.evaluate(LONG)
    page.get_by_role("button", name="Hold to see media 1").focus()

    page.keyboard.down("Space")
    expect(page.locator("[data-shown]")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('blur'))")

    expect(page.locator("[data-shown]")).to_have_count(0)
    assert not page.locator("canvas").evaluate(PAINTED)


def test_a_reveal_is_hidden_after_a_set_time_though_the_key_is_still_held(
    sighting_case: Case, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{sighting_case.pk}/")
    page.clock.install()
    page.reload()
    page.get_by_role("button", name="Hold to see media 1").focus()

    page.keyboard.down("Space")
    expect(page.locator("[data-shown]")).to_be_visible()
    page.clock.fast_forward(10_000)

    expect(page.locator("[data-shown]")).to_have_count(0)
    expect(page.get_by_text("Hidden again")).to_be_visible()
    assert not page.locator("canvas").evaluate(PAINTED)


def test_leaving_the_tab_hides_too(sighting_case: Case, someone: MakePerson, open_as: Open) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{sighting_case.pk}/")
    page.evaluate(LONG)
    page.get_by_role("button", name="Hold to see media 1").focus()

    page.keyboard.down("Space")
    expect(page.locator("[data-shown]")).to_be_visible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("[data-shown]")).to_have_count(0)


def test_what_is_larger_has_the_same_filter_and_is_called_a_hidden_image(
    sighting_case: Case, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{sighting_case.pk}/")
    page.evaluate(LONG)
    page.get_by_label("larger 1").check()
    page.get_by_role("button", name="Hold to see media 1").focus()

    page.keyboard.down("Space")
    expect(page.locator("[data-shown]")).to_be_visible()
    canvas = page.get_by_role("img", name="hidden image")
    filtered = canvas.evaluate("canvas => getComputedStyle(canvas).filter")

    assert canvas.evaluate("canvas => canvas.width") == 480
    assert "grayscale(1)" in filtered and "blur(6px)" in filtered


@pytest.fixture
def video_case(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case with one medium, a video of moving hills."""
    video = film(3, codec="libvpx", container="webm")
    case = make_case()
    sighted(case, video, "video/webm")
    web = Web({"http://site1.example/page": ("video/webm", video)})
    monkeypatch.setattr(egress, "fetcher", lambda: web)
    return case


# Every video element that the page makes, so that a test can ask what became of it.
WATCHED = """(() => {
  window.videos = [];
  const make = document.createElement.bind(document);
  document.createElement = (name) => {
    const made = make(name);
    if (name === "video") window.videos.push(made);
    return made;
  };
})()"""
PLAYING = "() => window.videos.length && window.videos.at(-1).currentTime > 0.2"
FORGOTTEN = "() => { const last = window.videos.at(-1); return last.paused && last.networkState === 0; }"


def test_a_video_plays_mute_grey_and_blurred_only_while_the_key_is_held(
    video_case: Case, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{video_case.pk}/")
    page.add_init_script(WATCHED)
    page.reload()
    page.evaluate(LONG)
    canvas = page.get_by_role("img", name="hidden video", include_hidden=True)
    before = canvas.evaluate(PAINTED)

    page.get_by_label("larger 1").check()
    page.get_by_role("button", name="Hold to see media 1").focus()
    page.keyboard.down("Space")
    page.wait_for_function(PLAYING)
    expect(page.locator("[data-shown]")).to_be_visible()
    page.wait_for_function(f"() => ({PAINTED})(document.querySelector('.reveal canvas'))")
    filtered = canvas.evaluate("canvas => getComputedStyle(canvas).filter")
    sound = page.evaluate("() => window.videos.map((one) => [one.muted, one.volume, one.isConnected])")
    page.keyboard.up("Space")
    page.wait_for_function(FORGOTTEN)

    assert (before, canvas.evaluate(PAINTED)) == (False, False)
    assert "grayscale(1)" in filtered and "blur(6px)" in filtered
    assert sound == [[True, 0, False]]
    assert page.locator("video, [poster]").count() == 0
    assert Entry.objects.get(verb="assess.reveal").purpose == "grade"

    page.keyboard.down("Space")
    page.wait_for_function("() => window.videos.length === 2")
    page.wait_for_function(PLAYING)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.wait_for_function(FORGOTTEN)

    expect(page.locator("[data-shown]")).to_have_count(0)


def test_a_video_is_hidden_after_the_set_time_and_one_that_cannot_be_played_says_so(
    video_case: Case, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{video_case.pk}/")
    page.add_init_script(WATCHED)
    page.reload()
    page.evaluate("document.querySelector('[data-reveal]').dataset.seconds = '0.1'")
    page.get_by_role("button", name="Hold to see media 1").focus()

    page.keyboard.down("Space")
    expect(page.get_by_text("Hidden again")).to_be_visible()
    page.wait_for_function(FORGOTTEN)
    shown = page.locator("[data-shown]").count()
    page.keyboard.up("Space")
    page.evaluate("() => { HTMLMediaElement.prototype.play = () => Promise.reject(new Error('no')); }")
    page.keyboard.down("Space")

    expect(page.get_by_text("can't play it")).to_be_visible()
    assert (shown, page.locator("[data-shown]").count()) == (0, 0)


def test_whoever_had_enough_is_told_so_in_place_of_the_picture(
    sighting_case: Case, someone: MakePerson, open_as: Open
) -> None:
    analyst = someone("analyst")
    sighting = sighting_case.location.sightings.get()  # type: ignore[union-attr]
    for minutes in range(0, 64, 4):
        at = clock.real_now() - timedelta(minutes=minutes)
        Sight.objects.create(person=analyst, case=sighting_case, media=sighting.media, at=at)
    page = open_as(analyst, f"/desk/cases/{sighting_case.pk}/")
    page.get_by_role("button", name="Hold to see media 1").focus()

    page.keyboard.down("Space")

    expect(page.locator(".reveal [role=status]")).to_contain_text("A break is due")
    expect(page.locator("aside.care")).to_contain_text("A break is due until")
    assert not page.locator("canvas").evaluate(PAINTED)
