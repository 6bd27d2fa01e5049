"""The pages on which many cases are decided together: what fits, a preview of each, and the undoing."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.assess import groups, queue, together
from nightlight.assess import undo as undo_rule
from nightlight.assess.alike import alike
from nightlight.assess.case_page import media_of
from nightlight.assess.decision import Decision, NotAllowed, NotNow, Refused
from nightlight.assess.filters import Filters, cases
from nightlight.assess.forms import DecisionForm
from nightlight.assess.models import Together
from nightlight.assess.welfare import Rest
from nightlight.casebook.models import Case
from nightlight.net.address import defang

Rule = Together.Rule
BY_THEMSELVES = (Rule.KNOWN_MEDIA, Rule.DUPLICATE)  # rules that need no case to begin with
HEAD = 500  # cases of the queue that are tried against those rules
SHOWN = 20


@allow(Permission.CASE_ASSESS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What can be undone, and which cases at the head of the queue fit a rule by themselves."""
    reader = person(request)
    head = list(cases(Filters(), reader).values_list("pk", flat=True)[:HEAD])
    repeated = list(groups.duplicates())[: groups.MOST]
    fitting = []
    for rule, ids in ((Rule.KNOWN_MEDIA, head), (Rule.DUPLICATE, repeated)):
        found = [part.case.pk for part in groups.all_parts(rule, ids, reader) if part.decision]
        if found:
            fitting.append((rule, queue.rows(found, reader)))
    recent = Together.objects.select_related("by").prefetch_related("parts").order_by("-at")[:SHOWN]
    return render(
        request,
        "assess/together.html",
        {"fitting": fitting, "recent": [_told(row, request) for row in recent]},
    )


@allow(Permission.CASE_ASSESS)
@require_GET
def of_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The cases like one: which of them are ticked is this person's choice."""
    return _of_case(request, _case(case_id))


@allow(Permission.CASE_ASSESS)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Steps of one form: `look` shows what would become of each case, `final` keeps the decision for its time."""
    rule, ids = _rule(request), _ids(request)
    anchor = None if rule in BY_THEMSELVES else _case(_id(request.POST.get("anchor", "")))
    form, said = None, None
    reasons = request.POST.get("reasons", "").strip()
    if anchor is not None:
        form = DecisionForm(
            request.POST,
            media=[media.sha256 for media in media_of(anchor)],
            graded=anchor.location_id is not None,
        )
        if not form.is_valid():
            return _of_case(request, anchor, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        said = form.decision()
        ids.add(anchor.pk)
    try:
        if request.POST.get("step") == "final":
            kept = together.plan(rule, ids, person(request), reasons, said, anchor.pk if anchor else None)
            messages.success(
                request,
                _("%(n)d cases are decided together. It can be undone here until %(time)s UTC.")
                % {"n": kept.parts.count(), "time": f"{kept.leaves_at:%H:%M}"},
            )
            return redirect("desk-together")
    except Refused as refused:
        messages.error(request, refused.message)
    except Rest as rest:
        messages.error(request, str(rest))
    parts = together.judged(rule, ids, person(request), said, anchor)
    words = {
        "rule": rule,
        "anchor": anchor,
        "form": form,
        "ids": [part.case.pk for part in parts],
        "reasons": reasons,
        "minutes": int(undo_rule.window().total_seconds() // 60),
        "fits": sum(part.decision is not None for part in parts),
        "parts": [(part, _address(part.case), _in_words(part.decision)) for part in parts],
    }
    return render(request, "assess/together_look.html", words)


@allow(Permission.CASE_ASSESS)
@require_POST
def undo(request: HttpRequest, together_id: UUID) -> HttpResponse:
    """Takes a decision for many back while it can be."""
    try:
        together.undo(together_id, person(request))
        messages.success(request, _("Undone. The cases are in the queue as they were."))
    except Together.DoesNotExist:
        raise Http404 from None
    except (NotNow, NotAllowed) as refused:
        messages.error(request, str(refused))
    return redirect("desk-together")


def _of_case(
    request: HttpRequest, case: Case, form: DecisionForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    media = media_of(case)
    reader = person(request)
    words = {
        "case": case,
        "address": _address(case),
        "media": [(number, each.sha256) for number, each in enumerate(media, 1)],
        "form": form or DecisionForm(media=[each.sha256 for each in media]),
        "groups": [(rule, queue.rows(ids, reader)) for rule, ids in alike(case).items()],
        "chosen_rule": request.POST.get("rule", ""),
    }
    return render(request, "assess/together_case.html", words, status=status)


def _told(row: Together, request: HttpRequest) -> tuple[Together, dict[str, int], bool]:
    """A decision for many, how many of its parts are in which state, and whether the reader may still undo it."""
    states: dict[str, int] = {}
    for part in row.parts.all():
        states[str(part.get_state_display())] = states.get(str(part.get_state_display()), 0) + 1
    mine = row.by_id == person(request).pk or person(request).may(Permission.CASE_CORRECT)
    return row, states, mine and row.state == Together.State.WAITING


def _in_words(decision: Decision | None) -> str | Promise:
    if decision is None:
        return ""
    severity = f", {decision.severity.label} ({decision.scheme})" if decision.severity else ""
    return f"{decision.outcome.label}{severity}"


def _address(case: Case) -> str:
    return defang(case.location.url) if case.location else ""


def _rule(request: HttpRequest) -> Together.Rule:
    try:
        return Rule(request.POST.get("rule", ""))
    except ValueError:
        raise Http404 from None


def _ids(request: HttpRequest) -> set[UUID]:
    return {_id(text) for text in request.POST.getlist("cases")[: groups.MOST]}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _case(case_id: UUID) -> Case:
    found = Case.objects.select_related("location", "report").filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found
