"""Errors as answers: RFC 9457 problem documents for the API, one page design for people."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from nightlight.accounts.access import public
from nightlight.accounts.mandate import Closed
from nightlight.accounts.tokens import WrongScope
from nightlight.assess.welfare import Rest

MIME = "application/problem+json"
REST = "urn:nightlight:limit-of-care"  # the type of a refusal by the limits of care


def problem(status: int, title: str, **more: Any) -> HttpResponse:
    """A problem document (RFC 9457): `type`, `title`, `status` and what helps."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    return HttpResponse(json.dumps(body), status=status, content_type=MIME)


def attach(api: NinjaAPI) -> None:
    """Makes every error of the API a problem document. What the caller sent is never repeated back."""

    @api.exception_handler(HttpError)
    def named(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = [
            {"field": ".".join(str(part) for part in each["loc"][1:]) or "body", "problem": each["msg"]}
            for each in error.errors[:20]
        ]
        return problem(422, "Some fields can't be used", fields=fields)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        answer = problem(401, "A bearer token is needed that holds here")
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(WrongScope)
    def not_this(request: HttpRequest, error: WrongScope) -> HttpResponse:
        answer = problem(403, str(error))
        answer["WWW-Authenticate"] = (
            f'Bearer error="insufficient_scope", scope="{error.scope}"'  # RFC 6750, 3.1
        )
        return answer

    @api.exception_handler(Http404)
    def nowhere(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, HTTPStatus(404).phrase)

    @api.exception_handler(Rest)
    def not_today(request: HttpRequest, error: Rest) -> HttpResponse:
        return problem(409, str(error), type=REST, limit=error.why.value)

    @api.exception_handler(Closed)
    def closed(request: HttpRequest, error: Closed) -> HttpResponse:
        return problem(403, str(error))


class ApiProblems:
    """Middleware: what a library answers of itself under /api/, such as 405, becomes a problem document too, and no
    cache keeps what the API answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        foreign = response.get("Content-Type", "").startswith("text/html")
        if response.status_code < 400 or not foreign or not request.path.startswith("/api/"):
            return response
        answer = problem(response.status_code, HTTPStatus(response.status_code).phrase)
        for name in KEPT & set(response.headers):
            answer[name] = response[name]
        return answer


KEPT = {"Allow", "Cache-Control", "WWW-Authenticate", "Retry-After"}

TITLES = {
    400: lambda: _("We could not read that"),
    403: lambda: _("This page is not open to you"),
    404: lambda: _("There is nothing here"),
    413: lambda: _("That was too much at once"),
    500: lambda: _("Something went wrong on our side"),
}
ADVICE = {
    400: lambda: _("Please go back and try once more. What you already sent is safe."),
    403: lambda: _("If you think it should be, ask an administrator of this hotline."),
    404: lambda: _("The address may be mistyped, or the page has moved."),
    413: lambda: _("Please send less in one go."),
    500: lambda: _("Nothing you sent before is lost. Please try again in a few minutes."),
}


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(status, HTTPStatus(status).phrase)
    words = {"status": status, "heading": TITLES[status](), "advice": ADVICE[status]()}
    return render(request, "error.html", words, status=status)


@public
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 for what is longer than we read."""
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


@public
def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403, also for a form whose protection failed."""
    return _page(request, 403)


@public
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """500; the template context must not touch the database, which may be what failed."""
    if request.path.startswith("/api/"):
        return problem(500, HTTPStatus(500).phrase)
    from django.template.loader import render_to_string

    words = {"status": 500, "heading": TITLES[500](), "advice": ADVICE[500]()}
    return HttpResponse(render_to_string("error.html", words), status=500)
