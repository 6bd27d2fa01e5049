"""The API of intake; mounted under /api/v1 by the server."""

from ninja import Router

router = Router(tags=["intake"])
