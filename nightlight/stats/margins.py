"""What is left out of one published table is not to be had from another that has the same sums.

The sum over all sexes of an age stands beside the ages by sex and beside the ages by severity; left out of one, it is
left out of both. Where such a sum is left out, a table that has it as a column leaves out at least one cell of it.
Covered are age, sex and severity in the tables of GROUP, of one period, as of one day. Not covered: the difference of
two periods or of two days; sums with a mark or of who filmed it (`contact`, `marks`, `made_by`); places (`countries`
beside `takedown`); the sizes of our lists from one month to the next; and totals of everything, which many tables
have.
"""

from collections.abc import Callable, Iterable

from nightlight.stats.books import Rows
from nightlight.stats.small_cells import HIDDEN_TOO, TOTAL, close, is_hidden, publishable

AS_ROWS = (
    ("age", "age_by_sex", TOTAL),
    ("age", "age_by_severity", TOTAL),
    ("sex", "sex_by_severity", TOTAL),
    ("severity", "severity", "count"),
)
AS_COLUMNS = (("sex", "age_by_sex"), ("severity", "age_by_severity"), ("severity", "sex_by_severity"))
GROUP = frozenset({table for _dimension, table, _name in AS_ROWS})


def published(table: str, count: Callable[[str], Rows]) -> Rows:
    """A table as the public may have it beside the others; `count` counts the table of a name."""
    if table not in GROUP:
        return publishable(count(table))
    tables = {name: publishable(count(name)) for name in sorted(GROUP)}
    while _carry(tables) or any(close(rows) for rows in tables.values()):
        pass
    return tables[table]


def _carry(tables: dict[str, Rows]) -> bool:
    """Leaves a sum out wherever it stands if it is left out somewhere."""
    hidden = {
        (dimension, row[dimension])
        for dimension, table, name in AS_ROWS
        for row in tables[table]
        if is_hidden(row[name])
    }
    changed = [
        _hide(row, name)
        for dimension, table, name in AS_ROWS
        for row in tables[table]
        if (dimension, row[dimension]) in hidden
    ]
    changed += [
        _hide_in_column(tables[table], str(value))
        for dimension, table in AS_COLUMNS
        for value in sorted(value for found, value in hidden if found == dimension)
    ]
    return any(changed)


def _hide(row: dict[str, object], name: str) -> bool:
    if is_hidden(row[name]) or not row[name]:
        return False
    row[name] = HIDDEN_TOO
    return True


def _hide_in_column(rows: Rows, name: str) -> bool:
    if any(is_hidden(row[name]) for row in rows):
        return False
    counts: Iterable[dict[str, object]] = [row for row in rows if row[name]]
    least = min(counts, key=lambda row: int(str(row[name])), default=None)
    return least is not None and _hide(least, name)
