"""The children of a referral: who is new stands out, and who is known already is not referred as new."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import series
from nightlight.casebook.models import Child
from nightlight.referral.models import Referral


class Standing(TextChoices):
    """What a child is to the authority."""

    NEW = "new", _("New: not known to police and not given before")
    GIVEN_BEFORE = "given_before", _("Given before: not new")
    KNOWN = "known", _("Known already: not new")


def rows(children: Iterable[series.Seen], referral: Referral) -> list[dict[str, Any]]:
    """Each of these children with their standing, the earlier referrals that told of them, and their media here."""
    found = []
    for seen in children:
        earlier = given_before(seen.child, referral)
        stands = standing(seen, earlier)
        found.append(
            {
                "label": seen.child.label,
                "status": seen.child.status,
                "standing": stands,
                "given_before": earlier,
                "media": list(seen.media),
            }
        )
    return found


def standing(seen: series.Seen, earlier: list[str]) -> Standing:
    """What a child is to an authority that was given these referrals before."""
    if seen.known:
        return Standing.KNOWN
    return Standing.GIVEN_BEFORE if earlier else Standing.NEW


def given_before(child: Child, referral: Referral) -> list[str]:
    """The numbers of the referrals by which the same authority fetched other cases of a child."""
    of_child = Q(case__children=child) | Q(case__location__sightings__media__ties__child=child)
    fetched = Referral.objects.filter(
        of_child, to=referral.to, state__in=[Referral.State.FETCHED, Referral.State.ACKNOWLEDGED]
    )
    return sorted(set(fetched.exclude(case=referral.case).values_list("number", flat=True)))
