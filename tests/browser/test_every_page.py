"""Every page in every appearance: no axe violation, no scrolling sideways, every control by keyboard."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.hotline import PAGES, Day, everyone, pages_of_the_desk
from tests.browser.looks import DESK, DESK_APPEARANCES, LIGHT_DESK, NARROW, PUBLIC, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

YOUNG = ["/young-people/", "/young-people/tell/"]
GUIDANCE = ["/parents/", "/parents/how-to-talk/", "/parents/print/"]
NUMBERS = ["/transparency/", "/transparency/severity/", "/transparency/editions/"]
FRONT = ["/", "/report/", "/receipt/", *YOUNG, *GUIDANCE, "/appeal/", *NUMBERS]


def test_the_public_pages(visit: Visit, day: Day) -> None:
    walk = Walk(visit("/"), PUBLIC)

    walk.through([*FRONT, day.provider, "/desk/account/login/"])

    assert not walk.found, "\n".join(walk.found)


def test_the_pages_of_the_desk(visit: Visit, day: Day) -> None:
    walk = Walk(visit("/desk/", day.ada), DESK, DESK_APPEARANCES)

    walk.through(pages_of_the_desk(day))

    assert not walk.found, "\n".join(walk.found)


def test_the_pages_of_the_desk_in_the_light(visit: Visit, day: Day) -> None:
    desk = visit("/desk/", day.ada)
    desk.get_by_role("button", name="Light desk").click()
    desk.locator("html.day").wait_for()
    walk = Walk(desk, DESK, LIGHT_DESK)

    walk.through(pages_of_the_desk(day))

    assert not walk.found, "\n".join(walk.found)


def test_the_desk_before_anything_came(visit: Visit, home: None) -> None:
    walk = Walk(visit("/desk/", everyone()), DESK, (NARROW,))

    walk.through(list(PAGES))

    assert not walk.found, "\n".join(walk.found)
