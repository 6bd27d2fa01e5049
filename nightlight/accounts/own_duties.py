"""The duties that the accounts room knows itself: who is named as safeguarding lead in the mandate that holds."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import duties, mandate
from nightlight.accounts.duties import Duty
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission


def register() -> None:
    """Called once, when Django starts."""
    duties.register(
        Duty(
            "safeguarding",
            gettext_lazy("Safeguarding lead of the mandate"),
            Permission.MANDATE_RECORD,
            _named_in_the_mandate,
            where="/desk/mandate/",
        )
    )


def _named_in_the_mandate(person: Person) -> Iterator[tuple[UUID, str]]:
    holds = mandate.current()
    if holds and mandate.names_as_lead(person, holds):
        yield holds.pk, _("The mandate names them as safeguarding lead: record one that names somebody else")
