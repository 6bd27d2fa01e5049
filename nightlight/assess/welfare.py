"""How a person stands with the limits of care, and what they may be shown and offered now.

Whoever reached the day's limit, is in the last hour of their shift, or has a break due, is offered what needs no sight.
The limits are the house's; nobody can press on through them, and nobody is asked why they opt out. What somebody has
begun they may finish.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import looks
from nightlight.assess.decision import NotNow
from nightlight.assess.models import Claim
from nightlight.assess.welfare_count import Tally, tally, today
from nightlight.assess.welfare_models import CareChoice, CareRule, Sight
from nightlight.casebook.models import Case, Sighting
from nightlight.work import clock

BACK = timedelta(hours=36)  # as far back as a day can reach
OVERTIME = timedelta(hours=4)  # after the end of a working day nothing new is shown either


class Why(StrEnum):
    """Why somebody is not shown a medium, or not given a case."""

    DAY = "day"
    BREAK = "break"
    LAST_HOUR = "last_hour"
    KIND = "kind"


class Rest(NotNow):
    """The limits of care say not now; `why` names which, the message says what is possible instead."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Standing:
    """One person now. `break_until` is set while a break is due; `late` says that the last hour of their shift runs."""

    rule: CareRule
    choice: CareChoice
    tally: Tally
    break_until: datetime | None
    late: bool
    zone: ZoneInfo

    @property
    def spent(self) -> bool:
        """Whether the day's limit is reached."""
        return self.tally.spent >= timedelta(minutes=self.rule.day_minutes)

    @property
    def free_only(self) -> bool:
        """Whether they are offered only what needs no sight."""
        return self.spent or self.late or self.break_until is not None

    @property
    def minutes(self) -> int:
        """Minutes with material today."""
        return round(self.tally.spent.total_seconds() / 60)

    @property
    def until_break(self) -> int:
        """Minutes with material until the next break is due."""
        return max(self.rule.run_minutes - round(self.tally.run.total_seconds() / 60), 0)


def rule() -> CareRule:
    """The limits that hold: the newest a manager set, else those of the house (unsaved)."""
    return CareRule.objects.order_by("-at", "-pk").first() or default_rule()


def default_rule() -> CareRule:
    """Four hours a day with a break each hour (domain.md 8.1), and nothing new in the last hour."""
    return CareRule(day_minutes=240, run_minutes=60, break_minutes=10, last_minutes=60, hold_seconds=10)


def choice(person: Person) -> CareChoice:
    """What this person chose; the defaults where they chose nothing (unsaved)."""
    return CareChoice.objects.filter(person=person).first() or CareChoice(person=person)


def zone() -> ZoneInfo:
    """The hotline's time zone, as its rota has it."""
    setting = rota.rule()
    return ZoneInfo(setting.zone if setting else "UTC")


def standing(person: Person) -> Standing:
    """How a person stands now."""
    now, holds, chosen = clock.real_now(), rule(), choice(person)
    seen = list(
        Sight.objects.filter(person=person, at__gt=now - BACK).order_by("at").values_list("at", flat=True)
    )
    here = zone()
    found, ends = _day(seen, now, holds, here)
    late = _late(person, chosen, timedelta(minutes=holds.last_minutes), here)
    return Standing(holds, chosen, found, ends, late, here)


def strained(people: Collection[Person]) -> set[UUID]:
    """Who of these people must not be asked now: they reached the day's limit, a break of theirs is due, or the last
    hour of their shift runs; for whoever picks somebody for an alarm."""
    now, holds, here = clock.real_now(), rule(), zone()
    rows = Sight.objects.filter(person__in=list(people), at__gt=now - BACK).order_by("at")
    seen: dict[UUID, list[datetime]] = {}
    for person, at in rows.values_list("person_id", "at"):
        seen.setdefault(person, []).append(at)
    days = {person: _day(at, now, holds, here) for person, at in seen.items()}
    most, last = timedelta(minutes=holds.day_minutes), timedelta(minutes=holds.last_minutes)
    found = {person for person, (day, rests) in days.items() if rests or day.spent >= most}
    choices = {each.person_id: each for each in CareChoice.objects.filter(person__in=list(people))}
    table = rota.read()
    for each in people:
        chosen = choices.get(each.pk) or CareChoice(person=each)
        if each.may(Permission.MEDIA_REVEAL) and _late(each, chosen, last, here, table):
            found.add(each.pk)
    return found


def require_sight(person: Person, case: Case, media_id: UUID) -> None:
    """Whether this person may be shown this medium now. Raises Rest."""
    now = standing(person)
    _require_kind(now, case)
    if now.spent:
        raise Rest(Why.DAY, _spent_words(now))
    if now.break_until:
        raise Rest(Why.BREAK, _break_words(now.break_until))
    if now.late and not Sight.objects.filter(person=person, media=media_id).exists():
        raise Rest(Why.LAST_HOUR, _late_words())


def require_offer(person: Person, case: Case) -> None:
    """Whether this person may take a case now. Raises Rest."""
    _require(person, case, Claim.objects.filter(until__gt=clock.real_now()))


def require_decision(person: Person, case: Case) -> None:
    """Whether this person may decide a case now; a claim of theirs that has run out counts too, so that no decision is
    lost to a slow hand. Raises Rest."""
    _require(person, case, Claim.objects.all())


def for_page(reader: Person) -> Standing | None:
    """How the reader of a page stands; None for whoever is never shown material."""
    return standing(reader) if reader.may(Permission.MEDIA_REVEAL) else None


def offered(cases: "QuerySet[Case]", person: Person, now: Standing) -> "QuerySet[Case]":
    """Those cases that this person is offered now, and those they have taken. All of them within the limits."""
    cases = of_kinds(cases, person, now)
    if now.free_only:
        cases = cases.filter(_mine(person) | ~Exists(_unproven(OuterRef("location"))))
    return cases


def of_kinds(cases: "QuerySet[Case]", person: Person, now: Standing) -> "QuerySet[Case]":
    """Those cases of which this person did not opt out, and those they have taken."""
    return cases.filter(_mine(person) | ~Q(kind__in=now.choice.kinds_off)) if now.choice.kinds_off else cases


def needs_sight(case: Case) -> bool:
    """Whether somebody must look: a medium stands at its address that two people have not confirmed yet."""
    return case.location_id is not None and _unproven(case.location_id).exists()


def saw(person: Person, case: Case, media_id: UUID) -> Sight:
    """Counts that a person is shown a medium; written right before it leaves."""
    return Sight.objects.create(person=person, case=case, media_id=media_id, at=clock.real_now())


def _mine(person: Person) -> Exists:
    return Exists(Claim.objects.filter(case=OuterRef("pk"), by=person, until__gt=clock.real_now()))


def _unproven(location: Any) -> "QuerySet[Sighting]":
    return Sighting.objects.filter(location=location).exclude(Exists(looks.proven(media=OuterRef("media"))))


def _require(person: Person, case: Case, claims: "QuerySet[Claim]") -> None:
    if claims.filter(case=case, by=person).exists():
        return
    now = standing(person)
    if not now.free_only and not now.choice.kinds_off:
        return
    if Sight.objects.filter(person=person, case=case).exists():
        return
    _require_kind(now, case)
    if not now.free_only or not needs_sight(case):
        return
    if now.spent:
        raise Rest(Why.DAY, _spent_words(now))
    if now.break_until:
        raise Rest(Why.BREAK, _break_words(now.break_until))
    raise Rest(Why.LAST_HOUR, _late_words())


def _day(
    seen: list[datetime], now: datetime, holds: CareRule, here: ZoneInfo
) -> tuple[Tally, datetime | None]:
    """Somebody's day so far, and until when a break of theirs is due, None if none is."""
    rest = timedelta(minutes=holds.break_minutes)
    found = tally(today(seen, now, here), rest)
    if found.last is None or found.last + rest <= now:
        return replace(
            found, run=timedelta()
        ), None  # the break was taken, though nothing was looked at since
    due = found.run >= timedelta(minutes=holds.run_minutes)
    return found, found.last + rest if due else None


def _require_kind(now: Standing, case: Case) -> None:
    if case.kind in now.choice.kinds_off:
        raise Rest(Why.KIND, _("You opted out of this kind. Somebody else takes it; nobody asks why."))


def _spent_words(now: Standing) -> str:
    return _(
        "That is enough for today: you were with material for %(minutes)d minutes. There is work that needs no"
        " sight in the queue, and tomorrow is another day."
    ) % {"minutes": now.minutes}


def _break_words(until: datetime) -> str:
    return _("A break is due. From %(time)s on it goes on; until then nothing is shown.") % {
        "time": f"{until.astimezone(zone()):%H:%M}"
    }


def _late_words() -> str:
    return _("The last hour of your shift is without new material. What needs no sight is in the queue.")


def _late(
    person: Person, chosen: CareChoice, last: timedelta, here: ZoneInfo, table: rota.Table | None = None
) -> bool:
    """Whether the end of the shift is nearer than `last`: by their own word, else by the rota."""
    if not last:
        return False
    if chosen.day_ends is None:
        ends = table.off_duty_at(person) if table else rota.off_duty_at(person)
        return ends is not None and ends - clock.now() <= last
    now = clock.now().astimezone(here)
    ends = now.replace(hour=chosen.day_ends.hour, minute=chosen.day_ends.minute, second=0, microsecond=0)
    return any(
        end - last <= now < end + OVERTIME
        for end in (ends - timedelta(days=1), ends, ends + timedelta(days=1))
    )
