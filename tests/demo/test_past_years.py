"""The demonstration history: what was published of 2019 and 2020 comes out of it by plain counting."""

import json
from collections import Counter
from typing import Any

import pytest

from nightlight.demo import past_years


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(text) for text in past_years.lines()]


def test_the_published_figures_come_out_by_counting(rows: list[dict[str, Any]]) -> None:
    public = Counter(row["received_at"][:7] for row in rows if row["source"] == "public")
    right = [row for row in rows if row["outcome"] == "confirmed"]
    by_year = {
        "2019": [row for row in right if row["assessed_at"] < "2020"],
        "H1": [row for row in right if "2020" < row["assessed_at"] < "2020-07"],
        "to November": [row for row in right if "2020" < row["assessed_at"] < "2020-12"],
    }

    assert (public["2020-09"], public["2020-09"] - public["2019-09"]) == (15_000, 5_000)
    assert public.most_common(1)[0][0] == "2020-09"
    assert len({row["url"] for row in right}) == len(right)
    assert (len(by_year["2019"]), len(by_year["to November"])) == (132_730, 138_000)
    shares = {name: sum(row["self_generated"] for row in some) / len(some) for name, some in by_year.items()}
    assert (round(shares["H1"], 4), round(shares["2019"], 3)) == (0.44, 0.29)


def test_each_month_has_its_arrests_and_its_children_safeguarded(rows: list[dict[str, Any]]) -> None:
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for each in row.get("outcomes", ()):
            found[each["day"][:7], each["what"]] += each["count"]

    for year, month in past_years.MONTHS:
        key = f"{year}-{month:02d}"
        assert 640 <= found[key, "arrest"] + found[key, "voluntary_attendance"] <= 760
        assert 850 <= found[key, "child_safeguarded"] <= 950


def test_every_host_is_a_reserved_name(rows: list[dict[str, Any]]) -> None:
    hosts = {row["url"].split("/")[2] for row in rows}

    assert {host.rsplit(".", 1)[1] for host in hosts} == {"example", "test"}
