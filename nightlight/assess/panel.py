"""What assess shows of a Case: the looks people took, the children and the accounts.

The second look is blind: while a round is not settled, whoever may still look sees who looked and when, not what
they decided. A senior who must settle a disagreement sees both.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import looks, told
from nightlight.casebook import blind, panels
from nightlight.casebook.models import Assessment, Case
from nightlight.casebook.schemes import wire
from nightlight.casebook.words import State

_DECIDED = (
    "outcome",
    "scheme",
    "severity",
    "age",
    "sex",
    "made_by",
    "self_generated",
    "live_stream",
    "ai_generated",
    "commercial",
    "site_type",
    "note",
    "reasons",
    "media_seen",
    "media_total",
)
_GRADE = ("scheme", "edition", "value", "printed", "wire", "facts")


def register() -> None:
    """Registers the panel, and who is blind to what; called once, when Django starts."""
    blind.register(is_blind_to, told.tell)
    panels.register(panels.Panel("assess", 20, "assess/panel.html", _context, _json))


def open_row(look: Assessment) -> dict[str, Any]:
    """An assessment with all its fields; what was not said is None."""
    said = {name: getattr(look, name) for name in _DECIDED}
    grades = [{name: getattr(grade, name) for name in _GRADE} for grade in look.grades.all()]
    return (
        _frame(look)
        | {name: None if value == "" else value for name, value in said.items()}
        | {"grades": grades}
    )


def _blind_row(look: Assessment) -> dict[str, Any]:
    return _frame(look) | dict.fromkeys((*_DECIDED, "grades"))


def _frame(look: Assessment) -> dict[str, Any]:
    return {"id": look.pk, "role": look.role, "by": look.by_id, "at": look.at, "final": look.is_final}


def unsettled(case: Case, all_looks: Sequence[Assessment]) -> list[Assessment]:
    """The looks of the round that is going on."""
    if case.state not in (State.OPEN, State.SECOND_LOOK, State.ON_HOLD, State.WAITING):
        return []
    present = 1 + sum(look.is_final for look in all_looks)
    return [look for look in all_looks if look.round == present and look.role in looks.LOOKS]


def is_blind(reader: Person, going_on: Sequence[Assessment]) -> bool:
    """Whether this person may still look, and so must not see what the others of the round decided."""
    if not reader.may(Permission.CASE_ASSESS) or any(look.by_id == reader.pk for look in going_on):
        return False
    if len(going_on) >= 2 and reader.may(Permission.CASE_SETTLE):
        return False
    return not told.knows(reader, going_on[0])


def is_blind_to(reader: Person, case: Case) -> bool:
    """Whether a look at this case is going on that this person may still take part in."""
    going_on = unsettled(case, list(case.assessments.all()))
    return bool(going_on) and is_blind(reader, going_on)


def _all(case: Case) -> list[Assessment]:
    return list(case.assessments.select_related("by").prefetch_related("grades").order_by("at", "pk"))


def _json(case: Case) -> dict[str, Any]:
    found = _all(case)
    hidden = {look.pk for look in unsettled(case, found)}
    return {"assessments": [_blind_row(look) if look.pk in hidden else open_row(look) for look in found]}


def _on_the_wire(look: Assessment) -> list[wire.Line]:
    """What other systems are told of a decision that settled the case."""
    return wire.lines(look) if look.is_final else []


def _context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    reader, found = person(request), _all(case)
    going_on = unsettled(case, found)
    is_so = bool(going_on) and is_blind(reader, going_on)
    hidden = {look.pk for look in going_on} if is_so else set()
    return {
        "case": case,
        "looks": [(look, look.pk in hidden, _on_the_wire(look)) for look in found],
        "blind": is_so,
        "going_on": going_on,
    }
