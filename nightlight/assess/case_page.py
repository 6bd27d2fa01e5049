"""The case page: what it shows to whom, in three panes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nightlight.accounts.access import person
from nightlight.accounts.mandate import Switch, is_open
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import looks, queue, verbs, welfare
from nightlight.assess.decision import GoldenRule, NotAllowed, Told
from nightlight.assess.filters import Filters
from nightlight.assess.forms import CorrectionForm, DecisionForm
from nightlight.assess.models import Claim
from nightlight.assess.purposes import RevealPurpose
from nightlight.assess.reveal import SHOWN, VIDEOS
from nightlight.assess.seen_before import Before, seen_before
from nightlight.casebook import holds, panels, states
from nightlight.casebook.models import Case, Media, Sighting
from nightlight.casebook.words import State
from nightlight.net.address import defang
from nightlight.work import clock

# A video is played from the memory of the page that asked for it, and from nowhere else.
PLAYS = {"media-src": ["blob:"]}


@dataclass(frozen=True, slots=True)
class Seen:
    """A medium in the decision pane: its place in the list, whether two people confirmed it before, the earlier cases
    that show it or one like it, whether it can be shown and moves, and what is ticked."""

    number: int
    sighting: Sighting
    known: bool
    before: Sequence[Before]
    shown: bool
    is_video: bool
    confirmed: bool
    looked_at: bool


def media_of(case: Case) -> list[Media]:
    """The media at the address of a case, in the order they were first seen there."""
    return [sighting.media for sighting in _sightings(case)]


def case_page(
    request: HttpRequest,
    case: Case,
    *,
    form: DecisionForm | None = None,
    correction: CorrectionForm | None = None,
    reading_back: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Renders a case. `form` is a decision as typed so far; with `reading_back` it is shown as a question."""
    reader = person(request)
    sightings = _sightings(case)
    decision = form or DecisionForm(media=[sighting.media.sha256 for sighting in sightings])
    why_not = "" if reading_back else _why_not(case, reader)
    care = welfare.for_page(reader)
    queue_rows, _more = queue.page(Filters(), reader, care=care)
    words = {
        "case": case,
        "address": defang(case.location.url) if case.location else "",
        "why_waiting": states.WAITS.get(case.waiting_for, ""),
        "hold_until": holds.active_until(case),
        "panels": _rendered(request, case),
        "rows": queue_rows,
        "form": decision,
        "reading_back": reading_back,
        "why_not": why_not,
        "may_decide": reader.may(Permission.CASE_ASSESS) and not why_not,
        "claim": Claim.objects.select_related("by").filter(case=case, until__gt=clock.real_now()).first(),
        "seen": _seen(case, sightings, decision),
        "may_reveal": reader.may(Permission.MEDIA_REVEAL) and is_open(Switch.REVEAL),
        "purposes": RevealPurpose.choices,
        "care": care,
        "graded": _graded(decision, sightings) if reading_back else None,
        "correction": (correction or CorrectionForm(auto_id="correct_%s"))
        if _correctable(case, reader)
        else None,
    }
    plays = csp_update(PLAYS)(lambda asked: render(asked, "assess/case.html", words, status=status))
    return cast(HttpResponse, plays(request))


def _rendered(request: HttpRequest, case: Case) -> list[tuple[str, SafeString]]:
    """Every stage's panel that has something to say, as HTML."""
    shown = []
    for panel in panels.all_panels():
        words = panel.context(request, case)
        if words is not None:
            shown.append((panel.name, render_to_string(panel.template, words, request)))
    return shown


def _sightings(case: Case) -> list[Sighting]:
    if case.location_id is None:
        return []
    return list(
        Sighting.objects.select_related("media").filter(location=case.location_id).order_by("at", "pk")
    )


def _seen(case: Case, sightings: list[Sighting], form: DecisionForm) -> list[Seen]:
    before = seen_before(case, [sighting.media for sighting in sightings])
    known = looks.confirmed_twice(sighting.media.sha256 for sighting in sightings)
    ticked = {name: set(form[name].value() or []) for name in ("chosen", "seen")}
    return [
        Seen(
            number,
            sighting,
            sighting.media.sha256 in known,
            before.get(sighting.media_id, ()),
            sighting.media.mime in SHOWN,
            sighting.media.mime in VIDEOS,
            sighting.media.sha256 in ticked["chosen"],
            sighting.media.sha256 in ticked["seen"],
        )
        for number, sighting in enumerate(sightings, 1)
    ]


def _graded(form: DecisionForm, sightings: list[Sighting]) -> tuple[int, int]:
    """How many of how many media this decision is graded on."""
    return len({*form.cleaned_data["chosen"], *form.cleaned_data["seen"]}), len(sightings)


def _why_not(case: Case, reader: Person) -> str:
    """Why this person can't decide the case now, in words; empty if they can."""
    if holds.active_until(case):
        return _("Police asked to hold this case.")
    again = case.state == State.WAITING and case.waiting_for in verbs.LOOK_AGAIN
    if case.state not in verbs.UNDECIDED and not again:
        return _("This case is decided.")
    try:
        looks.may_look(case, reader)
    except Told:
        return _("You took an alarm about what a look found. The next look is another person's.")
    except GoldenRule:
        return _("You looked at this case already. The second look is another person's.")
    except NotAllowed:
        return _("Two people disagree. A senior analyst who has not looked yet settles it.")
    claim = Claim.objects.filter(case=case, until__gt=clock.real_now()).exclude(by=reader).first()
    return _("Someone else has taken this case.") if claim else ""


def _correctable(case: Case, reader: Person) -> bool:
    return case.state in verbs.CORRECTABLE and reader.may(Permission.CASE_CORRECT)
