"""What a manager records of a member and the list of people's own pictures."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.sharing import own_images
from nightlight.sharing.models import Member


@allow(Permission.SHARING_MANAGE)
@require_POST
def agree(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Records that a member agreed that a person looks at every match, or no longer does."""
    get_object_or_404(Member, pk=member_id)
    own_images.agree(member_id, on=request.POST.get("on") == "on", by=person(request))
    messages.success(request, _("The agreement is recorded."))
    return redirect("members")
