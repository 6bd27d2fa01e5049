"""The API of sharing; mounted under /api/v1 by the server."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import BeforeValidator

from nightlight.accounts.tokens import Bearer, Caller
from nightlight.sharing import feed, match, own_images, verbs
from nightlight.sharing.models import Change, Entry, ListName, Member, Opinion

router = Router(tags=["sharing"], auth=Bearer("member"))


class Problem(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int


class HashChange(Schema):
    """`value` is null for a delete, and for a put that was taken back since."""

    id: UUID
    op: Literal["put", "delete"]
    changed: datetime
    type: Literal["sha256", "sha1", "md5", "pdq"]
    value: str | None
    labels: dict[str, Any]
    reason: str | None = None


class UrlChange(Schema):
    """`digest` (hex SHA-256 of the canonical address) is null for a delete, and for a put that was taken back
    since; `url` is there with the scope `urls_clear` only."""

    id: UUID
    op: Literal["put", "delete"]
    changed: datetime
    digest: str | None
    prefixes: list[str]
    labels: dict[str, Any]
    reason: str | None = None
    url: str | None = None


class HashFeed(Schema):
    entries: list[HashChange]
    next: str
    more: bool


class UrlFeed(Schema):
    entries: list[UrlChange]
    next: str
    more: bool


class AskedHash(Schema):
    type: str = Field(max_length=16)
    value: str = Field(max_length=256)


class Question(Schema):
    hashes: list[AskedHash] = []
    urls: list[Annotated[str, Field(max_length=8192)]] = []


class Match(Schema):
    """`distance`, of a PDQ match in bits, is there with the scope `distance` only."""

    id: UUID
    labels: dict[str, Any]
    distance: int | None = None


class Matches(Schema):
    matches: list[Match]


class Answer(Schema):
    """One element for each item asked, in the same order."""

    hashes: list[Matches]
    urls: list[Matches]


class GivenOpinion(Schema):
    opinion: Literal["confirm", "dispute", "seen"]
    reason: Annotated[str, Field(max_length=4000), BeforeValidator(lambda value: value or "")] = ""
    count: Annotated[
        int, Field(ge=1, le=2_000_000_000), BeforeValidator(lambda value: 1 if value is None else value)
    ] = 1


class KeptOpinion(Schema):
    id: UUID
    entry: UUID
    opinion: str


USUAL = 100
Limit = Annotated[
    int, Query(ge=1, le=1000), BeforeValidator(lambda value: value or USUAL)
]  # `&limit=` is the usual
_REFUSED = {401: Problem, 403: Problem, 422: Problem}


@router.get("/lists/hashes", response={200: HashFeed, **_REFUSED}, exclude_unset=True)
def hashes(request: HttpRequest, since: str = "", limit: Limit = USUAL) -> dict[str, Any]:
    """What changed in the hash list since a cursor, oldest first."""
    page = _page(request, ListName.HASHES, since, limit)
    return {"entries": [_hash_change(row) for row in page.changes], "next": page.next, "more": page.more}


@router.get("/lists/urls", response={200: UrlFeed, **_REFUSED}, exclude_unset=True)
def urls(request: HttpRequest, since: str = "", limit: Limit = USUAL) -> dict[str, Any]:
    """What changed in the URL list since a cursor, oldest first, as digests of addresses."""
    clear = "urls_clear" in _caller(request).scopes
    page = _page(request, ListName.URLS, since, limit)
    entries = [_url_change(row, clear=clear) for row in page.changes]
    return {"entries": entries, "next": page.next, "more": page.more}


@router.post("/match", response={200: Answer, **_REFUSED}, exclude_unset=True)
def ask(request: HttpRequest, question: Question) -> dict[str, Any]:
    """Which of up to 1,000 hashes and addresses are on our lists: PDQ within 31 bits, all else by equality. For members
    that agreed to it, also on the list of pictures nobody has seen; its labels say so (`list`)."""
    if len(question.hashes) + len(question.urls) > match.MOST:
        raise HttpError(422, f"ask for {match.MOST} at once at most")
    try:
        wanted = [match.read_hash(n, item.type, item.value) for n, item in enumerate(question.hashes)]
        digests = [match.read_url(n, text) for n, text in enumerate(question.urls)]
        by_hash, by_url = match.match(_member(request), wanted, digests)
        unseen = own_images.match(_member(request), wanted)
    except match.BadItem as error:
        raise HttpError(422, str(error)) from error
    except verbs.NotAgreed as error:
        raise HttpError(403, str(error)) from error
    far = "distance" in _caller(request).scopes
    return {
        "hashes": [_matches([*rows, *own], distance=far) for rows, own in zip(by_hash, unseen, strict=True)],
        "urls": [_matches(rows) for rows in by_url],
    }


@router.post("/entries/{uuid:entry_id}/opinions", response={201: KeptOpinion, 404: Problem, **_REFUSED})
def opinion(request: HttpRequest, entry_id: UUID, given: GivenOpinion) -> Status[dict[str, Any]]:
    """What a member thinks of an entry; a person of the hotline reads it."""
    try:
        kept = verbs.give_opinion(
            entry_id, _member(request), Opinion.What(given.opinion), given.reason, given.count
        )
    except Entry.DoesNotExist as error:
        raise HttpError(404, "there is no such entry") from error
    return Status(201, {"id": kept.pk, "entry": entry_id, "opinion": kept.opinion})


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    return caller


def _member(request: HttpRequest) -> Member:
    return verbs.member(_caller(request).name)


def _page(request: HttpRequest, name: ListName, since: str, limit: int) -> feed.Page:
    try:
        return feed.read(name, _member(request), since, limit)
    except feed.BadCursor as error:
        raise HttpError(422, str(error)) from error
    except verbs.NotAgreed as error:
        raise HttpError(403, str(error)) from error


def _stands(change: Change) -> bool:
    """Whether a change may still say what it put: not once the entry is off the list, held ones least of all."""
    return change.op == Change.Op.PUT and change.entry.state == Entry.State.LISTED


def _change(change: Change) -> dict[str, Any]:
    words: dict[str, Any] = {"id": change.entry_id, "op": change.op, "changed": change.at}
    words["labels"] = change.entry.labels if _stands(change) else {}
    return {**words, "reason": change.reason} if change.reason else words


def _hash_change(change: Change) -> dict[str, Any]:
    value = change.entry.value if _stands(change) else None
    return {**_change(change), "type": change.entry.type, "value": value}


def _url_change(change: Change, *, clear: bool) -> dict[str, Any]:
    stands = _stands(change)
    digests = change.entry.digests() if stands else []
    words = {**_change(change), "digest": digests[0] if stands else None, "prefixes": digests[1:]}
    if clear and stands and change.entry.location:
        words["url"] = change.entry.location.url
    return words


def _matches(
    rows: Sequence[match.Matched | own_images.OwnMatch], *, distance: bool = False
) -> dict[str, Any]:
    return {"matches": [_one(row, distance=distance) for row in rows]}


def _one(row: match.Matched | own_images.OwnMatch, *, distance: bool) -> dict[str, Any]:
    labels = own_images.LABELS if isinstance(row, own_images.OwnMatch) else row.entry.labels
    words = {"id": row.entry.pk, "labels": labels}
    return {**words, "distance": row.distance} if distance and row.distance is not None else words
