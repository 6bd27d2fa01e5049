"""What referral does when other stages announce something: it only queues due work, in their transaction."""

from typing import Any
from uuid import UUID

from nightlight.casebook import events
from nightlight.casebook.models import Case
from nightlight.referral import holds, tell, verbs
from nightlight.work import due

# Imported for the work it declares.
DECLARES = (tell,)


@due.task("referral.prepare")
def prepare(case: str) -> None:
    """Prepares the referrals of a confirmed case."""
    verbs.prepare(UUID(case))


@due.task("referral.withdraw")
def withdraw(case: str) -> None:
    """Withdraws the referrals of a corrected case."""
    verbs.withdraw(UUID(case))


@due.task("referral.end_hold")
def end_hold(hold: str) -> None:
    """Ends a hold whose time is over."""
    holds.end(UUID(hold))


def _confirmed(sender: object, case: Case, **_: Any) -> None:
    due.enqueue("referral.prepare", case=case.pk)


def _named(sender: object, case: Case, **_: Any) -> None:
    """An account that may be a child's brings child protection in, also after the decision."""
    if case.confirmed_at is not None:
        due.enqueue("referral.prepare", case=case.pk)


def _corrected(sender: object, case: Case, **_: Any) -> None:
    due.enqueue("referral.withdraw", case=case.pk)


def connect() -> None:
    """Connects the listeners; called once, when Django starts."""
    events.case_confirmed.connect(_confirmed, dispatch_uid="referral.case_confirmed")
    events.person_named.connect(_named, dispatch_uid="referral.person_named")
    events.case_corrected.connect(_corrected, dispatch_uid="referral.case_corrected")
