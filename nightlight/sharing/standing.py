"""Whether an entry may be on its list now: read from the case, its assessments and its holds, never remembered.

A hash is listed while two different people have confirmed its media in cases that stand, and no manager marked the
media as one that is to match nothing. An address is listed
while its case is confirmed and its page is not gone. A police hold or an appeal's interim delisting comes first.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from nightlight.casebook import known
from nightlight.casebook.models import Assessment, Case, Hold, Media
from nightlight.casebook.words import Outcome, State
from nightlight.sharing.models import Delisting, Entry, Reason
from nightlight.work import clock

PEOPLE_NEEDED = 2  # one person alone lists nothing
_URL_STATES = (State.CONFIRMED, State.NOTICED, State.WAITING, State.HANDED_OVER)
_LABELS = ("scheme", "severity", "age", "sex", "made_by", "site_type")
_FLAGS = ("self_generated", "live_stream", "ai_generated", "commercial")


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an entry is to be listed, with which labels, or why not."""

    listed: bool
    labels: dict[str, Any]
    reason: Reason | None = None


def of(entry: Entry) -> Standing | None:
    """What holds for an entry now; None where a person is deciding, so that it stays as it is."""
    return _of_media(entry.media) if entry.media else _of_case(entry.case)


def _of_case(case: Case) -> Standing | None:
    if case.confirmed_at is None or case.state == State.DISMISSED:
        return _off(Reason.CORRECTED)
    if case.state == State.ON_HOLD or _held().filter(case=case).exists():
        return _off(Reason.HOLD)
    if Delisting.objects.filter(case=case, active=True).exists():
        return _off(Reason.APPEAL)
    if case.state == State.GONE:
        return _off(Reason.GONE)
    if case.state not in _URL_STATES or case.waiting_for == "returned":
        return None
    return _on(Assessment.objects.filter(case=case))


def _of_media(media: Media) -> Standing | None:
    if known.never_matching([media.pk]):
        return _off(Reason.NEVER_MATCH)
    standing = confirming(media)
    free = (
        standing.exclude(case__state=State.ON_HOLD)
        .exclude(case__in=_held().values("case"))
        .exclude(case__in=Delisting.objects.filter(active=True).values("case"))
    )
    if _people(free) >= PEOPLE_NEEDED:
        return _on(Assessment.objects.filter(case__in=free.values("case")))
    if _people(standing) < PEOPLE_NEEDED:
        return _off(Reason.CORRECTED)
    held = standing.filter(Q(case__state=State.ON_HOLD) | Q(case__in=_held().values("case")))
    return _off(Reason.HOLD if held.exists() else Reason.APPEAL)


def confirming(media: Media) -> QuerySet[Assessment]:
    """The looks that confirmed a media and were not undone since, in cases that stand."""
    return known.confirming().filter(media=media)


def _people(looks: QuerySet[Assessment]) -> int:
    return looks.values("by").distinct().count()


def _held() -> QuerySet[Hold]:
    return Hold.objects.filter(lifted_at=None, until__gt=clock.now())


def _off(reason: Reason) -> Standing:
    return Standing(listed=False, labels={}, reason=reason)


def _on(assessments: QuerySet[Assessment]) -> Standing | None:
    """Listed, with the grades of the newest settled decision; left as it is where there is none yet."""
    final = assessments.filter(is_final=True, outcome=Outcome.CONFIRMED).order_by("-at", "-pk").first()
    if final is None:
        return None
    labels = {name: getattr(final, name) for name in _LABELS if getattr(final, name)}
    if not final.severity:
        labels.pop("scheme", None)  # it names whose letter the severity is
    labels |= {grade.scheme: grade.value for grade in final.grades.order_by("scheme")}
    return Standing(listed=True, labels={**labels, **{name: True for name in _FLAGS if getattr(final, name)}})
