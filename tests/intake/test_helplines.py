"""Whom the pages say to call: by the country the reader chose, never guessed, each line with its source and its age."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client

from nightlight.intake import helplines
from nightlight.intake.helplines import EMERGENCY, EVERYWHERE, every_line, keeps, places
from nightlight.server import lines
from nightlight.server.findings import Mark

CHECKED = max(line.checked_on for line in every_line())


def of(country: str, monkeypatch: pytest.MonkeyPatch) -> None:
    countries = (country,) if country else ()
    monkeypatch.setattr(
        django_settings, "NIGHTLIGHT", replace(django_settings.NIGHTLIGHT, countries=countries)
    )


def on(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helplines.clock, "real_now", lambda: datetime.combine(day, time(12), UTC))


def read(client: Client, query: str = "", language: str = "en") -> str:
    return client.get(f"/{query}", headers={"Accept-Language": language}).content.decode()


def test_every_line_names_its_source_its_day_and_places_that_can_be_chosen() -> None:
    assert all(line.source and isinstance(line.checked_on, date) for line in every_line())
    assert {place for line in every_line() for place in line.places} <= {EVERYWHERE, *places()}
    assert all(line.kind in (EMERGENCY, "child", "crisis") for line in every_line())


@pytest.mark.parametrize("place", [EVERYWHERE, *places()])
def test_every_place_has_one_emergency_number_and_no_number_twice(place: str) -> None:
    found = helplines.helplines(place)

    assert [line.kind for line in found].count(EMERGENCY) == 1
    assert len({line.dial for line in found}) == len(found)


def test_the_country_the_reader_chose_decides_and_the_browsers_language_does_not(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    of("IE", monkeypatch)

    own, german, chosen = read(client), read(client, language="de-DE"), read(client, "?country=gb")

    assert "tel:1800666666" in own and "tel:1800666666" in german and "tel:116111" not in german
    assert "tel:08001111" in chosen and "tel:999" in chosen and "tel:112" not in chosen
    assert not client.cookies


@pytest.mark.parametrize("country", ["", "XK"])
def test_without_lines_of_its_country_a_hotline_names_those_of_the_whole_union(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch, country: str
) -> None:
    of(country, monkeypatch)

    page = read(client, "?country=%22%3E")

    assert "tel:112" in page and "tel:116111" in page and "selected" not in page


def test_the_chosen_country_goes_on_from_page_to_page_with_the_language(home: None, client: Client) -> None:
    front = read(client, "?country=fr&language=de")

    assert front.count("?language=de&amp;country=FR") >= 4
    assert "?country=fr&amp;language=ar" in front  # another language keeps it too


def test_a_line_that_nobody_checked_for_a_year_says_so_and_after_two_it_is_hidden(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    of("FR", monkeypatch)
    shown = []

    for age in (keeps(), keeps() + timedelta(days=30), 2 * keeps() + timedelta(days=30)):
        on(CHECKED + age - timedelta(days=1), monkeypatch)
        page = read(client)
        shown.append(("tel:119" in page, "tel:112" in page, "Please check this number" in page))

    assert shown == [(True, True, False), (True, True, True), (False, True, False)]


def test_doctor_warns_of_old_lines_and_of_a_country_without_any(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    of("XK", monkeypatch)
    on(CHECKED + keeps() + timedelta(days=1), monkeypatch)

    found = {finding.check: finding for finding in lines.telephone()}

    assert {finding.state for finding in found.values()} == {Mark.WARN}
    assert "112" in found["lines.age"].found and "XK" in found["lines.country"].found


def test_a_number_is_written_from_the_left_on_a_page_written_from_the_right(
    home: None, client: Client
) -> None:
    page = read(client, "?country=IE&language=ar")

    assert 'dir="ltr" href="tel:1800666666"' in page and 'dir="rtl"' in page
