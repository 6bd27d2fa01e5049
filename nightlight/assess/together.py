"""One decision for many cases: it is kept, can be undone for a while, and only then stands in each case.

Each case gets its own Assessment through `verbs.decide`, so the second look, holds and claims are what they always
are. Nothing leaves the house before `leaves_at`, because nothing is announced before: the work is due then.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import groups, verbs, welfare
from nightlight.assess import undo as undo_rule
from nightlight.assess.alike import alike
from nightlight.assess.decision import Account, Decision, GoldenRule, NotAllowed, NotNow, Refused
from nightlight.assess.models import Claim, Together, TogetherCase
from nightlight.audit import log
from nightlight.casebook.models import Case
from nightlight.casebook.states import IllegalMove
from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType
from nightlight.work import clock, due

DECIDE = "assess.together"

State = Together.State
_WORDS: dict[str, Any] = {
    "outcome": Outcome,
    "severity": Severity,
    "age": Age,
    "sex": Sex,
    "made_by": MadeBy,
    "site_type": SiteType,
}
_REFUSALS = (Refused, NotNow, NotAllowed, GoldenRule, IllegalMove)


@transaction.atomic
def plan(
    rule: Together.Rule,
    case_ids: Iterable[UUID],
    by: Person,
    reasons: str,
    said: Decision | None = None,
    anchor_id: UUID | None = None,
) -> Together:
    """Keeps a decision for those of these cases that the rule fits; the others are left as they are. The parts say
    what is decided of each. Raises Refused (no reasons, no case that fits), Rest (the limits of care), NotAllowed."""
    _need(by)
    if not reasons.strip():
        raise Refused("reasons", "what is decided for many needs its reasons")
    ids = sorted(set(case_ids) | ({anchor_id} if anchor_id else set()))
    list(Case.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    anchor = Case.objects.select_related("location").filter(pk=anchor_id).first() if anchor_id else None
    if anchor is not None:
        welfare.require_decision(by, anchor)
    fitting = [part for part in judged(rule, ids, by, said, anchor) if part.decision is not None]
    if not fitting:
        raise Refused("cases", "none of these cases fits the rule now; look at them one by one")
    now = clock.now()
    together = Together.objects.create(rule=rule, by=by, at=now, leaves_at=now + undo_rule.window())
    words = _("Decided together with %(n)d others (%(rule)s): %(reasons)s") % {
        "n": len(fitting) - 1,
        "rule": together.get_rule_display(),
        "reasons": reasons.strip(),
    }
    for part in fitting:
        assert part.decision is not None  # noqa: S101 - filtered
        kept = {"shows": _shows(part.case), **asdict(replace(part.decision, reasons=words))}
        row = TogetherCase.objects.create(together=together, case=part.case, decision=json.dumps(kept))
        due.enqueue(DECIDE, key=_key(row), due=together.leaves_at, part=row.pk)
    Claim.objects.filter(case__in=[part.case.pk for part in fitting], by=by).delete()
    log.record(
        "assess.together",
        by=by,
        about=together,
        rule=rule,
        cases=[part.case.pk for part in fitting],
        until=together.leaves_at,
    )
    return together


def judged(
    rule: Together.Rule, case_ids: Iterable[UUID], by: Person, said: Decision | None, anchor: Case | None
) -> list[groups.Part]:
    """The preview: what would be decided of each of these cases, and why nothing of the others. Writes nothing."""
    ids = set(case_ids)
    if rule == Together.Rule.NEAR_MEDIA and anchor is not None:
        ids &= {anchor.pk, *alike(anchor).get(rule, ())}
    return groups.parts(rule, ids, by, said, anchor)


@transaction.atomic
def undo(together_id: UUID, by: Person) -> Together:
    """Takes the decision back while it stands in no case: whoever took it, or who may correct decisions.
    Raises NotNow once the time is over, NotAllowed, Together.DoesNotExist."""
    together = Together.objects.select_for_update().get(pk=together_id)
    if together.by_id != by.pk and not by.may(Permission.CASE_CORRECT):
        raise NotAllowed(f"this needs the permission {Permission.CASE_CORRECT.value}")
    if together.state != State.WAITING or clock.now() >= together.leaves_at:
        raise NotNow("the time to undo this is over; a wrong decision is corrected, case by case")
    for part in together.parts.all():
        due.cancel(_key(part))
        _end(part, TogetherCase.State.UNDONE)
    together.state, together.ended_at, together.undone_by = State.UNDONE, clock.now(), by
    together.save(update_fields=["state", "ended_at", "undone_by"])
    log.record("assess.together_undone", by=by, about=together)
    return together


@due.task(DECIDE)
def decide_part(part: str) -> None:
    """Decides one of the cases, as if the person did so now; what changed meanwhile is left out and said."""
    row = TogetherCase.objects.select_related("together__by").get(pk=UUID(part))
    together = Together.objects.select_for_update().get(pk=row.together_id)
    if together.state != State.WAITING or row.state != TogetherCase.State.WAITING:
        return
    kept = json.loads(row.decision)
    shows = kept.pop("shows")
    _end(row, TogetherCase.State.DECIDED)
    try:
        with transaction.atomic():
            if shows != _shows(Case.objects.get(pk=row.case_id)):
                raise NotNow("its page shows other media than when it was decided")
            row.assessment = verbs.decide(row.case_id, row.together.by, _read(kept), decided_before=True)
            row.save(update_fields=["assessment"])
    except _REFUSALS as refused:
        row.assessment = None
        _end(row, TogetherCase.State.LEFT_OUT)
        log.record("assess.together_left_out", by="system", about=row.case, why=type(refused).__name__)
    if not together.parts.filter(state=TogetherCase.State.WAITING).exists():
        together.state, together.ended_at = State.DONE, clock.now()
        together.save(update_fields=["state", "ended_at"])


def _need(by: Person) -> None:
    if not by.may(Permission.CASE_ASSESS):
        raise NotAllowed(f"this needs the permission {Permission.CASE_ASSESS.value}")


def _key(part: TogetherCase) -> str:
    return f"{DECIDE}:{part.pk}"


def _end(part: TogetherCase, state: TogetherCase.State) -> None:
    """What was to be decided stands in the assessment now, or nowhere: it is not kept here."""
    part.state, part.decision = state, ""
    part.save(update_fields=["state", "decision"])


def _shows(case: Case) -> list[str]:
    """The media seen at its address, by SHA-256."""
    found = groups.media_of([case.location_id]) if case.location_id else {}
    return sorted(media.sha256 for media in found.get(case.location_id, ()))


def _read(given: dict[str, Any]) -> Decision:
    for name, vocabulary in _WORDS.items():
        given[name] = vocabulary(given[name]) if given[name] else None
    for name in ("media", "seen", "children"):
        given[name] = tuple(given[name])
    given["subjects"] = tuple(Account(**account) for account in given["subjects"])
    return Decision(**given)
