"""What the desk can do with a case: take it, decide it, correct it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import SystemRandom
from uuid import UUID

from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import children, looks, second_look, welfare
from nightlight.assess.decision import Account, Decision, NotAllowed, NotNow, Refused, check
from nightlight.assess.models import Claim, TogetherCase
from nightlight.audit import log
from nightlight.casebook import events, holds, known, states
from nightlight.casebook.models import Assessment, Case, Media, SchemeGrade
from nightlight.casebook.schemes import book
from nightlight.casebook.words import Outcome, State
from nightlight.work import clock

LEASE = timedelta(minutes=30)
UNDECIDED = (State.OPEN, State.SECOND_LOOK)
LOOK_AGAIN = ("changed", "returned")  # what stands there now is another matter than what was decided
CORRECTABLE = (State.CONFIRMED, State.NOTICED, State.GONE, State.WAITING, State.HANDED_OVER)

Role = Assessment.Role
CHANCE = SystemRandom().random


@transaction.atomic
def take(case_id: UUID, by: Person) -> Claim:
    """Takes a case for half an hour of real time, or for another half hour. Raises NotNow if someone else has it or,
    as Rest, where the limits of care say so, NotAllowed, Case.DoesNotExist."""
    _need(by, Permission.CASE_ASSESS)
    case = _lock(case_id)
    claim = _free_for(case, by) or Claim(case=case)
    welfare.require_offer(by, case)
    claim.by, claim.until = by, clock.real_now() + LEASE
    claim.save()
    log.record("assess.take", by=by, about=case)
    return claim


@transaction.atomic
def release(case_id: UUID, by: Person) -> None:
    """Gives a taken case back; nothing happens if this person does not have it. Raises Case.DoesNotExist."""
    case = _lock(case_id)
    if Claim.objects.filter(case=case, by=by).delete()[0]:
        log.record("assess.release", by=by, about=case)


@transaction.atomic
def open_case(case_id: UUID, by: Person, via: str = "page") -> Case:
    """A case as it is read by a person, on the `page` or by the `api`; the reading is an entry of its own.
    Raises Case.DoesNotExist."""
    case = Case.objects.select_related("location", "report").get(pk=case_id)
    log.record("assess.open", by=by, about=case, purpose="work", via=via)
    return case


@transaction.atomic
def decide(
    case_id: UUID,
    by: Person,
    decision: Decision,
    *,
    chance: Callable[[], float] = CHANCE,
    decided_before: bool = False,
) -> Assessment:
    """Records one person's look at a case and, if it settles the round, moves the case and announces it.

    `chance` gives a number from 0 up to 1: what draws the random sample of second looks. `decided_before` says that the
    person decided some time ago and it takes effect now, so that no limit of care can lose it.
    Raises Refused (a field does not fit), GoldenRule (they looked already), NotNow (state, hold, someone else has
    taken the case or, as Rest, where the limits of care say so), NotAllowed, Case.DoesNotExist.
    """
    _need(by, Permission.CASE_ASSESS)
    case = _lock(case_id)
    check(decision, graded=case.location_id is not None, schemes=book.in_use())
    _may_be_decided(case, decision)
    _free_for(case, by)
    earlier, role = looks.may_look(case, by)
    if not decided_before:
        welfare.require_decision(by, case)
    media = _sighted(case, decision)
    final = looks.settles(decision, role, earlier, looks.confirmed_twice(decision.media))
    asked = second_look.asked(case, by, decision, chance()) if role == Role.FIRST else second_look.NOT_ASKED
    final = final and not asked.any
    look = _record(case, by, decision, role, is_final=final)
    look.media.set([media[sha256] for sha256 in dict.fromkeys(decision.media)])
    second_look.keep(look, asked)
    children.attach(case, decision.children, decision.subjects)
    if decision.may_go_on:
        events.live_found.send(sender=Case, case=case)
    Claim.objects.filter(case=case).delete()
    if final:
        _settle(case, look, [*earlier, look])
    else:
        states.move(case, State.SECOND_LOOK)
    log.record(
        "assess.decide",
        by=by,
        about=case,
        assessment=look.pk,
        role=role,
        outcome=decision.outcome,
        severity=look.severity,
        scheme=look.scheme if look.severity else "",
        media=len(decision.media),
        final=final,
        state=case.state,
    )
    known.touch_case(case)
    return look


@transaction.atomic
def attach(
    case_id: UUID,
    by: Person,
    labels: Sequence[str] = (),
    accounts: Sequence[Account] = (),
    series: Sequence[str] = (),
) -> None:
    """Adds children (`new` for one not seen before) and suspected accounts to a case, in any state of it.
    `series` are the SHA-256 at its address that belong to the child's series. Raises Refused, NotAllowed,
    Case.DoesNotExist.
    """
    _need(by, Permission.CASE_ASSESS)
    case = _lock(case_id)
    made = children.attach(case, labels, accounts)
    media = list(Media.objects.filter(sha256__in=series, sightings__location=case.location_id))
    if len(media) < len(set(series)):
        raise Refused("series", "one of these was not seen at the address of this case")
    tied = children.tie_series(made, media, case, by)
    log.record("assess.attach", by=by, about=case, rows=[log.name_of(row) for row in made], series=tied)


@transaction.atomic
def correct(
    case_id: UUID, by: Person, outcome: Outcome, reasons: str, role: Assessment.Role = Role.CORRECTION
) -> Assessment:
    """Undoes a confirmed decision everywhere at once: the case is dismissed and all who acted on it are told.

    `role` is APPEAL where an appeal was granted. Raises Refused, NotNow, NotAllowed, Case.DoesNotExist.
    """
    _need(by, Permission.APPEAL_DECIDE if role == Role.APPEAL else Permission.CASE_CORRECT)
    if outcome == Outcome.CONFIRMED:
        raise Refused("outcome", "a correction says what the case is instead of confirmed")
    if not reasons.strip():
        raise Refused("reasons", "a correction needs its reasons: others act on it")
    case = _lock(case_id)
    _not_held(case)
    if case.state not in CORRECTABLE:
        raise NotNow(f"a case that is {case.state} has no decision to correct")
    corrected = _record(case, by, Decision(outcome, reasons=reasons), role, is_final=True)
    _dismiss(case, corrected)
    log.record("assess.correct", by=by, about=case, assessment=corrected.pk, outcome=outcome, role=role)
    known.touch_case(case)
    return corrected


def _need(by: Person, permission: Permission) -> None:
    if not by.may(permission):
        raise NotAllowed(f"this needs the permission {permission.value}")


def _lock(case_id: UUID) -> Case:
    return Case.objects.select_for_update().get(pk=case_id)


def _free_for(case: Case, by: Person) -> Claim | None:
    """The claim on a case, if it is this person's or over. Raises NotNow if another person has the case."""
    claim = Claim.objects.filter(case=case).first()
    if claim and claim.by_id != by.pk and claim.until > clock.real_now():
        raise NotNow("someone else has taken this case")
    if TogetherCase.objects.filter(case=case, state=TogetherCase.State.WAITING).exists():
        raise NotNow(
            "this case was decided together with others; until that leaves the house it can be undone"
        )
    return claim


def _not_held(case: Case) -> None:
    if until := holds.active_until(case):
        raise NotNow(f"police asked to hold this case until {until:%Y-%m-%d}")


def _may_be_decided(case: Case, decision: Decision) -> None:
    _not_held(case)
    if case.state in UNDECIDED:
        return
    if case.state != State.WAITING or case.waiting_for not in LOOK_AGAIN:
        raise NotNow(f"a case that is {case.state} can't be decided; a wrong decision is corrected")
    if not decision.confirms:
        raise Refused(
            "outcome", "look again only confirms; what is gone is closed, what was wrong is corrected"
        )


def _sighted(case: Case, decision: Decision) -> dict[str, Media]:
    """The media named in a decision, by SHA-256. Raises Refused for one that was not seen at the case's address."""
    found: dict[str, Media] = {}
    if case.location_id:
        found = {media.sha256: media for media in Media.objects.filter(sightings__location=case.location_id)}
    for field in ("media", "seen"):
        for sha256 in getattr(decision, field):
            if sha256 not in found:
                raise Refused(field, "one of these was not seen at the address of this case")
    return found


def _record(
    case: Case, by: Person, decision: Decision, role: Assessment.Role, *, is_final: bool
) -> Assessment:
    look = Assessment.objects.create(
        case=case,
        role=role,
        episode=case.episode,
        round=looks.present_round(case),
        by=by,
        at=clock.now(),
        outcome=decision.outcome,
        scheme=decision.scheme,
        severity=decision.severity or "",
        age=decision.age or "",
        sex=decision.sex or "",
        made_by=decision.made_by or "",
        self_generated=decision.wire_self_generated,
        live_stream=decision.live_stream,
        ai_generated=decision.ai_generated,
        commercial=decision.commercial,
        site_type=decision.site_type or "",
        note=decision.note,
        reasons=decision.reasons,
        media_seen=len({*decision.media, *decision.seen}),
        media_total=case.location.sightings.count() if case.location else 0,
        is_final=is_final,
    )
    for each in decision.grades:
        SchemeGrade.objects.create(
            assessment=look,
            scheme=each.scheme,
            edition=each.edition,
            value=each.value,
            printed=each.printed,
            wire="" if each.wire is None else str(each.wire),
            facts=dict(each.facts),
        )
    return look


def _settle(case: Case, final: Assessment, round_looks: Sequence[Assessment]) -> None:
    """Moves the case to what the final look says and tells the stages after this one."""
    if final.outcome != Outcome.CONFIRMED:
        _dismiss(case, final)
        return
    first_time = not _confirmed_before(case, final)
    states.move(case, State.CONFIRMED)
    if first_time:
        case.confirmed_at = final.at
        case.save(update_fields=["confirmed_at"])
    events.case_confirmed.send(sender=Case, case=case, assessment=final)
    for media in looks.agreed_media(round_looks):
        events.media_confirmed.send(sender=Media, media=media, case=case, assessment=final)


def _dismiss(case: Case, final: Assessment) -> None:
    """A case that never stood is dismissed; one that did is corrected, so that what followed is undone."""
    stood = case.confirmed_at is not None
    states.move(case, State.DISMISSED)
    if stood:
        case.confirmed_at = None
        case.save(update_fields=["confirmed_at"])
    event = (
        events.case_corrected
        if stood or final.role in (Role.CORRECTION, Role.APPEAL)
        else events.case_dismissed
    )
    event.send(sender=Case, case=case, assessment=final)


def _confirmed_before(case: Case, final: Assessment) -> bool:
    """Whether this episode was confirmed already: its first day counts, not this one."""
    earlier = Assessment.objects.filter(
        case=case, episode=case.episode, is_final=True, outcome=Outcome.CONFIRMED
    )
    return case.confirmed_at is not None and earlier.exclude(pk=final.pk).exists()
