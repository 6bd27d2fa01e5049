"""The API of sharing; mounted under /api/v1 by the server."""

from ninja import Router

router = Router(tags=["sharing"])
