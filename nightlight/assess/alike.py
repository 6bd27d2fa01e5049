"""The other cases that are to be decided and show the same media as one, nearly the same, or are on its host."""

from collections.abc import Collection
from uuid import UUID

from nightlight.assess import groups
from nightlight.assess.models import Together
from nightlight.casebook.fingerprints import is_distinct
from nightlight.casebook.models import TO_DO, Case, Media, Sighting

Rule = Together.Rule
RADIUS = 31
MOST_COMPARED = 50_000  # media of the newest sightings at cases that are to be decided


def alike(case: Case) -> dict[Together.Rule, list[UUID]]:
    """Of each rule the other cases that it may fit, at most groups.MOST; a case stands under the strictest only."""
    if case.location is None:
        return {}
    others = Case.objects.filter(TO_DO).exclude(pk=case.pk)
    media = groups.media_of([case.location_id])[case.location_id] if case.location_id else []
    found = {
        Rule.SAME_MEDIA: _same(case, media),
        Rule.NEAR_MEDIA: _near(case, media),
        Rule.SAME_HOST: list(
            others.filter(location__host_index=case.location.host_index)
            .order_by("received_at", "pk")
            .values_list("pk", flat=True)[: groups.MOST]
        ),
    }
    told: set[UUID] = set()
    for rule, ids in found.items():
        found[rule] = [pk for pk in ids if pk not in told][: groups.MOST]
        if rule != Rule.SAME_HOST:
            told |= set(found[rule])
    return {rule: ids for rule, ids in found.items() if ids}


def _same(case: Case, media: Collection[Media]) -> list[UUID]:
    """Those that show exactly these media."""
    if not media:
        return []
    mine = {each.pk for each in media}
    sharing = (
        Case.objects.filter(TO_DO, location__sightings__media=min(mine))
        .exclude(pk=case.pk)
        .values_list("pk", "location")[: groups.MOST * 5]
    )
    where = {location: pk for pk, location in sharing if location}
    shown = groups.media_of(where)
    return sorted(pk for location, pk in where.items() if {each.pk for each in shown[location]} == mine)


def _near(case: Case, media: Collection[Media]) -> list[UUID]:
    """Those all of whose media are within RADIUS bits of these, or the same."""
    distinct = [each for each in media if is_distinct(each)]
    if not distinct:
        return []
    from nightlight.fingerprint import brute, codes

    rows = list(
        Sighting.objects.filter(location__case__in=Case.objects.filter(TO_DO).exclude(pk=case.pk))
        .order_by("-at")
        .values_list("location__case", "media", "media__pdq", "media__quality")[:MOST_COMPARED]
    )
    hashed = [row for row in rows if is_distinct(Media(pdq=row[2], quality=row[3]))]
    if not hashed:
        return []
    near = brute.search(
        codes.from_hex([row[2] for row in hashed]), codes.from_hex([each.pdq for each in distinct]), RADIUS
    )
    fits = {hashed[int(place)][1] for place in near.row} | {each.pk for each in media}
    candidates = {hashed[int(place)][0] for place in near.row}
    shown: dict[UUID, set[UUID]] = {}
    for case_id, media_id, _pdq, _quality in rows:
        if case_id in candidates:
            shown.setdefault(case_id, set()).add(media_id)
    return sorted(case_id for case_id, ids in shown.items() if ids <= fits)
