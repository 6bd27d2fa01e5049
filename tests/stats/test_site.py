"""The transparency site: sentences, pictures, a page for each table, and published editions."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.stats import editions
from nightlight.stats.charts import CHARTS, Kind, chart_of
from nightlight.stats.drawing import Drawing, draw
from nightlight.stats.edition_models import Edition
from nightlight.stats.rounding import Rounding
from nightlight.stats.tables import SELF_GENERATED_NOTE, TABLES
from nightlight.stats.words import figure
from nightlight.work import clock
from tests.stats.conftest import History

ROWS = [
    {"severity": "A", "count": 30, "share": 0.25},
    {"severity": "B", "count": 60, "share": 0.5},
    {"severity": "C", "count": "<3", "share": "<3"},
    {"severity": "prohibited", "count": 0, "share": 0.0},
]


def text(answer: Any) -> str:
    """The words of a page, space folded."""
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split()))


def drawn(name: str, rows: list[dict[str, Any]]) -> Drawing:
    chart = chart_of(name, rows)
    assert chart
    return draw(TABLES[name], chart, rows)


@pytest.fixture
def two_years(history: History) -> History:
    """More reports in September 2020 than a year before, and part of it filmed by the child; it is 30 November 2020."""
    clock.run(clock.now(), None)
    for day, count in (("2024-09-10", 5), ("2025-09-10", 12), ("2025-10-10", 6)):
        history.reports(day, count)
    history.confirmed("2024-03-01", 10, self_generated=False)
    history.confirmed("2025-02-01", 6, self_generated=True)
    history.confirmed("2025-03-01", 4, self_generated=False)
    return history


def test_the_headline_is_said_in_plain_sentences(client: Client, two_years: History) -> None:
    from nightlight.stats import sentences
    from nightlight.stats.books import Books

    as_of = date(2025, 11, 30)
    said = sentences.headline(TABLES["headline"].count(Books(None, None, as_of)), as_of)

    assert [(each.figure, " ".join(each.words)) for each in said] == [
        (
            "12",
            "reports from the public in September 2025, the most of any month of this year. "
            "That is 7 more than in September 2024. No month before brought as many.",
        ),
        (
            "10",
            "pages and reports confirmed this year, up to 30 November 2025. In the whole of 2024 it was 10.",
        ),
        (
            "60%",
            "of what was confirmed in the first half of 2025 was “self-generated”. In 2024 it was 0%.",
        ),
    ]
    assert [bool(each.note) for each in said] == [False, False, True]


def test_wherever_self_generated_stands_its_note_stands_too(client: Client, two_years: History) -> None:
    pages = ["/transparency/", *(f"/transparency/{name}/" for name in TABLES)]

    told = {page: text(client.get(page)) for page in pages}

    bare = [
        page
        for page, said in told.items()
        if "self-generated" in said and str(SELF_GENERATED_NOTE) not in said
    ]
    assert bare == []


def test_a_hotline_that_begins_says_what_will_be_here(client: Client, home: None) -> None:
    page = client.get("/transparency/")

    assert "There are too few numbers yet" in text(page)
    assert b"<svg class" not in page.content


def test_bars_begin_at_nothing_and_are_as_long_as_their_numbers() -> None:
    made = drawn("severity", ROWS)

    widths = [float(bar.width.rstrip("%")) for bar in made.bars]
    assert {bar.x for bar in made.bars} == {"0.000%"}
    assert widths[1] == 2 * widths[0] > 0
    assert widths[2:] == [0, 0]
    assert [bar.accent for bar in made.bars] == [False, True, False, False]
    assert [text.words for text in made.texts if text.strong] == ["30", "60", "<3", "0"]


def test_where_every_number_is_left_out_there_is_no_picture() -> None:
    hidden = [{**row, "count": "<3"} for row in ROWS]

    assert chart_of("severity", hidden) is None
    assert chart_of("severity", []) is None


def test_in_arabic_the_picture_is_the_mirror_image() -> None:
    here = drawn("severity", ROWS)
    with translation.override("ar"):
        there = drawn("severity", ROWS)

    for left, right in zip(here.bars, there.bars, strict=True):
        assert float(left.width[:-1]) == float(right.width[:-1])
        assert float(right.x[:-1]) + float(right.width[:-1]) == pytest.approx(100)


@pytest.mark.parametrize("value", ["2025-H2", "<3"])
def test_in_arabic_a_sign_keeps_its_order(value: str) -> None:
    with translation.override("ar"):
        assert figure(value) == f"\u2066{value}\u2069"
    assert figure(value) == value


def test_months_are_side_by_side_and_the_highest_says_what_it_is() -> None:
    rows = [{"month": f"2020-{month:02d}", "total": 10 * month} for month in range(1, 13)]
    rows[3]["total"] = "<3"

    made = drawn("reports_by_month", rows)

    assert (len(made.bars), made.bars[-1].accent) == (11, True)
    assert {text.words for text in made.texts} == {"December 2020: 120", "*", "2020"}


def test_a_curve_falls_from_all_to_what_is_left() -> None:
    left = {"24": 0.6, "72": 0.3, "240": 0.2, "720": 0.1}
    rows = [{"clock": "notice", "hours": hours, "up_share": share} for hours, share in left.items()]

    chart = CHARTS["removal_curve"]
    here = draw(TABLES["removal"], chart, rows)
    with translation.override("ar"):
        there = draw(TABLES["removal"], chart, rows)

    heights = [float(line.y2.removesuffix("rem")) for line in here.lines]
    assert (len(here.lines), heights) == (4, sorted(heights))
    assert {text.words for text in here.texts} == {"100%", "10%", "1", "3", "10", "30", "days"}
    assert (here.lines[0].x1, there.lines[0].x1) == ("0.000%", "100.000%")


def test_every_chart_names_columns_its_table_has(two_years: History) -> None:
    from nightlight.stats.books import Books

    for name, chart in ((name, chart) for name, chart in CHARTS.items() if name in TABLES):
        for row in TABLES[name].count(Books(None, None, date(2025, 11, 30)))[:1]:
            wanted = chart.values if chart.kind == Kind.STEPS else (chart.row, chart.value)
            assert set(wanted) <= row.keys(), name


def test_no_page_has_a_script_or_style_of_its_own_or_asks_another_host(
    client: Client, two_years: History
) -> None:
    edition = editions.publish("2025", None, None, date(2025, 11, 30), Rounding.WHOLE)
    paths = ("", "severity/", "reports_by_month/", "editions/", f"editions/{edition.pk}/")

    pages = {path: client.get(f"/transparency/{path}?language=ar").content.decode() for path in paths}

    for path, page in pages.items():
        assert not re.search(r"<script(?! src=\"/static/)|<style|\sstyle=", page), path
        asks = re.findall(r"<(?:script|link|img|iframe|object|embed|use)[^>]*(?:src|href)=\"([^\"]*)", page)
        assert [address for address in asks if not address.startswith("/static/")] == [], path


def test_an_edition_shows_what_was_published_and_its_errata_and_what_is_known_since(
    client: Client, two_years: History
) -> None:
    edition = editions.publish(
        "2024", date(2024, 1, 1), date(2024, 12, 31), date(2024, 12, 31), Rounding.WHOLE
    )
    editions.note("2024", "Page 3 printed 11; it is 10.")
    for case in two_years.confirmed("2024-05-05", 4):
        two_years.decide(case, "2025-02-02", "not_illegal")

    listed, page = (
        text(client.get("/transparency/editions/")),
        client.get(f"/transparency/editions/{edition.pk}/"),
    )
    data = client.get(f"/transparency/editions/{edition.pk}/data.json")

    assert "Page 3 printed 11; it is 10." in listed and "Page 3 printed 11; it is 10." in text(page)
    assert edition.signature in page.content.decode()
    assert "What became known since" in text(page)
    assert (data.content.decode(), data["X-Signature"]) == (edition.content, edition.signature)


def test_a_manager_publishes_an_edition_and_adds_a_note(
    client: Client, history: History, someone: Any
) -> None:
    manager: Person = someone("manager")
    client.force_login(manager)
    wanted = {"step": "publish", "name": "2025", "as_of": "2025-12-31", "rounding": "whole"}

    made = client.post("/desk/editions/", wanted)
    again = client.post("/desk/editions/", wanted)
    edition = Edition.objects.get()
    noted = client.post("/desk/editions/", {"step": "note", "edition": edition.pk, "note": "One is wrong."})
    tomorrow = client.post("/desk/editions/", {**wanted, "name": "x", "as_of": "2030-01-01"})

    assert [answer.status_code for answer in (made, again, noted, tomorrow)] == [302, 400, 302, 400]
    assert "There is an edition of this name" in text(again)
    actors = Entry.objects.filter(verb__in=["stats.publish", "stats.note"]).values_list("actor", flat=True)
    assert list(actors) == [f"person:{manager.pk}"] * 2


@pytest.mark.parametrize("role", ["analyst", "administrator", "inspector"])
def test_nobody_else_publishes(client: Client, home: None, someone: Any, role: str) -> None:
    client.force_login(someone(role))

    assert client.get("/desk/editions/").status_code == 403
    assert client.post("/desk/editions/", {"step": "publish", "name": "2025"}).status_code == 403
