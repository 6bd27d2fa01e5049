"""The API of intake; mounted under /api/v1 by the server."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from nightlight.accounts.tokens import Anyone, Caller, Scope
from nightlight.casebook.words import Channel, ReportKind, Source
from nightlight.intake import calls, limits, repeats, verbs
from nightlight.intake.arrival import Arrived, Received, arrive
from nightlight.intake.progress import Stage, progress

router = Router(tags=["intake"])

MOST = verbs.MOST_ADDRESSES
UNKNOWN = "No report has this receipt"
Plain = StrictStr | StrictInt | StrictFloat | StrictBool | None


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int


class HashIn(Schema):
    """`type` md5, sha1, sha256 or pdq; `value` in hex; of a PDQ its `quality`, 0 to 100, where it is known."""

    type: StrictStr
    value: StrictStr
    quality: Annotated[StrictInt, Field(ge=0, le=100)] | None = None


class ReportIn(Schema):
    """A report; only `kind` is required."""

    kind: ReportKind
    urls: Annotated[list[StrictStr], Field(max_length=MOST)] = []
    hashes: Annotated[list[HashIn], Field(max_length=MOST)] = []
    text: Annotated[StrictStr, Field(max_length=verbs.MOST_TEXT)] = ""
    channel: Channel | Literal[""] = ""
    happening_now: StrictBool = False
    contact: Annotated[dict[StrictStr, Plain], Field(max_length=20)] = {}


class Proof(Schema):
    """Our signed promise that the report will be in the log."""

    entry: str
    at: str
    signature: str


class NotListed(Schema):
    """A fingerprint of somebody's own picture that goes on no list, and why: `never_match`, `too_plain`, `too_many`."""

    type: str
    value: str
    why: str


class Accepted(Schema):
    """`not_understood` names what was sent as an address or a hash and is none. `not_listed` is there only where a
    report of kind `own_image` brought fingerprints that go on no list; they are kept with the report."""

    receipt: str
    proof: Proof
    not_understood: list[str]
    not_listed: list[NotListed] = []


class ReceiptIn(Schema):
    """A receipt, however its digits are grouped."""

    receipt: Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]


class Standing(Schema):
    """Where a report stands."""

    state: Stage
    received_at: datetime
    messages: list[str]


class Challenge(Schema):
    """What to do before an anonymous post, described so that any program can do it."""

    required: bool
    algorithm: str
    challenge: str
    bits: int
    expires_at: datetime
    header: str
    how: str


def is_partner(request: HttpRequest) -> bool:
    """Whether the caller is vetted: named by a token for reports. Every other caller is anyone."""
    who = request.auth  # type: ignore[attr-defined]
    return isinstance(who, Caller) and Scope.REPORT in who.scopes


def door(request: HttpRequest, name: str, count: int = 1) -> None:
    """Lets a vetted partner in; others answer a challenge, and knock as often as they bring something."""
    if is_partner(request):
        return
    try:
        for _ in range(count):
            limits.knock(request, name)
        limits.check_work(request.headers.get("X-Work", ""))
    except limits.WorkNeeded as needed:
        raise HttpError(428, needed.title) from needed
    except limits.NotYet as refused:
        raise HttpError(429, refused.title) from refused


PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 413, 422, 428, 429), Problem)
described: dict[str, Any] = {
    "security": [{}, {"Anyone": []}],
    "parameters": [
        {
            "in": "header",
            "name": "X-Work",
            "required": False,
            "schema": {"type": "string"},
            "description": "The answer to a challenge; asked of whoever names no token, where limits are on",
        },
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "minLength": repeats.SHORTEST, "maxLength": repeats.LONGEST},
            "description": (
                "Sent again within a day with the same content, the answer is the same, receipts too, and no report "
                "is added; with other content the answer is 422. Use what nobody guesses, such as a UUID"
            ),
        },
    ],
}


@router.post(
    "/reports",
    auth=Anyone(),
    response={201: Accepted, **PROBLEMS},
    openapi_extra=described,
    exclude_unset=True,
)
def receive(request: HttpRequest, report: ReportIn) -> Status[dict[str, Any]]:
    """Sends a report. Always accepted, also without an address. Hashes of kind `own_image` go on the list of pictures
    that the people shown gave, until the report is taken back."""
    door(request, "report")
    (received,) = send(request, [arrived(request, report)])
    return Status(201, accepted(received))


def arrived(request: HttpRequest, report: ReportIn) -> Arrived:
    """A report as it was sent, read."""
    partner = is_partner(request)
    own = report.kind == ReportKind.OWN_IMAGE and bool(report.hashes)
    try:
        return arrive(
            report.kind,
            urls=report.urls,
            hashes=[verbs.Hash(each.type, each.value, each.quality) for each in report.hashes],
            text=report.text,
            channel=report.channel or None,
            happening_now=report.happening_now,
            contact=report.contact,
            source=Source.HOTLINE if partner else Source.PUBLIC,
            too_many=own and not partner and limits.too_many_prints(request),
        )
    except verbs.TooMuch as error:
        raise HttpError(422, str(error)) from error


def send(request: HttpRequest, reports: list[Arrived]) -> list[Received]:
    """Writes them, once for each Idempotency-Key of a caller."""
    who = request.auth  # type: ignore[attr-defined]
    caller = who.token_id if isinstance(who, Caller) else "anonymous"
    try:
        return repeats.once(caller, request.headers.get("Idempotency-Key", ""), reports)
    except (repeats.BadKey, repeats.OtherContent) as error:
        raise HttpError(422, str(error)) from error


def accepted(received: Received) -> dict[str, Any]:
    """What whoever sent it takes home, and the fingerprints that are not listed, each with why."""
    said = {"receipt": received.receipt, "proof": received.proof, "not_understood": received.not_understood}
    off = [
        {"type": row.type, "value": row.value, "why": row.kept_off}
        for row in received.own_prints
        if row.kept_off
    ]
    return {**said, "not_listed": off} if off else said


@router.post(
    "/receipts",
    auth=Anyone(),
    response={200: Standing, 404: Problem, **PROBLEMS},
    openapi_extra={**described, "parameters": described["parameters"][:1]},
)
def look_up(request: HttpRequest, receipt: ReceiptIn) -> dict[str, Any]:
    """Tells where a report stands. A receipt that is unknown and one that is none get the same answer. So does the
    number of a call: whoever took it knows it, so it is good for the page of receipts alone, which gives a fresh one.
    """
    door(request, "receipt")
    limits.hesitate()
    try:
        report = verbs.find(receipt.receipt)
    except verbs.UnknownReceipt as error:
        raise HttpError(404, UNKNOWN) from error
    if calls.is_number(report):
        raise HttpError(404, UNKNOWN)
    found = progress(report)
    return {"state": found.stage, "received_at": found.received_at, "messages": list(found.messages)}


@router.get("/challenge", auth=None, response=Challenge)
def challenge(request: HttpRequest) -> dict[str, Any]:
    """Gives a challenge for one anonymous post."""
    text, expires = limits.new_challenge()
    return {
        "required": limits.are_on(),
        "algorithm": "sha256-leading-zero-bits",
        "challenge": text,
        "bits": limits.WORK_BITS,
        "expires_at": expires,
        "header": "X-Work",
        "how": (
            "Find a text NONCE (letters and digits) such that SHA-256 of CHALLENGE:NONCE begins with at least BITS "
            "zero bits, and send CHALLENGE:NONCE in the header X-Work of one POST before it expires."
        ),
    }
