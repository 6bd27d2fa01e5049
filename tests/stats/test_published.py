"""The transparency page, its data, and the command."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from nightlight import cli
from nightlight.stats import words
from nightlight.stats.books import Books
from nightlight.stats.render import HIDDEN, BadPeriod, UnknownTable, publishable, render
from nightlight.stats.tables import TABLES
from tests.stats.conftest import History

DAY = date(2020, 11, 30)


def test_anyone_reads_every_table_with_its_rule(client: Client, history: History) -> None:
    history.confirmed("2020-02-01", 4)

    page = client.get("/transparency/").content.decode()

    assert all(f'id="table-{name}"' in page for name in TABLES)
    assert "groomed, coerced or extorted" in page
    assert "A case that came back is a new episode and shown apart." in page


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_there_for_programs(client: Client, history: History, name: str) -> None:
    history.reports("2020-02-01", 4)
    history.confirmed("2020-02-01", 4)

    found = client.get(f"/transparency/{name}/data.json")
    table = client.get(f"/transparency/{name}/data.csv")

    body = json.loads(found.content)
    rows = list(csv.DictReader(io.StringIO(table.content.decode())))
    assert (body["table"], found["Content-Type"]) == (name, "application/json")
    assert table["Content-Type"].startswith("text/csv")
    assert len(rows) == len(body["rows"])


def test_all_tables_are_there_at_once(client: Client, history: History) -> None:
    history.confirmed("2020-02-01", 4)

    found = json.loads(client.get("/transparency/data.json").content)
    rows = list(csv.DictReader(io.StringIO(client.get("/transparency/data.csv").content.decode())))

    assert set(found) == set(TABLES)
    assert {"table": "severity", "row": "B", "column": "count", "value": "4"} in rows


def test_a_table_that_does_not_exist_is_not_found(client: Client, home: None) -> None:
    answer = client.get("/transparency/names/data.json")

    assert answer.status_code == 404


def test_a_cell_of_one_or_two_is_not_published_nor_what_would_give_it_away(
    client: Client, history: History
) -> None:
    history.confirmed("2020-02-01", 2, age="0-2", sex="boys")
    history.confirmed("2020-02-01", 9, age="7-10", sex="girls")
    history.confirmed("2020-02-01", 4, age="11-13", sex="girls")
    history.confirmed("2020-02-01", 1, severity="A", age="14-15")

    ages = {row["age"]: row for row in client.get("/transparency/age_by_sex/data.json").json()["rows"]}
    severities = {
        row["severity"]: row for row in client.get("/transparency/severity/data.json").json()["rows"]
    }

    assert (ages["0-2"]["boys"], ages["0-2"]["total"], ages["0-2"]["girls"]) == (HIDDEN, HIDDEN, 0)
    assert (ages["7-10"]["girls"], ages["7-10"]["total"]) == (9, 9)
    assert severities["A"] == {"severity": "A", "count": HIDDEN, "share": HIDDEN}


def test_a_change_does_not_give_a_hidden_figure_away(client: Client, history: History) -> None:
    history.reports("2025-12-01", 1)
    history.reports("2024-12-01", 9)

    rows = publishable(TABLES["headline"].count(Books(None, None, date(2025, 12, 31))))

    figures = {row["figure"]: row["value"] for row in rows}
    assert (figures["month.public_reports"], figures["month.change"]) == (HIDDEN, HIDDEN)


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 6), min_size=1))
def test_no_published_row_holds_a_small_count_or_the_total_beside_one(counts: dict[str, int]) -> None:
    row: dict[str, Any] = {"name": "x", **counts, "total": sum(counts.values())}

    shown = publishable([row])[0]

    assert not {1, 2} & set(shown.values())
    assert (HIDDEN in [shown[name] for name in counts]) <= (shown["total"] == HIDDEN)


def test_the_page_has_words_for_every_column_and_value(history: History) -> None:
    history.reports("2020-02-01", 4)
    history.confirmed("2020-02-01", 4)

    for table in TABLES.values():
        rows = table.count(Books(None, None, DAY))
        cells = words.readable(rows)
        assert all(str(column) for column in cells.columns)
        assert {len(row) for row in cells.rows} <= {len(cells.columns)}


@pytest.mark.parametrize("form", ["text", "csv", "json"])
@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_renders_in_every_form(history: History, name: str, form: str) -> None:
    history.confirmed("2020-02-01")

    text = render(name, None, None, DAY, form)

    assert text == "" or text.strip()


def test_what_does_not_exist_or_ends_before_it_begins_is_refused(home: None) -> None:
    with pytest.raises(UnknownTable):
        render("names", None, None, DAY, "json")
    with pytest.raises(BadPeriod):
        render("severity", DAY, date(2020, 1, 1), DAY, "json")


def test_the_command_prints_the_headline_of_the_contract(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    history.reports("2020-09-01", 2)

    status = cli.main(["stats", "headline", "--as-of", "2020-11-30", "--format", "json"])

    found = json.loads(capsys.readouterr().out)
    assert status == 0
    assert list(found) == ["as_of", "month", "confirmed", "self_generated"]
    assert found["month"]["month"] == "2020-09"


def test_the_command_prints_a_table_of_a_period_without_hiding(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    history.confirmed("2020-02-01", severity="A")
    history.confirmed("2020-03-01", severity="C")

    status = cli.main(
        [
            "stats",
            "severity",
            "--from",
            "2020-02-01",
            "--to",
            "2020-02-29",
            "--as-of",
            "2020-12-31",
            "--format",
            "csv",
        ]
    )

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert status == 0
    assert {row["severity"]: row["count"] for row in rows} == {
        "A": "1",
        "B": "0",
        "C": "0",
        "prohibited": "0",
    }


def test_the_command_lists_every_table(home: None, capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["stats", "--list"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert [line.split()[0] for line in lines] == list(TABLES)


@pytest.mark.parametrize("arguments", [["names"], ["severity", "--from", "2020-02-02", "--to", "2020-02-01"]])
def test_what_the_command_can_not_do_is_bad_usage(
    home: None, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    status = cli.main(["stats", *arguments])

    assert status == 2
    assert capsys.readouterr().out == ""


def test_a_day_that_is_none_is_bad_usage(home: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["stats", "--as-of", "yesterday"])

    assert stopped.value.code == 2


@pytest.mark.parametrize("format", ["json", "csv"])
def test_a_table_may_also_be_named_in_the_query(client: Client, home: None, format: str) -> None:  # noqa: A002
    named = client.get(f"/transparency/data.{format}?table=severity")
    unknown = client.get(f"/transparency/data.{format}?table=names")

    assert named.content == client.get(f"/transparency/severity/data.{format}").content
    assert unknown.status_code == 404


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=5))
def test_no_hidden_count_can_be_had_by_subtraction_from_the_sums(counts: list[list[int]]) -> None:
    rows: list[dict[str, Any]] = [
        {"name": str(number), **dict(zip("abc", row, strict=True)), "total": sum(row)}
        for number, row in enumerate(counts)
    ]

    shown = publishable(rows)

    hidden = {HIDDEN, "*"}
    for row in shown:
        assert not {1, 2} & {row[name] for name in "abc"}
        assert any(row[name] in hidden for name in "abc") == (row["total"] in hidden) or not any(
            isinstance(row[name], int) and row[name] for name in "abc"
        )
    for name in (*"abc", "total"):
        alone = [row for row in shown if row[name] in hidden]
        assert len(alone) != 1 or not any(isinstance(row[name], int) and row[name] for row in shown)
