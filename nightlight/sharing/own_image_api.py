"""The API of the list `own-image-unseen`; mounted under /api/v1 by the server."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError

from nightlight.accounts.tokens import Bearer, Caller
from nightlight.sharing import feed, own_image_feed, verbs
from nightlight.sharing.api import HashFeed, Limit, Problem
from nightlight.sharing.models import OwnImageChange, OwnImageEntry
from nightlight.sharing.own_images import LABELS

router = Router(tags=["sharing"], auth=Bearer("member"))


@router.get(
    "/lists/own-image-unseen",
    response={200: HashFeed, 401: Problem, 403: Problem, 422: Problem},
    exclude_unset=True,
)
def own_image_unseen(request: HttpRequest, since: str = "", limit: Limit = 100) -> dict[str, Any]:
    """What changed in the list of fingerprints that people gave of pictures of themselves, oldest first. Nobody has
    seen these pictures; it goes only to members that agreed to have a person look at every match."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    try:
        page = own_image_feed.read(verbs.member(caller.name), since, limit)
    except feed.BadCursor as error:
        raise HttpError(422, str(error)) from error
    except verbs.NotAgreed as error:
        raise HttpError(403, str(error)) from error
    return {"entries": [_change(row) for row in page.changes], "next": page.next, "more": page.more}


def _change(change: OwnImageChange) -> dict[str, Any]:
    """A change says what it put only while that is still on the list."""
    stands = change.op == OwnImageChange.Op.PUT and change.entry.state == OwnImageEntry.State.LISTED
    words = {
        "id": change.entry_id,
        "op": change.op,
        "changed": change.at,
        "type": change.entry.type,
        "value": change.entry.value if stands else None,
        "labels": LABELS,
    }
    return {**words, "reason": change.reason} if change.reason else words
