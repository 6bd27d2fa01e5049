"""What an analyst who leaves has open at the desk: the cases they took, which go back to the queue."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import duties
from nightlight.accounts.duties import Duty
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess.models import Claim


def register() -> None:
    """Called once, when Django starts."""
    label = gettext_lazy("Cases taken")
    duties.register(Duty("claims", label, Permission.CASE_ASSESS, _taken, give_back=_give_back))


def _taken(person: Person) -> Iterator[tuple[UUID, str]]:
    for case in Claim.objects.filter(by=person).values_list("case_id", flat=True):
        yield case, _("A case they took")


def _give_back(person: Person) -> int:
    return Claim.objects.filter(by=person).delete()[0]
