"""Published editions: frozen, signed, the same when counted again; and the figures of two reports, reproduced."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from nightlight import cli
from nightlight.stats import editions, past
from nightlight.stats.books import Books
from nightlight.stats.edition_models import Edition
from nightlight.stats.place_tables import hosting_of
from nightlight.stats.rounding import Rounding, percent
from nightlight.stats.tables import TABLES
from tests.stats.conftest import History
from tests.stats.lines import a_line, bring, text

YEAR = (date(2019, 1, 1), date(2019, 12, 31))
# domain.md 1.9: the published cross-table of 2019, age 7-10: by sex, by severity, and the percentages printed
CROSS = {
    False: {
        "girls": 38_317,
        "boys": 1_125,
        "both": 825,
        "unidentified": 34,
        "A": 8_851,
        "B": 7_976,
        "C": 23_474,
    },
    True: {"girls": 5_025, "boys": 162, "both": 256, "unidentified": 0, "A": 1_313, "B": 1_148, "C": 2_982},
}
PRINTED = {
    False: {"girls": 95, "boys": 3, "both": 2, "unidentified": 0.1, "A": 22, "B": 20, "C": 58},
    True: {"girls": 92, "boys": 3, "both": 5, "unidentified": 0, "A": 24, "B": 21, "C": 55},
}
# domain.md 1.5: hosting in 2024 of 291,273, and the percentage of the year before
HOSTS = {
    "NL": (83_037, 29, 33, -4),
    "US": (41_110, 14, 15, -1),
    "BG": (25_180, 9, 6, 3),
    "HK": (24_063, 8, 9, -1),
    "RO": (21_528, 7, 0, 7),
    "MY": (15_902, 5, 2, 3),
    "LT": (8_484, 3, 0, 3),
    "PL": (8_077, 3, 0, 3),
    "CZ": (7_859, 3, 0, 3),
    "LV": (7_540, 3, 0, 3),
}
REST = {
    "MD": 7_513,
    "UA": 7_223,
    "RU": 6_487,
    "AT": 6_144,
    "DE": 4_448,
    "SK": 3_422,
    "PA": 2_095,
    "FR": 2_091,
}
REST |= {"SE": 1_552, "CH": 1_117, "FI": 1_027, "GB": 987, "onion": 531, "AZ": 496, "LU": 486}
BEFORE = {
    "NL": 330,
    "US": 150,
    "BG": 60,
    "HK": 90,
    "MY": 20,
    "RO": 4,
    "LT": 1,
    "PL": 1,
    "CZ": 1,
    "LV": 1,
    "FR": 342,
}


def _bring(rows: Iterator[dict[str, Any]]) -> None:
    done = past.bring((text(row) for row in rows), lambda number, reason: pytest.fail(reason))
    assert done.refused == 0


def _cross() -> Iterator[dict[str, Any]]:
    for own, counts in CROSS.items():
        sexes = [sex for sex in ("girls", "boys", "both", "unidentified") for _ in range(counts[sex])]
        letters = [letter for letter in "ABC" for _ in range(counts[letter])]
        for number, (sex, severity) in enumerate(zip(sexes, letters, strict=True)):
            name = f"{'s' if own else 'c'}{number}"
            grades = {"age": "7-10", "sex": sex, "severity": severity, "self_generated": own}
            yield a_line(name, "2019-05-05", **grades)


@pytest.mark.prove
def test_the_cross_table_of_2019_comes_out_of_imported_lines(home: None) -> None:
    _bring(_cross())

    rows = TABLES["contact"].count(Books(*YEAR, date(2019, 12, 31)))

    found = {row["manner"] == "self_generated": row for row in rows if row["age"] == "7-10"}
    assert (found[False]["total"], found[True]["total"]) == (40_301, 5_443)
    for own, counts in CROSS.items():
        assert {name: found[own][name] for name in counts} == counts
        printed = {
            name: percent(n, found[own]["total"], Rounding.WHOLE_OR_TENTH) for name, n in counts.items()
        }
        assert printed == PRINTED[own]
    assert [percent(found[own]["total"], 45_744, Rounding.WHOLE_OR_TENTH) for own in (False, True)] == [
        88,
        12,
    ]


@pytest.mark.prove
def test_the_hosting_table_of_2024_comes_out_of_imported_lines(home: None) -> None:
    now = {**{country: row[0] for country, row in HOSTS.items()}, **REST}
    now["XX"] = 291_273 - sum(
        now.values()
    )  # those that the report does not name, none above Luxembourg's 486
    spread = [f"{a}{b}" for a in "XYZ" for b in "ABCDEFGHIJ"]

    def lines() -> Iterator[dict[str, Any]]:
        for year, counts in ((2024, now), (2023, BEFORE)):
            for country, count in counts.items():
                for number in range(count):
                    where = spread[number % len(spread)] if country == "XX" else country
                    yield a_line(f"{year}-{country}-{number}", f"{year}-05-05", country=where)

    _bring(lines())
    rows = hosting_of(Books(date(2024, 1, 1), date(2024, 12, 31), date(2024, 12, 31)), Rounding.WHOLE)

    found = {
        row["country"]: (row["count"], row["percent"], row["percent_last_year"], row["points"])
        for row in rows
    }
    assert list(found)[:11] == [*HOSTS, "top_ten"]
    assert {country: found[country] for country in HOSTS} == HOSTS
    assert found["top_ten"] == (242_780, 83, 66, 17)
    assert (found["GB"][:2], found["onion"][:2]) == ((987, 0), (531, 0))


def test_percentages_are_rounded_half_up_as_the_edition_says() -> None:
    for own, counts in CROSS.items():
        total = sum(counts[sex] for sex in ("girls", "boys", "both", "unidentified"))
        found = {name: percent(n, total, Rounding.WHOLE_OR_TENTH) for name, n in counts.items()}
        assert found == PRINTED[own]
    assert (percent(34, 40_301, Rounding.WHOLE), percent(1, 8, Rounding.NONE)) == (0, 12.5)
    assert (percent(1, 200, Rounding.WHOLE), percent(1, 0, Rounding.WHOLE)) == (1, None)


def test_an_edition_stays_as_it_was_published_and_comes_out_the_same_after_late_decisions(
    history: History,
) -> None:
    case = history.confirmed("2019-05-05", 5)[0]
    made = editions.publish("2019", *YEAR, date(2019, 12, 31), Rounding.WHOLE)
    history.decide(case, "2020-02-01", "not_illegal")

    verdict = editions.check(made)
    changed = editions.changed_since(date(2019, 12, 31), date(2020, 12, 31))

    assert verdict == editions.Verdict(is_signed=True, differing=())
    assert [(each.month, each.cell[0], each.n) for each in changed if each.table == "severity"] == [
        ("2019-05", "B", -1)
    ]
    with pytest.raises(editions.EditionExists):
        editions.publish("2019", *YEAR, date(2019, 12, 31), Rounding.WHOLE)


def test_an_altered_edition_and_an_altered_past_are_found(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    history.confirmed("2019-05-05", 5)
    cli.main(
        ["stats", "--publish", "2019", "--from", "2019-01-01", "--to", "2019-12-31", "--as-of", "2019-12-31"]
    )
    sound = cli.main(["stats", "--edition", "2019", "--note", "Page 3 printed 361,026; it is 361,062."])
    Edition.objects.update(content='{"severity": []}')

    altered = cli.main(["stats", "--edition", "2019"])

    said = capsys.readouterr().out
    assert (sound, altered) == (0, 1)
    assert "as of 2019-12-31: signed" in said
    assert "Page 3 printed 361,026" in said
    assert "ALTERED" in said
    assert "severity comes out otherwise now" in said


def test_the_table_of_a_day_is_the_same_later(home: None) -> None:
    bring(a_line("one", "2019-05-05"), a_line("two", "2019-05-06", age="7-10"))
    before = TABLES["age_by_sex"].count(Books(None, None, date(2019, 5, 5)))

    assert sum(row["total"] for row in before) == 1
