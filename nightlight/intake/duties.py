"""What somebody who leaves has open here: requests to read a contact, which are closed unread."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import duties
from nightlight.accounts.duties import Duty
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.intake import contact
from nightlight.intake.models import ContactRequest


def register() -> None:
    """Called once, when Django starts."""
    label = gettext_lazy("Requests to read a reporter's contact")
    duties.register(
        Duty("contact_requests", label, Permission.REPORTER_READ, _asked, give_back=contact.close_of)
    )


def _asked(person: Person) -> Iterator[tuple[UUID, str]]:
    rows = ContactRequest.objects.filter(asked_by=person, state__in=contact.OPEN)
    for row in rows.values_list("pk", flat=True):
        yield row, _("A request to read a contact")
