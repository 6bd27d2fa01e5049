"""The inspector's page: what the rules list of some days, and the note that closes an item."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts import review
from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.audit import verbs
from nightlight.audit.models import Entry
from nightlight.work import clock

DAYS = 7


class NoteForm(forms.Form):
    """What was found; `rule` and `first` say on which list of which week."""

    rule = forms.CharField(max_length=40)
    first = forms.DateField()
    note = forms.CharField(max_length=500, label=gettext_lazy("What you found"))


@allow(Permission.AUDIT_REVIEW)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The lists of a week, the present one if none is named: what waits first, then what was reviewed."""
    first = _day(request.GET.get("first", "")) or clock.now().date() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time(), UTC)
    lists = review.lists(since, since + timedelta(days=DAYS))
    items = [item for each in lists for item in (*each.open, *each.done)]
    seen = [entry for item in items for entry in (item.entry, item.review) if entry]
    names = verbs.names(seen)
    purposes = {entry.pk: verbs.purpose_of(entry) for entry in seen}
    words = {
        "lists": lists,
        "names": names,
        "purposes": purposes,
        "first": first,
        "last": first + timedelta(days=DAYS - 1),
        "earlier": first - timedelta(days=DAYS),
        "later": first + timedelta(days=DAYS) if first + timedelta(days=DAYS) <= clock.now().date() else None,
        "may_mark": review.may_mark(person(request)),
    }
    return render(request, "accounts/review.html", words)


@allow(Permission.AUDIT_REVIEW)
@require_POST
def mark(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Closes an item with a note."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down what you found."))
        return redirect("review")
    said = form.cleaned_data
    try:
        review.mark(entry_id, said["rule"], by=person(request), note=said["note"])
    except Entry.DoesNotExist:
        raise Http404 from None
    except review.NotReviewed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Reviewed."))
    return redirect(f"{reverse('review')}?first={said['first'].isoformat()}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
