"""Every page in every appearance: no axe violation, no scrolling sideways, every control by keyboard."""

from collections.abc import Callable

import pytest

from nightlight.intake import guidance, limits
from tests.browser.conftest import Visit
from tests.browser.hotline import PAGES, Day, everyone, flooded, pages_of_the_desk
from tests.browser.looks import (
    DARK,
    DESK,
    DESK_APPEARANCES,
    LIGHT_DESK,
    NARROW,
    PUBLIC,
    RTL,
    Walk,
    too_wide,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

YOUNG = ["/young-people/", "/young-people/tell/"]
GUIDANCE = [
    "/parents/",
    *(f"/parents/{page.slug}/" for page in guidance.pages()),
    "/parents/print/",
]
NUMBERS = ["/transparency/", "/transparency/severity/", "/transparency/editions/"]
FRONT = ["/", "/report/", "/receipt/", *YOUNG, *GUIDANCE, "/appeal/", *NUMBERS]
IN_SHORT = (NARROW, DARK, RTL)
REFUSED = "Failed to load resource"  # the browser itself notes every answer that is not a 200


def refuse(why: Exception) -> Callable[..., None]:
    """A limit that is always reached."""

    def check(*_: object) -> None:
        raise why

    return check


def test_the_public_pages(visit: Visit, day: Day) -> None:
    walk = Walk(visit("/"), PUBLIC)

    walk.through([*FRONT, day.provider, "/desk/account/login/"])

    assert not walk.found, "\n".join(walk.found)


def test_every_step_of_the_door_it_is_about_me(visit: Visit) -> None:
    page = visit("/young-people/tell/")
    walk = Walk(page, PUBLIC, IN_SHORT)
    answers = {"who": "me", "happened": "threatened", "happening_now": "on"}
    titles = []

    def go_on(button: str = "Go on") -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()
        titles.append(page.get_by_role("heading", level=1).inner_text())
        walk.look()

    go_on()  # without an answer: the question again, with what is missing
    page.get_by_label("18 or older").check()
    go_on()  # who helps instead
    with page.expect_navigation():
        page.get_by_role("button", name="Back to the question").click()
    page.get_by_label("Under 18").check()
    for _ in range(6):
        go_on()
        for name, value in answers.items():
            for each in page.locator(f"main [name={name}]:visible").all():
                if each.get_attribute("value") in (value, None):
                    each.check()
    go_on("Send")

    assert len(set(titles)) == 9 and titles[-1] == "Thank you. We have it."
    assert [fault for fault in walk.found if REFUSED not in fault] == []


def test_what_answers_at_the_door(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    page = visit("/report/?kind=own_image")
    walk = Walk(page, PUBLIC, IN_SHORT)
    titles = []

    def look() -> None:
        titles.append(page.get_by_role("heading", level=1).inner_text())
        walk.look()

    def send(stamp: str | None = None) -> None:
        page.goto("/report/?kind=own_image")
        page.get_by_label("It is happening right now").check()
        if stamp is not None:
            page.locator("[name=stamp]").evaluate("(box, stamp) => { box.value = stamp; }", stamp)
        with page.expect_navigation():
            page.get_by_role("button", name="Send the report").click()
        look()

    send()
    send("x" * 3_000_000)
    with monkeypatch.context() as limited:
        limited.setattr(limits, "check_stamp", refuse(limits.TooFast("too fast")))
        send()
        limited.setattr(limits, "knock", refuse(limits.TooOften("too often")))
        send()
    page.goto("/nothing-here/")
    look()

    assert titles == [
        "Thank you. We have your report.",
        "That was too much at once",
        "Make a report",
        "Make a report",
        "There is nothing here",
    ]
    assert [fault for fault in walk.found if REFUSED not in fault] == []


def test_the_public_pages_with_letters_twice_as_large(visit: Visit, day: Day) -> None:
    page = visit("/", width=320)
    wide = []

    for path in [*FRONT, day.provider]:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide += [path] if too_wide(page) else []

    assert wide == []


def test_the_pages_of_the_desk(visit: Visit, day: Day) -> None:
    flood = flooded()
    walk = Walk(visit("/desk/", day.ada), DESK, DESK_APPEARANCES)

    walk.through([*pages_of_the_desk(day), f"/desk/floods/{flood.pk}/"])

    assert not walk.found, "\n".join(walk.found)


def test_the_pages_of_the_desk_in_the_light(visit: Visit, day: Day) -> None:
    desk = visit("/desk/", day.ada)
    with desk.expect_navigation():
        desk.get_by_role("button", name="Light desk").click()
    desk.locator("html.day").wait_for()
    walk = Walk(desk, DESK, LIGHT_DESK, by_keyboard=False)

    walk.through(pages_of_the_desk(day))

    assert not walk.found, "\n".join(walk.found)


def test_the_desk_before_anything_came(visit: Visit, home: None) -> None:
    walk = Walk(visit("/desk/", everyone()), DESK, (NARROW,))

    walk.through(list(PAGES))

    assert not walk.found, "\n".join(walk.found)
