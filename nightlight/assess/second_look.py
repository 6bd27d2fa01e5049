"""Second looks beyond the default: which first looks are asked for one, as a manager set it.

The default (`looks.settles`) always holds. What is set here only adds: a random sample of all first looks, the first
looks of new analysts, and decisions that are milder than what a known match says. The person who looks second is not
told why they do, as that would say something of the first decision.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import looks
from nightlight.assess.decision import Decision
from nightlight.assess.second_look_models import AskedLook, SecondLookRule
from nightlight.audit import log
from nightlight.casebook import nearby
from nightlight.casebook.models import Assessment, Case, Media
from nightlight.casebook.schemes import book, shipped
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.casebook.words import Outcome
from nightlight.work import clock

MOST_LOOKS = 10_000


class RuleRefused(ValueError):
    """A setting out of its range; the message says which."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a first look is asked for a second one."""

    sampled: bool = False
    new_analyst: bool = False
    mismatch: bool = False

    @property
    def any(self) -> bool:
        """Whether it is."""
        return self.sampled or self.new_analyst or self.mismatch


NOT_ASKED = Asked()


def rule() -> SecondLookRule | None:
    """What holds now; None before a manager set anything."""
    return SecondLookRule.objects.order_by("-at", "-pk").first()


@transaction.atomic
def set_rule(by: Person, *, sample_percent: int, new_analyst_looks: int, on_mismatch: bool) -> SecondLookRule:
    """Sets what asks for a second look from now on. Raises RuleRefused, PermissionDenied."""
    if not by.may(Permission.GRADING_MANAGE):
        raise PermissionDenied(Permission.GRADING_MANAGE)
    if not 0 <= sample_percent <= 100:
        raise RuleRefused("the sample is 0 to 100 percent")
    if not 0 <= new_analyst_looks <= MOST_LOOKS:
        raise RuleRefused(f"the first looks of a new analyst are 0 to {MOST_LOOKS}")
    row = SecondLookRule.objects.create(
        sample_percent=sample_percent,
        new_analyst_looks=new_analyst_looks,
        on_mismatch=on_mismatch,
        by=by,
        at=clock.now(),
    )
    log.record(
        "assess.set_second_look",
        by=by,
        about=row,
        sample_percent=sample_percent,
        new_analyst_looks=new_analyst_looks,
        on_mismatch=on_mismatch,
    )
    return row


def asked(case: Case, by: Person, decision: Decision, drawn: float) -> Asked:
    """Whether a first look is asked for a second one. `drawn` is a random number from 0 up to 1."""
    holds = rule()
    if holds is None:
        return NOT_ASKED
    return Asked(
        sampled=drawn * 100 < holds.sample_percent,
        new_analyst=_is_new(by, holds.new_analyst_looks),
        mismatch=holds.on_mismatch and milder_than_known(case, decision),
    )


def keep(look: Assessment, why: Asked) -> None:
    """Writes down why a look was asked for a second one, if it was."""
    if why.any:
        AskedLook.objects.create(
            look=look, sampled=why.sampled, new_analyst=why.new_analyst, mismatch=why.mismatch
        )


def milder_than_known(case: Case, decision: Decision) -> bool:
    """Whether media at the address are known and the decision is milder than what was settled of them.

    Of a medium that is only like a known one (`casebook/nearby.py`), no more is asked than whether it is confirmed
    at all: what is like it may be of another grade.
    """
    if case.location_id is None:
        return False
    media = list(Media.objects.filter(sightings__location=case.location_id))
    same = looks.confirmed_twice(medium.sha256 for medium in media)
    if not decision.confirms:
        return bool(same) or any(near.never is None for each in nearby.near(media).values() for near in each)
    earlier = Assessment.objects.filter(
        is_final=True, outcome=Outcome.CONFIRMED, media__sha256__in=same
    ).exclude(case=case)
    rows = list(earlier.distinct().prefetch_related("grades"))
    return any(_milder(scheme, decision, rows) for scheme in book.in_use())


def _milder(scheme: Scheme, decision: Decision, earlier: list[Assessment]) -> bool:
    order = [grade.value for grade in scheme.grades if grade.ordinal]  # the most severe first
    said = _of_decision(scheme, decision)
    known = [order.index(value) for look in earlier if (value := grade_of(scheme, look)) in order]
    return bool(known) and (said not in order or order.index(said) > min(known))


def _of_decision(scheme: Scheme, decision: Decision) -> str:
    if scheme.key == shipped.UK:
        return str(decision.severity or "")
    return {grade.scheme: grade.value for grade in decision.grades}.get(scheme.key, "")


def grade_of(scheme: Scheme, look: Assessment) -> str:
    """The grade of a look in a scheme; empty where it gave none. The look's grades should be prefetched."""
    if scheme.key == shipped.UK:
        return look.severity
    return {grade.scheme: grade.value for grade in look.grades.all()}.get(scheme.key, "")


def _is_new(by: Person, first: int) -> bool:
    if not first:
        return False
    taken = Assessment.objects.filter(by=by, role__in=looks.LOOKS)[:first]
    return len(taken.values_list("pk", flat=True)) < first
