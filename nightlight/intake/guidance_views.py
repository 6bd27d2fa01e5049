"""The pages for whoever is worried about a child: one to choose from, one for each matter, and all of them to print."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from nightlight.accounts.access import public
from nightlight.intake import guidance


@public
@require_GET
def parents(request: HttpRequest) -> HttpResponse:
    """The most important in short, and where each matter is told."""
    return render(request, "intake/parents.html", {"pages": guidance.pages()})


@public
@require_GET
def matter(request: HttpRequest, slug: str) -> HttpResponse:
    """One matter; 404 for a name that no page has."""
    found = guidance.page(slug)
    if found is None:
        raise Http404("no such page")
    return render(request, "intake/guidance.html", {"page": found, "pages": guidance.pages()})


@public
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """Everything on one page, for a school's wall."""
    return render(request, "intake/guidance_print.html", {"pages": guidance.pages()})
