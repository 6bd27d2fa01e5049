"""The size of our two lists, and how they grew, from every change of them (T16, T17)."""

from collections import Counter

from django.db.models import Count
from django.db.models.functions import TruncDate

from nightlight.sharing.models import Change, ListName
from nightlight.stats import records
from nightlight.stats.books import Books, Rows


def sizes(books: Books) -> Rows:
    """For each month and list what was put on, what was taken off, and what stood on it at the end."""
    changes = (
        Change.objects.filter(at__lt=records.end_of(min(books.last or books.as_of, books.as_of)))
        .order_by()
        .annotate(day=TruncDate("at"))
        .values_list("list_name", "day", "op")
        .annotate(n=Count("pk"))
    )
    moved: Counter[tuple[str, str, str]] = Counter()
    for name, day, op, n in changes:
        moved[f"{day:%Y-%m}", name, op] += n
    months = sorted({month for month, _name, _op in moved})
    held: Counter[str] = Counter()
    found: Rows = []
    for month in months:
        for name in ListName.values:
            put, taken = moved[month, name, Change.Op.PUT], moved[month, name, Change.Op.DELETE]
            held[name] += put - taken
            if books.first is None or month >= f"{books.first:%Y-%m}":
                found.append(
                    {"month": month, "list": name, "put_on": put, "taken_off": taken, "on_it": held[name]}
                )
    return found
