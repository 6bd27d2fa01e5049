"""Children and suspected accounts of a case. A child has a neutral label and never a name."""

import re
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from nightlight.accounts.models import Person
from nightlight.assess.decision import NEW_CHILD, Account, Refused
from nightlight.casebook import events, series
from nightlight.casebook.models import Case, Child, Media, Subject
from nightlight.casebook.sealed import find
from nightlight.work import clock

_LABEL = re.compile(r"C-\d{4}-\d{4,}")
_MOST_TRIES = 20
_LONGEST_HANDLE = 200


def attach(case: Case, labels: Iterable[str], accounts: Iterable[Account]) -> list[Child | Subject]:
    """Ties children and accounts to a case in the caller's transaction; each that is there already stays one.

    Raises Refused for a label nobody has, or an account without a handle or service.
    """
    rows: list[Child | Subject] = []
    for label in labels:
        child = _new_child() if label == NEW_CHILD else _known_child(label)
        child.cases.add(case)
        rows.append(child)
    for account in accounts:
        subject = _subject(account)
        subject.cases.add(case)
        rows.append(subject)
    if rows:
        events.person_named.send(sender=Case, case=case)
    return rows


def tie_series(rows: Iterable[Child | Subject], media: Iterable[Media], case: Case, by: Person) -> int:
    """Says that media belong to the series of the one child among these rows; returns how many were new to it.
    Raises Refused where it is not clear whose series is meant."""
    wanted = list(media)
    children = [row for row in rows if isinstance(row, Child)]
    if wanted and len(children) != 1:
        raise Refused("series", "say which one child these media belong to")
    return series.tie(children[0], wanted, case, by) if wanted else 0


def _known_child(label: str) -> Child:
    child = Child.objects.filter(label=label.strip().upper()).first()
    if child is None:
        raise Refused("children", "there is no child with this label")
    return child


def _new_child() -> Child:
    """The next label of the year. Two people may ask at once: whoever comes second takes the one after."""
    now = clock.now()
    used = Child.objects.filter(label__startswith=f"C-{now.year}-").values_list("label", flat=True)
    number = 1 + max((int(label[7:]) for label in used if _LABEL.fullmatch(label)), default=0)
    for candidate in range(number, number + _MOST_TRIES):
        try:
            with transaction.atomic():
                return Child.objects.create(label=f"C-{now.year}-{candidate:04d}", created_at=now)
        except IntegrityError:
            continue
    raise Refused("children", "labels are being given out faster than they can be made; try again")


def _subject(account: Account) -> Subject:
    handle, service = account.handle.strip(), account.service.strip()
    if not handle or not service:
        raise Refused("subjects", "an account needs its handle and the service it was seen on")
    if len(handle) > _LONGEST_HANDLE or len(service) > _LONGEST_HANDLE:
        raise Refused("subjects", f"a handle or service is at most {_LONGEST_HANDLE} characters")
    for known in Subject.objects.filter(handle_index=find("contact", handle)):
        if known.service == service:
            if account.may_be_child and not known.may_be_child:
                known.may_be_child = True
                known.save(update_fields=["may_be_child"])
            return known
    return Subject.objects.create(
        handle=handle, service=service, may_be_child=account.may_be_child, created_at=clock.now()
    )
