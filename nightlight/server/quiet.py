"""What the public door gives away to whoever watches the wire or is asked next: as little as a page can.

Pages and the API's answers to reporters are filled up to whole BUCKETs after they are rendered, so that the size of
an answer tells neither a receipt's state nor which text it shows; nothing in front may compress them (docs/onion.md).
No page names itself to another site; one with a form of its own names itself to us alone, because browsers without
Fetch Metadata send "Origin: null" under no-referrer, which is refused. Where there is an onion service, pages say so.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

BUCKET = 4096  # bytes of a page
ANSWER = 1024  # bytes of an answer of the API
# Larger where a receipt is shown: known or not, taken back, with questions or without, all are one bucket.
RECEIPT, RECEIPT_ANSWER = 16_384, 8192
RECEIPTS, RECEIPT_ANSWERS = "/receipt/", "/api/v1/receipts"
NOT_PUBLIC = ("/desk/", "/static/", "/api/")
ANSWERS = ("/api/v1/reports", "/api/v1/receipts", "/api/v1/challenge")
FORM = b'method="post"'


class Quiet:
    """Middleware; stands outside all that may answer a reporter."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse):
            return response
        kind = response.get("Content-Type", "")
        if request.path.startswith(ANSWERS) and "json" in kind:
            fill(response, RECEIPT_ANSWER if request.path.startswith(RECEIPT_ANSWERS) else ANSWER)
        elif kind.startswith("text/html") and not request.path.startswith(NOT_PUBLIC):
            if FORM not in response.content:
                response["Referrer-Policy"] = "no-referrer"
            if onion := _onion(request):
                response["Onion-Location"] = onion
            fill(response, RECEIPT if request.path.startswith(RECEIPTS) else BUCKET)
        return response


def fill(response: HttpResponse, bucket: int) -> None:
    """Fills an answer up to a multiple of `bucket` bytes: with spaces, which neither HTML nor JSON (RFC 8259) mind."""
    response.content = response.content + b" " * (-len(response.content) % bucket)
    if "Content-Length" in response:
        response["Content-Length"] = str(len(response.content))


def _onion(request: HttpRequest) -> str:
    """The same page on the onion service (Tor's Onion-Location); empty where there is none or this is it already."""
    base: str | None = settings.NIGHTLIGHT.onion
    if not base or request.get_host().endswith(".onion") or request.method not in ("GET", "HEAD"):
        return ""
    return f"{base}{request.get_full_path()}"
