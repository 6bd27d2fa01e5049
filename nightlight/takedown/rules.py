"""What a manager lets happen by itself: switches, each change of one a row and an entry in the log."""

from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.takedown.models import Rule
from nightlight.work import clock

FOLLOW_MOVES = Rule.Name.FOLLOW_MOVES


def is_on(name: Rule.Name) -> bool:
    """Whether a rule is on; nothing happens by itself before a manager switched it on."""
    newest = Rule.objects.filter(name=name).order_by("-at", "-id").first()
    return newest is not None and newest.on


@transaction.atomic
def switch(name: Rule.Name, *, on: bool, by: Person) -> Rule:
    """Switches a rule on or off, as this person's recorded act."""
    rule = Rule.objects.create(name=name, on=on, by=by, at=clock.now())
    log.record("takedown.switch", by=by, about=rule, rule=name, on=on)
    return rule
