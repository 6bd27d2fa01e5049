"""Where it was hosted: each country with its share, that of the year before, and the difference (T10)."""

from collections import Counter
from datetime import date

from nightlight.stats import cells
from nightlight.stats.books import Books, Row, Rows
from nightlight.stats.rounding import Rounding, percent

TOP = 10
TOP_TOTAL = "top_ten"


def hosting(books: Books) -> Rows:
    """The countries by number, after the tenth a subtotal; shares in percent, not rounded."""
    return hosting_of(books, Rounding.NONE)


def hosting_of(books: Books, rounding: str) -> Rows:
    """The same, its percentages rounded as an edition rounds; points of change are of the rounded ones."""
    now = books.sums_by("country", 0)
    before = _year_before(books).sums_by("country", 0) if books.first else Counter[str]()
    ranked = sorted(now, key=lambda country: (-now[country], country))

    def row(name: str, countries: list[str]) -> Row:
        count = sum(now[country] for country in countries)
        share = percent(count, now.total(), rounding)
        last = percent(sum(before[country] for country in countries), before.total(), rounding)
        change = None if share is None or last is None else share - last
        return {
            "country": name,
            "count": count,
            "percent": share,
            "percent_last_year": last,
            "points": change,
        }

    rows = [row(country, [country]) for country in ranked]
    if len(ranked) > TOP:
        rows.insert(TOP, row(TOP_TOTAL, ranked[:TOP]))
    return rows


def takedown(books: Books) -> Rows:
    """For each country of the hosts how long pages stayed up after the first notice."""
    return _takedown(books, "removal_in", "country")


def takedown_by_provider(books: Books) -> Rows:
    """The same for each network."""
    return _takedown(books, "removal_by", "provider")


def _takedown(books: Books, table: str, name: str) -> Rows:
    counts = Counter({(country, span): n for (country, span, _c), n in books.sums(table).items()})
    rows = []
    for country in sorted({country for country, _span in counts}):
        quick = [counts[country, str(bound)] for bound in cells.BOUNDS]
        late, up = counts[country, cells.LATER], counts[country, cells.UP]
        rows.append(
            {
                name: country,
                "pages": sum(quick) + late + up,
                "within_24_hours": quick[0],
                "within_3_days": sum(quick[:2]),
                "within_10_days": sum(quick),
                "removed": sum(quick) + late,
                "still_up": up,
                "before_notice": counts[country, cells.BEFORE],
            }
        )
    return rows


def _year_before(books: Books) -> Books:
    first, last = books.first, books.last or books.as_of
    return Books(first and _earlier(first), _earlier(last), books.as_of)


def _earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
