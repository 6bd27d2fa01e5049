"""What assess shows of the children and accounts of a Case.

A child whose series the media belong to stands out: known to police already, or new. Whoever looks second sees only
what was known before this case: what the first said here would tell of their decision. A child whose series the media
are only like is proposed, and nothing follows from it.
"""

from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.assess import panel
from nightlight.casebook import panels, series, series_near
from nightlight.casebook.models import Case, Media


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("people", 21, "assess/people.html", _context))


def _context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    reader = person(request)
    blind = panel.is_blind_to(reader, case)
    may_attach = reader.may(Permission.CASE_ASSESS) and not blind
    media: list[Media] = []
    if case.location_id and may_attach:
        media = list(
            Media.objects.filter(sightings__location=case.location_id).order_by("sightings__at", "pk")
        )
    leave_out = case if blind else None
    number_of = {medium.sha256: number for number, medium in enumerate(media, 1)}
    likely = series_near.perhaps(case, leave_out=leave_out)
    words = {
        "case": case,
        "blind": blind,
        "perhaps": [
            (each.child, len(each.media), sorted(number_of[sha256] for sha256 in each.media if number_of))
            for each in likely
        ],
        "children": series.children_of(case, leave_out=leave_out),
        "subjects": [] if blind else case.subjects.order_by("created_at"),
        "may_read": reader.may(Permission.SUBJECT_READ),
        "may_attach": may_attach,
        "numbered": list(enumerate((medium.sha256 for medium in media), 1)),
    }
    return words if any(words[name] for name in ("children", "subjects", "may_attach", "perhaps")) else None
