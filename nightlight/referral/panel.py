"""What referral shows of a Case: holds, who was given what, and what came back."""

from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels
from nightlight.casebook.models import Case
from nightlight.referral import children, rules
from nightlight.referral.forms import HoldForm, OutcomeForm
from nightlight.referral.models import Outcome, Referral
from nightlight.work import clock


def _context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    reader = person(request)
    may_hold = reader.may(Permission.CASE_HOLD)
    may_record = reader.may(Permission.OUTCOME_RECORD)
    words = {
        "case": case,
        "holds": case.holds.filter(lifted_at=None, until__gt=clock.now()).order_by("until"),
        "referrals": Referral.objects.filter(case=case).order_by("pk"),
        "outcomes": Outcome.objects.filter(case=case).order_by("day", "pk"),
        "children": _children(case) if reader.may(Permission.REFERRAL_READ) else [],
        "child_protection_first": rules.child_protection_first(case),
        "may_hold": may_hold,
        "may_record": may_record,
        "hold_form": HoldForm(prefix="hold", label_suffix=""),
        "outcome_form": OutcomeForm(prefix="outcome", label_suffix=""),
    }
    shown = may_hold or may_record or words["holds"] or words["referrals"] or words["outcomes"]
    return words if shown else None


def _children(case: Case) -> list[tuple[Referral, list[dict[str, Any]]]]:
    """For each referral that stands, the children it tells of; those that are new stand out."""
    live = Referral.objects.filter(case=case).exclude(state=Referral.State.WITHDRAWN).order_by("pk")
    return [(row, found) for row in live if (found := children.rows(case, row))]


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("referral", 60, "referral/panel.html", _context))
