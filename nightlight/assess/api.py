"""The API of assess; mounted under /api/v1 by the server."""

from ninja import Router

router = Router(tags=["assess"])
