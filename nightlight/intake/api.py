"""The API of intake; mounted under /api/v1 by the server."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from nightlight.accounts.tokens import Anyone, Caller, Scope
from nightlight.casebook.words import Channel, ReportKind, Source
from nightlight.intake import limits, verbs
from nightlight.intake.progress import Stage, progress

router = Router(tags=["intake"])

MOST = verbs.MOST_ADDRESSES
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


def _is_partner(request: HttpRequest) -> bool:
    """Whether the caller is vetted: named by a token for reports. Every other caller is anyone."""
    who = request.auth  # type: ignore[attr-defined]
    return isinstance(who, Caller) and Scope.REPORT in who.scopes


def _door(request: HttpRequest, name: str) -> None:
    if _is_partner(request):
        return
    try:
        limits.knock(request, name)
        limits.check_work(request.headers.get("X-Work", ""))
    except limits.WorkNeeded as needed:
        raise HttpError(428, needed.title) from needed
    except limits.NotYet as refused:
        raise HttpError(429, refused.title) from refused


_PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 413, 422, 428, 429), Problem)
_described: dict[str, Any] = {
    "security": [{}, {"Anyone": []}],
    "parameters": [
        {
            "in": "header",
            "name": "X-Work",
            "required": False,
            "schema": {"type": "string"},
            "description": "The answer to a challenge; asked of whoever names no token, where limits are on",
        }
    ],
}


@router.post(
    "/reports",
    auth=Anyone(),
    response={201: Accepted, **_PROBLEMS},
    openapi_extra=_described,
    exclude_unset=True,
)
def receive(request: HttpRequest, report: ReportIn) -> Status[dict[str, Any]]:
    """Sends a report. Always accepted, also without an address. Hashes of kind `own_image` go on the list of pictures
    that the people shown gave, until the report is taken back."""
    _door(request, "report")
    own = report.kind == ReportKind.OWN_IMAGE and bool(report.hashes)
    try:
        received = verbs.receive(
            report.kind,
            urls=report.urls,
            hashes=[verbs.Hash(each.type, each.value, each.quality) for each in report.hashes],
            text=report.text,
            channel=report.channel or None,
            happening_now=report.happening_now,
            contact=report.contact,
            source=Source.HOTLINE if _is_partner(request) else Source.PUBLIC,
            too_many=own and not _is_partner(request) and limits.too_many_prints(request),
        )
    except verbs.TooMuch as error:
        raise HttpError(422, str(error)) from error
    said = {
        "receipt": received.receipt,
        "proof": received.proof,
        "not_understood": received.not_understood,
    }
    off = [
        {"type": row.type, "value": row.value, "why": row.kept_off}
        for row in received.own_prints
        if row.kept_off
    ]
    return Status(201, {**said, "not_listed": off} if off else said)


@router.post(
    "/receipts",
    auth=Anyone(),
    response={200: Standing, 404: Problem, **_PROBLEMS},
    openapi_extra=_described,
)
def look_up(request: HttpRequest, receipt: ReceiptIn) -> dict[str, Any]:
    """Tells where a report stands. A receipt that is unknown and one that is none get the same answer."""
    _door(request, "receipt")
    limits.hesitate()
    try:
        found = progress(verbs.find(receipt.receipt))
    except verbs.UnknownReceipt as error:
        raise HttpError(404, "No report has this receipt") from error
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
