"""What police or child protection told of a child."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Child


@transaction.atomic
def record_status(child_id: UUID, status: Child.Status, by: Person) -> Child:
    """Records what is known of a child. Raises PermissionDenied, Child.DoesNotExist."""
    if not by.may(Permission.OUTCOME_RECORD):
        raise PermissionDenied(Permission.OUTCOME_RECORD)
    child = Child.objects.select_for_update().get(pk=child_id)
    child.status = status
    child.save(update_fields=["status"])
    log.record("assess.child_status", by=by, about=child, status=status)
    return child
