"""What a manager needs to know of the hotline now: what came and went, how the queues stand, which clocks run out.

Never a person: nothing here is counted by who did it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, Min, Q, Sum

from nightlight.casebook import tally
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.stats import own
from nightlight.stats.cells import day_of
from nightlight.stats.ledger_models import Change
from nightlight.takedown.models import Notice
from nightlight.triage.alarm_models import Alarm
from nightlight.work.models import Work

PAGE = 25
SOON = timedelta(hours=24)  # a notice's deadline within this time is about to be missed
HOLDS_SOON = timedelta(days=7)
LONG = timedelta(hours=24)  # a second look that has waited longer is late
RUNNING = (State.NOTICED, State.HANDED_OVER)
AGED = (State.OPEN, State.SECOND_LOOK, State.WAITING)
COUNTED = ("reports", "decided", "confirmed", "notices", "gone")
_LEDGER = {"reports": "reports", "decided": "decided", "own": "confirmed"}


@dataclass(frozen=True, slots=True)
class Flow:
    """What came and went in a period; the fields of COUNTED."""

    reports: int
    decided: int
    confirmed: int
    notices: int
    gone: int


@dataclass(frozen=True, slots=True)
class Queue:
    """How many cases are in a state, and since when the one that has been there longest, where that matters."""

    state: State
    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many notices need somebody, and how much work died."""

    queued: int
    in_doubt: int
    bounced: int
    dead_work: int


def flows(now: datetime) -> dict[str, Flow]:
    """`today`, `week` (from Monday on) and `last_week` (the same part of it)."""
    today = day_of(now)
    monday = today - timedelta(days=today.weekday())
    week = timedelta(days=7)
    spans = {"today": (today, today), "week": (monday, today), "last_week": (monday - week, today - week)}
    counts = _by_day(monday - week)
    return {name: _flow(counts, *span) for name, span in spans.items()}


def queues() -> list[Queue]:
    """Every state with how many cases are in it."""
    counts = tally.by_state()
    oldest = {
        state: Case.objects.filter(state=state).aggregate(oldest=Min("changed_at"))["oldest"]
        for state in AGED
    }
    return [Queue(state, counts.get(state, 0), oldest.get(state)) for state in State]


def deadlines(now: datetime, page: int) -> tuple[Sequence[Case], bool]:
    """A page of the cases whose notice runs into its next deadline soon, the first first; whether there are more."""
    found = Case.objects.filter(state__in=RUNNING, clock_at__isnull=False, clock_at__lte=now + SOON)
    rows = list(found.order_by("clock_at", "id")[(page - 1) * PAGE : page * PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


def late_second_looks(now: datetime) -> int:
    """How many second looks have waited longer than a day."""
    return Case.objects.filter(state=State.SECOND_LOOK, changed_at__lt=now - LONG).count()


def holds_ending(now: datetime) -> Sequence[Hold]:
    """The holds that end within a week, the first first."""
    found = Hold.objects.filter(lifted_at=None, until__gt=now, until__lte=now + HOLDS_SOON)
    return list(found.select_related("case").order_by("until")[:PAGE])


def alarms() -> Sequence[Alarm]:
    """The alarms that nobody has taken, the one to be answered first at the head."""
    return list(Alarm.objects.filter(state=Alarm.State.WAITING).order_by("answer_by")[:PAGE])


def stuck() -> Stuck:
    """What does not go on by itself."""
    states = Notice.State
    found = Notice.objects.aggregate(
        queued=Count("pk", filter=Q(state=states.QUEUED) & ~Q(why_not="")),
        in_doubt=Count("pk", filter=Q(state=states.IN_DOUBT)),
        bounced=Count("pk", filter=Q(state=states.BOUNCED)),
    )
    return Stuck(**found, dead_work=Work.objects.filter(state=Work.State.DEAD).count())


def _by_day(since: date) -> Counter[tuple[str, date]]:
    """How many of each of COUNTED on each day; the first three as the published tables count them."""
    own.count_marked()
    found: Counter[tuple[str, date]] = Counter()
    rows = Change.objects.filter(table__in=_LEDGER, counted_on__gte=since).order_by()
    for table, day, n in rows.values_list("table", "counted_on").annotate(total=Sum("n")):
        found[_LEDGER[table], day] += int(n)
    start = datetime(since.year, since.month, since.day, tzinfo=UTC)
    moments = {
        "notices": Notice.objects.filter(sent_at__gte=start).values_list("sent_at", flat=True),
        "gone": Case.objects.filter(gone_at__gte=start).values_list("gone_at", flat=True),
    }
    for name, times in moments.items():
        for at in times.iterator():
            if at:
                found[name, day_of(at)] += 1
    return found


def _flow(counts: Counter[tuple[str, date]], first: date, last: date) -> Flow:
    sums = dict.fromkeys(COUNTED, 0)
    for (name, day), n in counts.items():
        if first <= day <= last:
            sums[name] += n
    return Flow(**sums)
