"""The pages of message texts: which there are, and changing one, with a preview and all that is wrong with it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import texts
from nightlight.casebook.models import MessageText
from nightlight.casebook.texts import Text


class TextForm(forms.Form):
    """A text in other words."""

    words = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto", "spellcheck": "true"}),
        label=gettext_lazy("Words"),
        max_length=texts.MOST_TEXT,
        strip=True,
    )
    language = forms.CharField(
        max_length=16,
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Its code, such as de or pt-BR."),
    )
    countries = forms.CharField(
        required=False,
        max_length=400,
        label=gettext_lazy("For hosts in"),
        help_text=gettext_lazy("Two letters each, with commas, such as DE, AT. Empty: every other country."),
    )


@allow(Permission.TEXT_MANAGE)
@require_GET
def all_texts(request: HttpRequest) -> HttpResponse:
    """Every text, with where it is in other words."""
    live: dict[str, list[MessageText]] = {}
    for row in MessageText.objects.filter(ended_at=None).order_by("at"):
        live.setdefault(row.key, []).append(row)
    rows = [
        (text, live.get(text.key, []), any(texts.faults(text, row.words) for row in live.get(text.key, [])))
        for text in texts.all_texts()
    ]
    return render(request, "office/texts.html", {"rows": rows})


@allow(Permission.TEXT_MANAGE)
@require_http_methods(["GET", "POST"])
def one_text(request: HttpRequest, key: str) -> HttpResponse:
    """One text: posted with `look`, it is shown as it would leave; with `save`, it holds from now on."""
    text = _text(key)
    form = TextForm(
        request.POST if request.method == "POST" else None, initial={"words": text.built_in, "language": "en"}
    )
    shown = wrong = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        wrong = texts.faults(text, said["words"].replace("\r\n", "\n"))
        if not wrong and request.POST.get("step") == "save":
            try:
                countries = said["countries"].split(",")
                texts.save(
                    key, said["words"], language=said["language"], countries=countries, by=person(request)
                )
            except texts.TextRefused as refused:
                wrong = refused.faults
            else:
                messages.success(request, _("Saved. It holds from now on."))
                return redirect("text", key)
        shown = _shown(text, said["words"]) if not wrong else None
    words = {
        "text": text,
        "form": form,
        "shown": shown,
        "wrong": wrong,
        "must": sorted(text.must),
        "may": sorted(text.may),
        "live": MessageText.objects.filter(key=key, ended_at=None).select_related("by").order_by("at"),
    }
    return render(request, "office/text.html", words, status=422 if wrong or form.errors else 200)


@allow(Permission.TEXT_MANAGE)
@require_POST
def end_text(request: HttpRequest, text_id: UUID) -> HttpResponse:
    """Goes back to the words that held before."""
    row = get_object_or_404(MessageText, pk=text_id)
    texts.end(text_id, person(request))
    return redirect("text", row.key)


def _text(key: str) -> Text:
    try:
        return texts.text_of(key)
    except KeyError:
        raise Http404 from None


def _shown(text: Text, words: str) -> Any:
    words = words.replace("\r\n", "\n")
    return text.preview(text.key, words) if text.preview else words
