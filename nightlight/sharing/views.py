"""The members page of the desk, and what a manager settles there about matching."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts import mandate
from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import known, practices
from nightlight.casebook.models import Case, Media, Practice
from nightlight.sharing import own_images, verbs
from nightlight.sharing.forms import AgreeForm, NeverMatchForm, PracticeForm
from nightlight.sharing.models import Entry, ListName, Member, Opinion

PAGE = 100


@allow(Permission.SHARING_MANAGE)
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """Who takes our lists, a page at a time by name, and what they dispute."""
    disputes = Count("opinions", filter=Q(opinions__opinion=Opinion.What.DISPUTE))
    after = request.GET.get("after", "").replace("\0", "")
    rows = Member.objects.filter(name__gt=after).annotate(disputes=disputes)
    page = list(rows.order_by("name")[: PAGE + 1])
    shown = [
        (row, AgreeForm(initial={"lists": row.lists}, prefix=str(row.pk), label_suffix=""))
        for row in page[:PAGE]
    ]
    words = {
        "members": shown,
        "own_agreed": own_images.all_agreed(),
        "next": shown[-1][0].name if len(page) > PAGE else None,
        "counts": [
            (ListName(name).label, Entry.objects.filter(list_name=name, state=Entry.State.LISTED).count())
            for name in ListName.values
        ]
        + [(_("Own pictures, unseen"), own_images.listed())],
        "practices": [
            (
                label,
                PracticeForm(
                    initial={"practice": name, "on": practices.is_on(Practice.Name(name))}, prefix=name
                ),
            )
            for name, label in Practice.Name.choices
        ],
        "never": known.all_never_matching()[:PAGE],
        "closed": not mandate.is_open(mandate.Switch.SHARE),
        "disputes": Opinion.objects.filter(opinion=Opinion.What.DISPUTE)
        .select_related("entry", "member")
        .order_by("-at")[:PAGE],
    }
    return render(request, "sharing/members.html", words)


@allow(Permission.SHARING_MANAGE)
@require_POST
def agree(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Settles which lists a member takes."""
    get_object_or_404(Member, pk=member_id)
    form = AgreeForm(request.POST, prefix=str(member_id))
    if form.is_valid():
        lists = [ListName(name) for name in form.cleaned_data["lists"]]
        verbs.agree(member_id, lists, by=person(request))
        messages.success(request, _("The agreement is recorded."))
    else:
        messages.error(request, _("Choose from the lists that are there."))
    return redirect("members")


@allow(Permission.SHARING_MANAGE)
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Switches on or off how the house matches."""
    for name in Practice.Name.values:
        form = PracticeForm(request.POST, prefix=name)
        if form.is_valid():
            practice = Practice.Name(form.cleaned_data["practice"])
            practices.switch(practice, on=form.cleaned_data["on"], by=person(request))
            messages.success(request, _("Saved."))
    return redirect("members")


@allow(Permission.SHARING_MANAGE)
@require_POST
def never_match(request: HttpRequest, media_id: UUID) -> HttpResponse:
    """Marks one media as matching nothing, or takes that back."""
    get_object_or_404(Media, pk=media_id)
    form = NeverMatchForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        verbs.never_match(media_id, on=said["on"], reason=said["reason"], by=person(request))
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Say why it is to match nothing."))
    case_id = form.cleaned_data.get("case")
    if case_id and Case.objects.filter(pk=case_id).exists():
        return redirect("desk-case", case_id)
    return redirect("members")
