"""The page of measures says what the code counts."""

from pathlib import Path

import pytest

from nightlight import cli
from nightlight.stats import measures_page
from nightlight.stats.tables import TABLES

PAGE = Path(__file__).parent.parent.parent / "docs" / "measures.md"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == measures_page.text(), (
        "nightlight stats --measures > docs/measures.md"
    )


def test_every_table_has_its_definition_there() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert all(f"`nightlight stats {name}`" in page for name in TABLES)


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["stats", "--measures"])

    assert (status, capsys.readouterr().out) == (0, measures_page.text())
