"""What referral shows of a Case: holds, who was given what, and what came back."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels, series
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.referral import children
from nightlight.referral.forms import HoldForm, OutcomeForm
from nightlight.referral.models import Outcome, Referral
from nightlight.work import clock

UNDECIDED = (State.OPEN, State.SECOND_LOOK, State.WAITING)


def _context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    reader = person(request)
    may_hold = reader.may(Permission.CASE_HOLD)
    may_record = reader.may(Permission.OUTCOME_RECORD)
    words: dict[str, Any] = {
        "case": case,
        "holds": case.holds.filter(lifted_at=None, until__gt=clock.now()).order_by("until"),
        "referrals": list(Referral.objects.filter(case=case).order_by("pk")),
        "outcomes": Outcome.objects.filter(case=case).order_by("day", "pk"),
        "may_hold": may_hold,
        "may_record": may_record,
        "hold_form": HoldForm(prefix="hold", label_suffix=""),
        "outcome_form": OutcomeForm(prefix="outcome", label_suffix=""),
    }
    words["children"] = _children(case, words["referrals"]) if _may_see_children(reader, case) else []
    shown = may_hold or may_record or words["holds"] or words["referrals"] or words["outcomes"]
    return words if shown else None


def _may_see_children(reader: Person, case: Case) -> bool:
    """Not while the reader may still look at the case: whom others named would tell of their decision."""
    may_look = reader.may(Permission.CASE_ASSESS) and case.state in UNDECIDED
    return reader.may(Permission.REFERRAL_READ) and not may_look


def _children(case: Case, referrals: Sequence[Referral]) -> list[tuple[Referral, list[dict[str, Any]]]]:
    """For each referral that stands, the children it tells of; those that are new stand out."""
    live = [row for row in referrals if row.state != Referral.State.WITHDRAWN]
    seen = series.children_of(case) if live else []
    return [(row, children.rows(seen, row)) for row in live if seen]


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("referral", 60, "referral/panel.html", _context))
