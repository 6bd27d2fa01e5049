"""Whom an alarm may ask: people within the limits of care, and where none of them is left, the managers and the
safeguarding lead. Only where there is none of those either the duty stands as it is, because a child comes first."""

from collections.abc import Iterable
from dataclasses import dataclass

from nightlight.accounts import mandate, rota, strain
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked. `within` is False where nobody within the limits of care was left, and it is not said of whom."""

    people: list[Person]
    within: bool = True


def asked(*groups: Iterable[Person]) -> Asked:
    """The people within the limits of care of the first group that has any, else those who answer for the house."""
    found = [list(group) for group in groups]
    for group in found:
        if within := strain.rested(group):
            return Asked(within)
    answer = in_charge()
    if answer:
        return Asked(strain.rested(answer) or answer, within=False)
    return Asked(next((group for group in found if group), []), within=False)


def in_charge() -> list[Person]:
    """The managers, and whom the mandate names as safeguarding lead if they may see alarms."""
    holds = mandate.current()
    return [
        person
        for person in Person.objects.filter(is_active=True).order_by("email")
        if person.may(Permission.ALARM_READ)
        and (person.has_role(Role.MANAGER) or mandate.names_as_lead(person, holds))
    ]


def may_take_over(by: Person) -> Asked:
    """The colleagues whom somebody may ask to take an alarm over."""
    others = [person for person in rota.everyone() if person.pk != by.pk]
    found = asked(others)
    able = [person for person in found.people if person.pk != by.pk and person.may(Permission.ALARM_TAKE)]
    return Asked(able, found.within)
