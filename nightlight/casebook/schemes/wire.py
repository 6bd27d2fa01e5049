"""A decision as other systems take it: NCMEC's class and annotations of a file, and the numbers of ICCAM.

Everything comes from what the decision recorded, by `maps.toml`, with its source. Where a fact that is needed was not
recorded nothing is made, and the line says so by name: `not mapped: puberty not recorded`. A box that was not ticked is
no fact, so no annotation and no number follows from it. A decision is of a page, and its youngest child and its most
severe category may be in different files: so a file has a class only where it is the one that was confirmed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.casebook.models import Assessment, SchemeGrade
from nightlight.casebook.schemes import maps, shipped
from nightlight.casebook.schemes.scheme import Wire
from nightlight.casebook.words import Outcome

NCMEC, INHOPE = "NCMEC", "INHOPE"
CALLED = {NCMEC: "industryClassification", INHOPE: "classification"}
NOT_ILLEGAL = 4  # ICCAM's "Ignore / not illegal" (domain.md 2.2)
REPORTED, SUPPLEMENTAL = "Reported", "Supplemental Reported"  # fileRelevance of NCMEC's XSD
OF_A_PAGE = gettext_lazy("not mapped: the grade is of the page, and %(n)d files were confirmed under it")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of another system. `value` is None where nothing follows; `because` says why, and `source` where that
    is written."""

    to: str
    called: str
    value: Wire
    because: str
    source: str = ""


def lines(look: Assessment) -> list[Line]:
    """Every field that NCMEC and ICCAM have for a decision; empty for one that settles nothing they take. The look's
    grades should be prefetched."""
    if look.outcome == Outcome.NOT_ILLEGAL:
        scheme = shipped.scheme(INHOPE)
        return [Line(INHOPE, CALLED[INHOPE], NOT_ILLEGAL, _("recorded"), scheme.source)]
    if look.outcome != Outcome.CONFIRMED:
        return []
    return [_class(look, NCMEC), *_flags(look), _class(look, INHOPE), *_facts(look), *_fields(look)]


def of_file(look: Assessment | None, sha256: str, confirmed: set[str]) -> dict[str, Any]:
    """A file as NCMEC's `fileDetails` has it, under the decision that stands. `confirmed` are the files that it
    confirmed as material, by SHA-256: they are `Reported`, and no other has a class or annotations."""
    if look is None or look.outcome != Outcome.CONFIRMED or sha256 not in confirmed:
        return {"fileRelevance": SUPPLEMENTAL}
    if len(confirmed) > 1:
        return {"fileRelevance": REPORTED, CALLED[NCMEC]: None, "because": OF_A_PAGE % {"n": len(confirmed)}}
    found = _class(look, NCMEC)
    return {
        "fileRelevance": REPORTED,
        CALLED[NCMEC]: found.value,
        "because": found.because,
        "fileAnnotations": [line.called for line in _flags(look)],
    }


def _class(look: Assessment, to: str) -> Line:
    """The class in a scheme: as it was recorded, else as it follows from a grade in another."""
    scheme, why = shipped.scheme(to), ""
    for key, value in _grades(look):
        if key == to:
            grade = scheme.grade(value)
            return Line(to, CALLED[to], grade.wire, _recorded_as(scheme.printed(value)), scheme.source)
        try:
            made = maps.mapped(key, value, to)
        except maps.NotMade as gap:
            why = why or (_missing(gap.missing) if gap.missing else str(gap))
        else:
            return Line(to, CALLED[to], scheme.grade(made.becomes).wire, made.because, made.source)
    return Line(to, CALLED[to], None, why or _missing(_("a grade")))


def _grades(look: Assessment) -> list[tuple[str, str]]:
    """Scheme and value of each grade, those that were given in a further scheme first: they need no table."""
    given = [(row.scheme, row.value) for row in look.grades.all()]
    return [*given, (shipped.UK, look.severity)] if look.severity else given


def _flags(look: Assessment) -> Iterator[Line]:
    """The annotations that follow, each a flag that is set or absent."""
    facts = _recorded(look)
    for row in maps.flags():
        if facts.get(row.field) == row.value:
            yield Line(row.to, row.called, "true", _recorded_as(f"{row.field} {row.value}"), row.source)


def _facts(look: Assessment) -> Iterator[Line]:
    """What INHOPE records beside the grade."""
    scheme = shipped.scheme(INHOPE)
    said = _facts_of(look, INHOPE)
    for fact in scheme.facts:
        called = maps.FACTS[fact.name]
        if answer := said.get(fact.name):
            wire = scheme.answer(fact.name, answer).wire
            yield Line(INHOPE, called, wire, _recorded_as(fact.label), scheme.source)
        else:
            yield Line(INHOPE, called, None, _missing(fact.label))


def _fields(look: Assessment) -> Iterator[Line]:
    """The contract's own fields, by ICCAM's numbers."""
    facts = _recorded(look)
    for row in maps.fields():
        said = facts.get(row.field, "")
        if not said:
            yield Line(row.to, row.called, None, _missing(row.field))
        elif said in row.values:
            yield Line(row.to, row.called, row.values[said], _recorded_as(f"{row.field} {said}"), row.source)
        else:
            none = _("not mapped: there is no number for %(said)s") % {"said": f"{row.field} {said}"}
            yield Line(row.to, row.called, None, none)


def _recorded_as(what: str) -> str:
    return _("recorded: %(what)s") % {"what": what}


def _missing(what: str) -> str:
    return _("not mapped: %(what)s not recorded") % {"what": what}


def _recorded(look: Assessment) -> dict[str, str]:
    """The facts of a decision by name; of a box only that it was ticked."""
    ticked = ("self_generated", "live_stream", "ai_generated", "commercial")
    said = {"severity": look.severity, "sex": look.sex, "site_type": look.site_type}
    return {**said, **{name: "yes" for name in ticked if getattr(look, name)}, **_facts_of(look, INHOPE)}


def _facts_of(look: Assessment, scheme: str) -> dict[str, str]:
    found: list[SchemeGrade] = [row for row in look.grades.all() if row.scheme == scheme]
    return dict(found[0].facts) if found else {}
