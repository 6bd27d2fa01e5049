"""The rota: who is on duty for urgent reports now, and the hours we may promise to the public.

Only active people who may take alarms count, so that nobody is promised who can't answer. Hours are those of the
hotline's own time zone; they follow its clock changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.accounts.rota_models import DayOff, Shift, UrgentRule
from nightlight.audit import log
from nightlight.work import clock

DEFAULT_MINUTES = 15
MOST_MINUTES = 120
AHEAD = timedelta(days=15)  # further ahead nothing is promised
ALWAYS = timedelta(days=7)  # a rota that covers a whole week from now on has no gap

Place = Shift.Place


class Duty(StrEnum):
    """How things stand with the people on duty."""

    ALWAYS = "always"
    ON = "on"
    OFF = "off"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Hours:
    """What may be promised now. `until` is when that changes, as the clock on the wall of the hotline shows it
    (without a zone, whose name is `zone`); None where it does not change within AHEAD."""

    duty: Duty
    until: datetime | None
    zone: str


class RotaRefused(ValueError):
    """What can't be in the rota; `field` names what is wrong, the message says why."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def rule() -> UrgentRule | None:
    """How the urgent path is set, None before a manager set it."""
    return UrgentRule.objects.select_related("by").order_by("-at", "-pk").first()


def minutes() -> timedelta:
    """How long an alarm may wait before the second person is told."""
    found = rule()
    return timedelta(minutes=found.minutes if found else DEFAULT_MINUTES)


def read(at: datetime | None = None) -> "Table":
    """The rota as it stands at `at`, by default now. Three questions to the database, and one for the clock."""
    now, setting = at or clock.now(), rule()
    shifts = tuple(shift for shift in Shift.objects.select_related("person") if _may(shift.person))
    return Table(now, setting, shifts, _days_off(now))


@dataclass(frozen=True, slots=True)
class Table:
    """The rota at one moment. `shifts` are those of people who may take alarms."""

    now: datetime
    setting: UrgentRule | None
    shifts: tuple[Shift, ...]
    days_off: frozenset[date]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its hours."""
        return ZoneInfo(self.setting.zone if self.setting else "UTC")

    def on_duty(self, place: Shift.Place) -> list[Person]:
        """Who is on duty in this place; each once."""
        found = {
            shift.person.pk: shift.person
            for shift in self.shifts
            if shift.place == place and any(begin <= self.now < end for begin, end in self._stretches(shift))
        }
        return list(found.values())

    def hours(self) -> Hours:
        """What may be said to the public."""
        zone = self.zone
        for begin, end in _merged(span for shift in self.shifts for span in self._stretches(shift)):
            if begin <= self.now < end:
                if end - self.now >= ALWAYS:
                    return Hours(Duty.ALWAYS, None, zone.key)
                return Hours(Duty.ON, _wall(end, zone), zone.key)
            if begin > self.now:
                return Hours(Duty.OFF, _wall(begin, zone), zone.key)
        return Hours(Duty.NONE, None, zone.key)

    def off_duty_at(self, person: Person) -> datetime | None:
        """When this person's duty of now ends, its places taken together; None while they have none."""
        spans = (
            span for shift in self.shifts if shift.person_id == person.pk for span in self._stretches(shift)
        )
        return next((end for begin, end in _merged(spans) if begin <= self.now < end), None)

    def _stretches(self, shift: Shift) -> Iterator[tuple[datetime, datetime]]:
        """When this shift begins and ends, from two days before now on."""
        zone, tz = self.zone, self.now.tzinfo
        day, last = (self.now - timedelta(days=2)).date(), (self.now + AHEAD).date()
        while day <= last:
            if day.weekday() == shift.weekday and day not in self.days_off:
                ends = day if shift.ends > shift.begins else day + timedelta(days=1)
                yield (
                    datetime.combine(day, shift.begins, zone).astimezone(tz),
                    datetime.combine(ends, shift.ends, zone).astimezone(tz),
                )
            day += timedelta(days=1)


def off_duty_at(person: Person) -> datetime | None:
    """When this person's duty of now ends; None while they have none. One question for whoever is not on the rota."""
    return read().off_duty_at(person) if Shift.objects.filter(person=person).exists() else None


def on_duty(place: Shift.Place, at: datetime | None = None) -> list[Person]:
    """Who is on duty in this place, by default now."""
    return read(at).on_duty(place)


def everyone() -> list[Person]:
    """Everybody who may take an alarm, on duty or not."""
    return [person for person in Person.objects.filter(is_active=True).order_by("email") if _may(person)]


def hours(at: datetime | None = None) -> Hours:
    """What may be said to the public about `at`, by default now."""
    return read(at).hours()


@transaction.atomic
def add(
    person: Person, place: Shift.Place, weekdays: Iterable[int], begins: time, ends: time, by: Person
) -> list[Shift]:
    """Puts a person on the rota, on each of these weekdays (0 is Monday). Raises RotaRefused for somebody who could
    not take an alarm, or no weekday."""
    days = sorted(set(weekdays))
    if not _may(person):
        raise RotaRefused("this person may not take alarms, or is switched off", "person")
    if not days or not set(days) <= set(range(7)):
        raise RotaRefused("choose at least one day of the week", "weekdays")
    made = [
        Shift.objects.create(
            person=person, place=place, weekday=day, begins=begins, ends=ends, by=by, at=clock.now()
        )
        for day in days
    ]
    log.record("accounts.add_shift", by=by, about=person, place=place, shifts=[row.pk for row in made])
    return made


@transaction.atomic
def drop(shift: Shift, by: Person) -> None:
    """Takes a shift out of the rota."""
    log.record("accounts.drop_shift", by=by, about=shift, person=shift.person_id)
    shift.delete()


@transaction.atomic
def add_day_off(day: date, by: Person) -> DayOff:
    """Names a date on which no shift begins. Named again, it stays as it is."""
    row, new = DayOff.objects.get_or_create(day=day, defaults={"by": by, "at": clock.now()})
    if new:
        log.record("accounts.add_day_off", by=by, about=row, day=day)
    return row


@transaction.atomic
def drop_day_off(row: DayOff, by: Person) -> None:
    """The rota holds on this date after all."""
    log.record("accounts.drop_day_off", by=by, about=row, day=row.day)
    row.delete()


@transaction.atomic
def set_rule(zone: str, minutes: int, police_number: str, police_name: str, by: Person) -> UrgentRule:
    """Sets the urgent path; it follows the setting before, which stays. From then on alarms are mailed too.

    Raises RotaRefused for a zone nobody knows, minutes out of 1 to MOST_MINUTES, or a missing number.
    """
    if zone not in available_timezones():
        raise RotaRefused("this time zone is not known", "zone")
    if not 1 <= minutes <= MOST_MINUTES:
        raise RotaRefused(f"from 1 to {MOST_MINUTES} minutes", "minutes")
    if not police_number.strip():
        raise RotaRefused("the number of the police stands first on every alarm", "police_number")
    row = UrgentRule.objects.create(
        zone=zone,
        minutes=minutes,
        police_number=police_number.strip(),
        police_name=police_name.strip(),
        by=by,
        at=clock.now(),
    )
    log.record("accounts.set_urgent_rule", by=by, about=row, minutes=minutes, zone=zone)
    return row


def _may(person: Person) -> bool:
    return person.may(Permission.ALARM_TAKE)


def _days_off(now: datetime) -> frozenset[date]:
    nearest, furthest = (now - timedelta(days=3)).date(), (now + AHEAD).date()
    return frozenset(DayOff.objects.filter(day__range=(nearest, furthest)).values_list("day", flat=True))


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same hours as stretches that neither touch nor overlap, in order."""
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
