"""The size of our two lists, and how they grew, from every change of them (T16, T17)."""

from collections import Counter

from nightlight.sharing.models import ListName
from nightlight.stats import ledger
from nightlight.stats.books import Books, Rows
from nightlight.stats.entries import PUT_ON, TAKEN_OFF


def sizes(books: Books) -> Rows:
    """For each month and list what was put on, what was taken off, and what stood on it at the end."""
    moved: Counter[tuple[str, str, str]] = Counter()
    for name in ListName.values:
        for (month, step), n in ledger.by_month_of("list", name, None, books.last, books.as_of).items():
            moved[month, name, step] += n
    months = sorted({month for month, _name, _step in moved})
    held: Counter[str] = Counter()
    found: Rows = []
    for month in months:
        for name in ListName.values:
            put, taken = moved[month, name, PUT_ON], moved[month, name, TAKEN_OFF]
            held[name] += put - taken
            if books.first is None or month >= f"{books.first:%Y-%m}":
                found.append(
                    {"month": month, "list": name, "put_on": put, "taken_off": taken, "on_it": held[name]}
                )
    return found
