"""The lines about one address, together: what they put into the ledger, and what new versions change in that."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from nightlight.casebook.models import Location
from nightlight.stats import bulk, line_changes
from nightlight.stats.cells import Key, day_of
from nightlight.stats.ledger_models import Counted
from nightlight.stats.past_models import PastLine
from nightlight.stats.units import OF_LINE, Version

_ALONE = "ref "  # before the id of a line without an address; no blind index begins so
_COLUMNS = ("ref", "version", "recorded_at", "unit", "url_index", *OF_LINE)


def changes(fresh: Sequence[tuple[str, Version]]) -> tuple[dict[Key, int], set[UUID]]:
    """What new versions change, each given with the blind index of its address (empty without one): what the units
    they touch come to with them, less what they came to without. Not written yet.

    Units that a case of our own is counted in are left to it: the second answer are those cases.
    """
    again = [row.ref for _index, row in fresh if row.number > 1]
    touched = {_unit(index, row.ref) for index, row in fresh}
    touched |= {_unit(index, ref) for ref, index in _places(again)}
    before = _held(touched)
    after = _with(before, fresh)
    ours = _cases(touched)
    found: Counter[Key] = Counter()
    for unit in after.keys() - ours.keys():
        line_changes.add(found, after[unit])
        if unit in before:
            line_changes.add(found, before[unit], -1)
    return found, set(ours.values())


def of_addresses(indexes: Collection[str]) -> dict[str, list[Version]]:
    """Every version of every line about these addresses, by blind index."""
    return _held(set(indexes))


def _unit(index: str, ref: str) -> str:
    return index or _ALONE + ref


def _places(refs: Collection[str]) -> Iterable[tuple[str, str]]:
    return PastLine.objects.filter(ref__in=bulk.any_of(refs)).values_list("ref", "url_index") if refs else ()


def _held(wanted: set[str]) -> dict[str, list[Version]]:
    refs = [unit.removeprefix(_ALONE) for unit in wanted if unit.startswith(_ALONE)]
    indexes = [unit for unit in wanted if not unit.startswith(_ALONE)]
    rows: list[tuple[Any, ...]] = []
    if indexes:
        rows += PastLine.objects.filter(url_index__in=bulk.any_of(indexes)).values_list(*_COLUMNS)
    if refs:
        rows += PastLine.objects.filter(ref__in=bulk.any_of(refs), url_index="").values_list(*_COLUMNS)
    ends = _ends({row[0] for row in rows})
    found: dict[str, list[Version]] = defaultdict(list)
    for ref, number, recorded, unit, index, *values in rows:
        found[_unit(index, ref)].append(
            Version(
                ref,
                number,
                day_of(recorded) if number > 1 else None,
                ends.get((ref, number)),
                bool(index) and unit == "url",
                *values,
            )
        )
    return found


def _ends(refs: Collection[str]) -> dict[tuple[str, int], date]:
    """The day on which each version that was followed by another ended."""
    if not refs:
        return {}
    later = PastLine.objects.filter(ref__in=bulk.any_of(refs), version__gt=1)
    return {
        (ref, number - 1): day_of(at)
        for ref, number, at in later.values_list("ref", "version", "recorded_at")
    }


def _with(before: dict[str, list[Version]], fresh: Sequence[tuple[str, Version]]) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = defaultdict(list)
    for index, row in fresh:
        found[_unit(index, row.ref)].append(row)
    for unit, rows in before.items():
        found[unit].extend(rows)
    ends = {(row.ref, row.number - 1): row.known_on for _index, row in fresh if row.number > 1}
    if not ends:
        return found
    return {
        unit: [
            row._replace(until=ends[row.ref, row.number]) if (row.ref, row.number) in ends else row
            for row in rows
        ]
        for unit, rows in found.items()
    }


def _cases(wanted: set[str]) -> dict[str, UUID]:
    """The cases of our own that are counted already and are about one of these addresses."""
    indexes = [unit for unit in wanted if not unit.startswith(_ALONE)]
    if not indexes or not Counted.objects.filter(what=Counted.What.CASE).exists():
        return {}
    about = Location.objects.filter(url_index__in=bulk.any_of(indexes), case__isnull=False)
    found = dict(about.values_list("url_index", "case__pk"))
    counted = set(
        Counted.objects.filter(what=Counted.What.CASE, of__in=list(found.values())).values_list(
            "of", flat=True
        )
    )
    return {index: case for index, case in found.items() if case in counted}
