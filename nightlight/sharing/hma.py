"""`/m/lookup` and `/h/hash` as Meta's Hasher-Matcher-Actioner answers them, so that a client of it changes its address
and adds a member's token. One bank, `NIGHTLIGHT`, which is our hash list; `bank_content_id` is a medium's number.

Two differences, both refusals: we fetch nothing for members (a `url` is answered with 400: post the file), and a
distance is told with the scope `distance` only. An upload is held in memory, opened in the sandbox and dropped.
Shapes: github.com/facebook/ThreatExchange, `hasher-matcher-actioner/src/OpenMediaMatch/blueprints`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from nightlight.accounts import caller as caller_address
from nightlight.accounts import tokens
from nightlight.accounts.access import public
from nightlight.accounts.mandate import Closed
from nightlight.accounts.tokens import Caller
from nightlight.audit import log
from nightlight.casebook import hashing
from nightlight.casebook.models import Enrolment
from nightlight.casebook.packed import MIN_QUALITY
from nightlight.fingerprint.errors import MediaError
from nightlight.fingerprint.sandbox import Unavailable
from nightlight.sharing import match, verbs
from nightlight.sharing.models import Type

BANK = "NIGHTLIGHT"
MOST_BYTES = 4 * 1024 * 1024
SIGNALS = {  # their names for hashes, and ours
    "pdq": Type.PDQ,
    "md5": Type.MD5,
    "sha1": Type.SHA1,
    "sha256": Type.SHA256,
    "video_md5": Type.MD5,
    "video_sha256": Type.SHA256,
}
KINDS = {"photo": ("pdq",), "video": ("video_md5",)}

View = Callable[[HttpRequest, Caller], HttpResponse]


class Unfit(ValueError):
    """A question that can't be answered; the message says why, `status` is the answer's."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class InMemory(MemoryFileUploadHandler):
    """Keeps an upload in memory whatever its size, so that no medium is written to a disk."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.activated = content_length <= MOST_BYTES


def _member_only(view: View) -> Callable[..., HttpResponseBase]:
    @csrf_exempt
    @public
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        who = (
            tokens.read(secret.strip(), caller_address.direct(request))
            if scheme.lower() == "bearer"
            else None
        )
        if who is None:
            return _said("a member's token is needed", 401)
        if "member" not in who.scopes:
            return _said("this token lacks the scope member", 403)
        try:
            return view(request, who)
        except Unfit as error:
            return _said(str(error), error.status)
        except (Closed, verbs.NotAgreed) as error:
            return _said(str(error), 403)

    return answer


@_member_only
def hash_media(request: HttpRequest, who: Caller) -> HttpResponse:
    """The hashes of one posted file, by the names of their kinds."""
    if request.method != "POST":
        raise Unfit("we fetch nothing for others: post the file")
    found = _hashes(request)
    member = verbs.member(who.name)
    log.record("sharing.hash", by=verbs.actor(member), about=member, hashes=len(found))
    return JsonResponse(found)


@_member_only
def lookup(request: HttpRequest, who: Caller) -> HttpResponse:
    """What of our hash list one hash (GET), or one posted file, matches."""
    if request.method == "POST":
        found = _hashes(request)
        return JsonResponse({signal: _banks(who, signal, value) for signal, value in found.items() if value})
    if request.method != "GET":
        raise Unfit("ask with GET or POST", 405)
    if request.GET.get("url"):
        raise Unfit("we fetch nothing for others: post the file, or ask for its hash")
    signal, value = (request.GET.get(name, "") for name in ("signal_type", "signal"))
    if signal not in SIGNALS:
        raise Unfit(f"No such SignalType '{signal[:40]}'")
    return JsonResponse(_banks(who, signal, value))


def _banks(who: Caller, signal: str, value: str) -> dict[str, list[dict[str, Any]]]:
    try:
        asked = match.read_hash(0, SIGNALS[signal], value)
    except match.BadItem as error:
        raise Unfit(f"invalid signal: {error}") from error
    ((matched,), _) = match.match(verbs.member(who.name), [asked], [])
    numbers = dict(
        Enrolment.objects.filter(media__in=[row.entry.media_id for row in matched]).values_list(
            "media", "number"
        )
    )
    told = []
    for row in matched:
        if row.entry.media_id in numbers:
            one: dict[str, Any] = {"bank_content_id": numbers[row.entry.media_id]}
            if "distance" in who.scopes:
                one["distance"] = str(row.distance or 0)
            told.append(one)
    return {BANK: told} if told else {}


def _hashes(request: HttpRequest) -> dict[str, str]:
    """The hashes of the one file in a form, which never leaves memory; an empty one of a picture too flat for it."""
    request.upload_handlers = [InMemory(request)]
    files = [(kind, file) for kind, found in request.FILES.lists() for file in found]
    if not files:
        raise Unfit(f"Missing multipart/form-data file upload, of {MOST_BYTES} bytes at most")
    if len(files) > 1:
        raise Unfit("Only one file allowed per request")
    kind, file = files[0]
    if kind not in KINDS:
        raise Unfit(f"no such content_type: '{kind[:40]}'")
    wanted = [name for name in request.GET.get("types", "").split(",") if name.strip()] or KINDS[kind]
    if unknown := [name for name in wanted if name not in SIGNALS]:
        raise Unfit(f"signal type '{unknown[0][:40]}' doesn't exist or is disabled")
    return _named(file.read(), [name.strip() for name in wanted])


def _named(data: bytes, wanted: list[str]) -> dict[str, str]:
    try:
        found = hashing.sandbox().fingerprints(data)
    except MediaError as error:
        raise Unfit(str(error), 422) from error
    except Unavailable as error:
        raise Unfit("no process to open files with", 503) from error
    by_type = {
        Type.PDQ: found.pdq if (found.quality or 0) >= MIN_QUALITY else "",
        Type.MD5: found.digests.md5,
        Type.SHA1: found.digests.sha1,
        Type.SHA256: found.digests.sha256,
    }
    return {name: by_type[SIGNALS[name]] for name in wanted}


def _said(message: str, status: int) -> HttpResponse:
    return JsonResponse({"message": message}, status=status)
