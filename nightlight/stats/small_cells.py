"""What of a table may be published: no count of one or two, and nothing that would give one away by subtraction.

A figure of one or two may be somebody's story. It is replaced by `<3`. A row with such a cell loses its total and its
shares; a column with a single cell left out loses its next smallest too, because the sum of the column is published
elsewhere. What is left out only for the sake of another is shown as `*`. Repeated until nothing more gives way.
"""

from nightlight.stats.books import Row, Rows

SMALLEST = 3
HIDDEN = f"<{SMALLEST}"
HIDDEN_TOO = "*"
TOTAL = "total"
DERIVED = ("share", "percent", "points", "median_hours", "pages")  # of the other cells of the row
CHANGE_OF = frozenset({"month.public_reports", "month.same_month_last_year"})
APART = frozenset({"figure", "clock", "quarter"})  # tables whose rows are not parts of one whole


def publishable(rows: Rows) -> Rows:
    """The rows as the public may have them."""
    found = [{name: HIDDEN if _is_small(value) else value for name, value in row.items()} for row in rows]
    close(found)
    return _without_change(found)


def close(rows: Rows) -> bool:
    """Leaves out, in place, what would give away what is left out already; whether there was anything."""
    parts = not rows or not APART & rows[0].keys()
    changed = False
    while any(_close_row(row) for row in rows) or (parts and _close_columns(rows)):
        changed = True
    return changed


def is_hidden(value: object) -> bool:
    """Whether a cell was left out, for its own sake or for another's."""
    return value in (HIDDEN, HIDDEN_TOO)


def _close_row(row: Row) -> bool:
    """Leaves out what would give a cell of this row away; whether there was anything."""
    cells = [name for name in row if name != TOTAL and name not in DERIVED]
    hidden = [name for name in cells if is_hidden(row[name])]
    if not hidden and is_hidden(row.get(TOTAL)):
        counts = [name for name in cells if _is_count(row[name])]
        if not counts:
            return False
        row[min(counts, key=lambda name: row[name])] = HIDDEN_TOO
        return True
    if not hidden:
        return False
    close = [name for name in (TOTAL, *DERIVED) if name in row and row[name] is not None]
    fresh = [name for name in close if not is_hidden(row[name])]
    for name in fresh:
        row[name] = HIDDEN
    return bool(fresh)


def _close_columns(rows: Rows) -> bool:
    changed = False
    for name in [name for name in rows[0] if name not in DERIVED] if rows else ():
        hidden = [row for row in rows if is_hidden(row[name])]
        others = [row for row in rows if _is_count(row[name])]
        if len(hidden) == 1 and others:
            min(others, key=lambda row: row[name])[name] = HIDDEN_TOO
            changed = True
    return changed


def _without_change(rows: Rows) -> Rows:
    """Of the headline: no difference between two figures of which one is hidden."""
    hidden = {row["figure"] for row in rows if "figure" in row and is_hidden(row["value"])}
    if not hidden & CHANGE_OF:
        return rows
    return [{**row, "value": HIDDEN} if row["figure"] == "month.change" else row for row in rows]


def _is_small(value: object) -> bool:
    return _is_int(value) and 0 < abs(value) < SMALLEST  # type: ignore[arg-type]


def _is_count(value: object) -> bool:
    return _is_int(value) and value != 0


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
