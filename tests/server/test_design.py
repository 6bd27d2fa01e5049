"""The colours of the face are readable on everything they stand on, and the living page shows what there is."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.server import design

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_every_colour_has_the_contrast_it_needs_by_day_and_by_night() -> None:
    pairs = [(each.name, *row) for each in design.colours() for row in each.contrasts]

    weak = [(name, ground) for name, ground, day, night, least in pairs if min(day, night) < least]

    assert len(pairs) > 12
    assert weak == []


def test_the_night_of_a_device_and_the_night_of_the_desk_are_the_same() -> None:
    sheet = design.STYLESHEET.read_text("utf-8")
    asked = sheet.partition(":root:not(.day) {")[2].partition("}")[0]

    assert set(asked.split()) == set(design._block(sheet, ":root.night,\n.night {").split())


@pytest.mark.django_db
def test_anyone_who_works_here_sees_every_token_and_nobody_else_does(
    home: None, someone: Callable[..., object]
) -> None:
    client = Client()
    before = client.get("/desk/design/")
    client.force_login(someone("analyst"), backend=BACKEND)  # type: ignore[arg-type]

    page = client.get("/desk/design/").content.decode()

    assert before.status_code == 302
    assert [name for name in design.tokens("day") if f"--{name}<" not in page] == []
    assert page.count('class="stage ') == 4
