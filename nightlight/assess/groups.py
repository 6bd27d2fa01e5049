"""Which cases may be decided together, and what would be decided about each: rules, no writing.

A rule is exact: it says yes only where nothing about the case is left to be seen, or where a person answers for each
case they ticked. What is only like something proposes, and is ticked by a person one by one.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.models import Person
from nightlight.assess import looks, next_case
from nightlight.assess.decision import Decision
from nightlight.assess.models import Claim, Together, TogetherCase
from nightlight.casebook import known, whole
from nightlight.casebook.models import TO_DO, Case, Hold, Media, Sighting
from nightlight.casebook.words import Outcome, ReportKind, Severity, State
from nightlight.work import clock

Rule = Together.Rule
MOST = 200  # cases decided together at once
# What may be said of a whole host without looking at each page.
OF_A_HOST = (Outcome.OUT_OF_REMIT, Outcome.NOT_ILLEGAL, Outcome.CANNOT_ASSESS)


@dataclass(frozen=True, slots=True)
class Part:
    """One case: what would be decided, or why nothing is."""

    case: Case
    decision: Decision | None
    why_not: str | Promise = ""


def parts(
    rule: Together.Rule, case_ids: Iterable[UUID], by: Person, said: Decision | None, anchor: Case | None
) -> list[Part]:
    """What a rule makes of these cases, in the order of the queue. `said` is the decision a person typed, where the
    rule doesn't give it; `anchor` the case from which they came, itself one of the cases."""
    cases = list(
        Case.objects.select_related("location", "report")
        .filter(pk__in=list(case_ids))
        .order_by("priority", "received_at", "pk")[:MOST]
    )
    facts = _Facts(cases, by)
    repeated = duplicates() if rule == Rule.DUPLICATE else {}
    judge: dict[str, Callable[[Case], Decision | str | Promise]] = {
        Rule.KNOWN_MEDIA: lambda case: _known(case, facts),
        Rule.DUPLICATE: lambda case: _duplicate(case, repeated),
        Rule.SAME_HOST: lambda case: _same_host(case, facts, said, anchor),
        Rule.SAME_MEDIA: lambda case: _same_media(case, facts, said, anchor),
        Rule.NEAR_MEDIA: lambda case: _near_media(case, facts, said, anchor),
    }
    found = []
    for case in cases:
        answer = facts.why_not(case) or judge[rule](case)
        found.append(Part(case, answer) if isinstance(answer, Decision) else Part(case, None, answer))
    return found


def all_parts(rule: Together.Rule, case_ids: Sequence[UUID], by: Person) -> list[Part]:
    """`parts` of any number of cases, for a rule that needs neither a decision nor a case to begin with; those that
    others have, or that are not to be decided, are left out."""
    found: list[Part] = []
    for first in range(0, len(case_ids), MOST):
        found += parts(rule, case_ids[first : first + MOST], by, None, None)
    return found[:MOST]


class _Facts:
    """What is known of these cases, read once."""

    def __init__(self, cases: Sequence[Case], by: Person) -> None:
        ids = [case.pk for case in cases]
        self.media = media_of(case.location_id for case in cases if case.location_id)
        self.not_whole = whole.not_whole([case.pk for case in cases if case.location_id])
        everything = {media.sha256 for found in self.media.values() for media in found}
        self.twice = looks.confirmed_twice(everything)
        self.grades: dict[str, set[tuple[str, str]]] = defaultdict(set)
        settled = known.confirming().filter(is_final=True, media__sha256__in=list(self.twice))
        for sha256, scheme, severity in settled.values_list("media__sha256", "scheme", "severity"):
            self.grades[sha256].add((scheme, severity))
        claims = Claim.objects.filter(case__in=ids, until__gt=clock.real_now()).exclude(by=by)
        self.taken = set(claims.values_list("case", flat=True))
        self.free = set(
            next_case.free_for(by, Case.objects.filter(pk__in=ids), or_mine=True).values_list("pk", flat=True)
        )
        holds = Hold.objects.filter(case__in=ids, lifted_at=None, until__gt=clock.now())
        self.held = set(holds.values_list("case", flat=True))
        waits = TogetherCase.objects.filter(case__in=ids, state=TogetherCase.State.WAITING)
        self.waits = set(waits.values_list("case", flat=True))

    def of(self, case: Case) -> set[str]:
        return {media.sha256 for media in self.media.get(case.location_id, ())}

    def why_not(self, case: Case) -> str | Promise:
        """Why a case can't be decided by this person now, whatever the rule."""
        if case.state not in (State.OPEN, State.SECOND_LOOK):
            return _("It is decided already.")
        if case.pk in self.held:
            return _("Police asked to hold it.")
        if case.pk in self.taken:
            return _("Somebody else has taken it.")
        if case.pk in self.waits:
            return _("It was decided together with others already.")
        if case.pk not in self.free:
            return _("You looked at it already, or two people disagree and a senior analyst settles it.")
        return ""


def media_of(location_ids: Iterable[UUID]) -> dict[UUID | None, list[Media]]:
    """The media seen at each of these addresses."""
    found: dict[UUID | None, list[Media]] = defaultdict(list)
    for sighting in Sighting.objects.select_related("media").filter(location__in=list(location_ids)):
        found[sighting.location_id].append(sighting.media)
    return found


def _known(case: Case, facts: _Facts) -> Decision | str | Promise:
    """Every medium of the page was confirmed by two people, byte for byte, always with the same category."""
    media = facts.of(case)
    if not media:
        return _("No medium was seen at its address.")
    if case.pk in facts.not_whole:
        return _("Its page was not read whole: a person must look.")
    if not media <= facts.twice:
        return _("It shows media that two people have not confirmed.")
    grades = set().union(*(facts.grades[sha256] for sha256 in media))
    if len(grades) != 1:
        return _("Its media were graded differently before: a person must grade it.")
    [(scheme, severity)] = grades
    return Decision(Outcome.CONFIRMED, Severity(severity), scheme=scheme, media=tuple(sorted(media)))


def _duplicate(case: Case, repeated: dict[UUID, UUID]) -> Decision | str | Promise:
    """A report without an address that names the very hashes of an earlier one that is still to be decided."""
    original = repeated.get(case.pk)
    if original is None:
        return _("No earlier case names exactly these hashes.")
    return Decision(Outcome.DUPLICATE, note=f"case {original}")


def duplicates() -> dict[UUID, UUID]:
    """Of what is to be decided without an address: each case that repeats the hashes of an earlier one, with that."""
    cases = (
        Case.objects.select_related("report")
        .filter(TO_DO, report__isnull=False)
        .exclude(report__hashes=[])
        .exclude(
            report__kind=ReportKind.OWN_IMAGE
        )  # nobody has seen what these stand for: they grade nothing
        .order_by("received_at", "pk")
    )
    first: dict[str, UUID] = {}
    found: dict[UUID, UUID] = {}
    for case in cases[:2000]:
        assert case.report is not None  # noqa: S101 - filtered
        key = json.dumps(sorted(json.dumps(each, sort_keys=True) for each in case.report.hashes))
        if key in first:
            found[case.pk] = first[key]
        else:
            first[key] = case.pk
    return found


def _same_host(
    case: Case, facts: _Facts, said: Decision | None, anchor: Case | None
) -> Decision | str | Promise:
    if said is None or anchor is None or anchor.location is None or case.location is None:
        return _("It is on no host.")
    if case.location.host_index != anchor.location.host_index:
        return _("It is on another host.")
    if said.outcome not in OF_A_HOST:
        return _("Of a whole host this can't be said without looking at each page.")
    if facts.of(case) & facts.twice:
        return _("It shows known media: a person must look.")
    return said


def _same_media(
    case: Case, facts: _Facts, said: Decision | None, anchor: Case | None
) -> Decision | str | Promise:
    if said is None or anchor is None:
        return _("There is no case to compare it with.")
    mine = facts.of(case)
    if not mine or mine != facts.of(anchor):
        return _("It does not show exactly the same media.")
    if case.pk in facts.not_whole and case.pk != anchor.pk:
        return _("Its page was not read whole: a person must look.")
    return said


def _near_media(
    case: Case, facts: _Facts, said: Decision | None, anchor: Case | None
) -> Decision | str | Promise:
    """A person ticked it. Only media that are byte for byte those they looked at count as confirmed or seen."""
    if said is None or anchor is None:
        return _("There is no case to compare it with.")
    if case.pk in facts.not_whole and case.pk != anchor.pk:
        return _("Its page was not read whole: a person must look.")
    mine = facts.of(case)
    return replace(
        said,
        media=tuple(sha256 for sha256 in said.media if sha256 in mine),
        seen=tuple(sha256 for sha256 in said.seen if sha256 in mine),
    )
