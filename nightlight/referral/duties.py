"""What a police liaison or manager who leaves has open: the holds they placed, whose end somebody must see to."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import duties
from nightlight.accounts.duties import Duty
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.casebook.models import Hold
from nightlight.work import clock


def register() -> None:
    """Called once, when Django starts."""
    label = gettext_lazy("Police holds they placed")
    duties.register(Duty("holds", label, Permission.CASE_HOLD, _active, where="/desk/holds/"))


def _active(person: Person) -> Iterator[tuple[UUID, str]]:
    held = Hold.objects.filter(by=person, lifted_at=None, until__gt=clock.now()).order_by("until")
    for hold in held:
        yield hold.pk, _("Police hold until %(day)s") % {"day": date_format(hold.until, "j M Y")}
