"""The provider's page: what a notice is about, exactly, and the provider's answer. The link is the permission."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from nightlight.accounts.access import public
from nightlight.net.address import defang
from nightlight.takedown import answers, message, packing
from nightlight.takedown.forms import AnswerForm
from nightlight.takedown.laws import law_named
from nightlight.takedown.models import Answer, Notice, NoticeCase
from nightlight.takedown.verbs import NotNow
from nightlight.vault.tokens import open_link
from nightlight.work import clock
from nightlight.work.home import ring

OPEN_FOR = timedelta(
    days=90
)  # from the sending; a notice that is not closed stays open however long it takes


@public
@require_http_methods(["GET", "POST"])
def notice_page(request: HttpRequest, token: str) -> HttpResponse:
    """Shows a notice to whoever holds its link, and takes the answer. Wrong links all give the same 404."""
    notice = _notice(token)
    if _is_over(notice):
        return _unlisted(render(request, "takedown/notice_over.html", {"notice": notice}, status=410))
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            answers.answer(
                notice.pk, Answer.What(said["answer"]), note=said["note"], real_host=said["real_host"]
            )
            return _unlisted(redirect("notice", token=token))
        except NotNow as refused:
            form.add_error(None, str(refused))
    status = 422 if request.method == "POST" else 200
    return _unlisted(render(request, "takedown/notice.html", _words(notice, token, form), status=status))


@public
@require_GET
def notice_addresses(request: HttpRequest, token: str) -> HttpResponse:
    """The exact addresses as CSV, as in the mail."""
    notice = _notice(token)
    if _is_over(notice):
        return _unlisted(HttpResponse(status=410))
    table = message.table(notice.serial, packing.pages_of(_standing(notice)))
    answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{notice.serial}.csv"'
    return _unlisted(answer)


def _words(notice: Notice, token: str, form: AnswerForm) -> dict[str, Any]:
    pages = _standing(notice)
    return {
        "notice": notice,
        "token": token,
        "form": form,
        "pages": [(defang(page.url), page.first_seen) for page in packing.pages_of(pages)],
        "withdrawn": notice.pages.count() - len(pages),
        "opening": message.OPENING[notice.role],
        "reason": message.REASON,
        "law": law_named(notice.law),
        "good_faith": message.GOOD_FAITH,
        "given": notice.answers.order_by("at"),
    }


def _standing(notice: Notice) -> list[NoticeCase]:
    """The pages of a notice that were not withdrawn since."""
    pages = packing.in_notice(notice)
    withdrawn = NoticeCase.objects.filter(
        case__in=[page.case_id for page in pages],
        recipient_index=notice.recipient_index,
        step=Notice.Step.RETRACTION,
    )
    ids = set(withdrawn.values_list("case_id", flat=True))
    return [page for page in pages if page.case_id not in ids]


def _notice(token: str) -> Notice:
    named = open_link(ring(), "notice", token)
    notice = Notice.objects.filter(pk=named).first() if named else None
    if notice is None:
        raise Http404
    return notice


def _is_over(notice: Notice) -> bool:
    """Whether the link has run out: mails are passed on and kept, and the addresses must not lie open for ever."""
    return (
        notice.state == Notice.State.CLOSED and (notice.sent_at or notice.created_at) + OPEN_FOR < clock.now()
    )


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """Nobody else should find or keep the page."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "no-store"
    return answer
