"""The transparency site in a real browser, with a past of years to draw."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from nightlight.accounts.models import Person
from nightlight.stats import editions
from nightlight.stats.rounding import Rounding
from tests.browser.conftest import chromium
from tests.browser.looks import COLOURS, EVERYTHING, PLACES, axe
from tests.browser.start import fresh
from tests.casebook.browser import overflows, violations
from tests.stats.lines import a_line, bring

FIXTURES = (chromium,)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GRADES = (
    ("A", "7-10", "adult_present"),
    ("B", "11-13", "child_alone_directed"),
    ("C", "14-15", "children_together"),
)
# How each page is looked at: language, direction, width, scheme. What a page says is asked once in each language.
LOOKS = (
    ("en", "ltr", 320, "dark"),
    ("en", "ltr", 1280, "light"),
    ("ar", "rtl", 320, "light"),
    ("ar", "rtl", 1280, "dark"),
)
SEEN = COLOURS + PLACES
# For every chart: how far each bar lies from where a line begins, how long it is, and whether it stays in the picture.
BARS = """() => [...document.querySelectorAll('svg.drawn')].map(svg => {
  const whole = svg.getBoundingClientRect(), rtl = document.dir === 'rtl';
  return {
    label: svg.querySelector('title').textContent,
    begin: [...svg.querySelectorAll('rect')].map(bar => {
      const box = bar.getBoundingClientRect();
      return Math.round(rtl ? whole.right - box.right : box.left - whole.left);
    }),
    outside: [...svg.querySelectorAll('text, rect')].filter(each => {
      const box = each.getBoundingClientRect();
      return box.left < whole.left - 2 || box.right > whole.right + 2 || box.bottom > whole.bottom + 4;
    }).map(each => each.textContent || each.outerHTML),
    shape: svg.querySelector('.axis') ? 'time' : 'bars',
  };
})"""


def _years() -> None:
    """Two years in which every month has some reports, the most in September of the second."""
    days = [date(2024 + n // 12, n % 12 + 1, 10) for n in range(23)]
    bring(
        *(
            a_line(f"r{day}-{n}", day, severity=severity, age=age, made_by=made, self_generated=made != "adult_present",
                   country="NL", site_type="image_host")
            for day in days
            for n in range(12 if day == date(2025, 9, 10) else 9)
            for severity, age, made in [GRADES[n % 3]]
        )
    )  # fmt: skip


def test_the_charts_read_well_in_two_languages_and_stay_inside_a_small_screen(
    chromium: Browser, home: None, live_server: Any, tmp_path: Path
) -> None:
    _years()
    edition = editions.publish(
        "2024", date(2024, 1, 1), date(2024, 12, 31), date(2025, 12, 31), Rounding.WHOLE
    )
    paths = ("", "reports_by_month/?from=2024-01-01&to=2024-12-31", f"editions/{edition.pk}/")
    found: list[str] = []

    for language, direction, width, scheme in LOOKS:
        context = fresh(
            chromium,
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
        )
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        for path in paths:
            page.goto(f"/transparency/{path}{'&' if '?' in path else '?'}language={language}")
            look = f"{path} {language} {width}"
            assert page.evaluate("document.dir") == direction
            charts = page.evaluate(BARS)
            assert charts, look
            found += [f"{look}: {fault}" for fault in axe(page, {}, EVERYTHING if width == 320 else SEEN)]
            found += [f"{look}: scrolls sideways"] * overflows(page)
            for chart in charts:
                found += [f"{look}: {chart['label']}: {words} lies outside" for words in chart["outside"]]
                if chart["shape"] == "bars" and set(chart["begin"]) - {0}:
                    found.append(f"{look}: {chart['label']} does not begin at nothing")
        found += [f"{look}: asks {url}" for url in asked if not url.startswith(f"{live_server.url}/")]
        context.close()

    assert found == []


def test_the_overview_of_a_manager_reads_well(
    chromium: Browser, home: None, live_server: Any, someone: Any
) -> None:
    from tests.browser.hotline import session

    manager: Person = someone("manager")
    context = fresh(chromium, base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "session", "value": session(manager), "url": live_server.url}])
    page = context.new_page()

    page.goto("/desk/")
    with page.expect_navigation():
        page.get_by_role("link", name="Overview").click()

    expect(page.get_by_role("heading", name="Queues")).to_be_visible()
    assert violations(page) == []
    context.close()
