"""What takedown shows of a Case: who hosts it, who was told, and how the looks went."""

import json
from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import desk, gates, packing
from nightlight.takedown.contacts import contacts_of, to_confirm
from nightlight.takedown.models import Check, Notice, NoticeCase, Trace

LOOKS_SHOWN = 20
# What the API tells of states that only matter inside: the mail has not demonstrably left.
OUTWARD = {Notice.State.SENDING: Notice.State.QUEUED, Notice.State.IN_DOUBT: Notice.State.QUEUED}
NO_TRACE: dict[str, Any] = {"addresses": [], "country": None, "provider": None, "contacts": []}


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("takedown", 30, "takedown/panel.html", context, as_json))


def as_json(case: Case) -> dict[str, Any]:
    """`trace`, `notices` and `checks` of `GET /cases/{id}`."""
    return {
        "trace": _trace_json(current_trace(case)),
        "notices": [
            {
                "serial": notice.serial,
                "to": notice.recipient,
                "sent_at": notice.sent_at,
                "state": OUTWARD.get(Notice.State(notice.state), notice.state),
            }
            for notice in notices_of(case)
        ],
        "checks": [{"at": check.at, "state": check.state} for check in case.checks.order_by("at", "id")],
    }


def context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """What the case page shows; nothing for a Case without an address or before anything happened."""
    reader = person(request)
    trace = current_trace(case)
    if case.location is None or not reader.may(Permission.CASE_READ):
        return None
    notices = notices_of(case)
    return {
        "case": case,
        "trace": trace,
        "traced": _trace_json(trace),
        "name_servers": json.loads(trace.name_servers or "[]") if trace else [],
        "problems": json.loads(trace.problems or "[]") if trace else [],
        "closed": gates.WHY_NOT.get(trace.why_not, "") if trace else "",
        "notices": [(notice, gates.WHY_NOT.get(notice.why_not, "")) for notice in notices],
        "answers": [answer for notice in notices for answer in notice.answers.order_by("at")],
        "checks": list(case.checks.order_by("-at", "-id")[:LOOKS_SHOWN]),
        **_acts(reader, case, trace),
    }


def current_trace(case: Case) -> Trace | None:
    """The trace that holds now."""
    return Trace.objects.filter(case=case, is_current=True).first()


def notices_of(case: Case) -> list[Notice]:
    """Every notice about a Case, in the order in which they were written."""
    ids = NoticeCase.objects.filter(case=case).values_list("notice_id", flat=True)
    return list(Notice.objects.filter(pk__in=list(ids)).order_by("created_at", "id"))


def _trace_json(trace: Trace | None) -> dict[str, Any]:
    if trace is None:
        return NO_TRACE
    return {
        "addresses": json.loads(trace.addresses or "[]"),
        "country": trace.country or None,
        "provider": trace.provider or None,
        "contacts": [contact.email for contact in contacts_of(trace)],
    }


def _acts(reader: Person, case: Case, trace: Trace | None) -> dict[str, Any]:
    """Which acts this person may take here."""
    may_act = reader.may(Permission.TAKEDOWN_ACT) and case.state in packing.TELLING
    near = to_confirm(trace, case.location) if trace and case.location and may_act else []
    return {
        "may_act": may_act,
        "may_look": may_act or (reader.may(Permission.TAKEDOWN_ACT) and case.state == State.GONE),
        "may_close": may_act and case.state in desk.CLOSABLE,
        "to_confirm": near,
        "up": Check.State.UP,
    }
