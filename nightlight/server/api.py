"""The API under /api/v1: every stage adds its router; errors are RFC 9457 problem documents."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from nightlight.assess.api import router as assess
from nightlight.intake.api import router as intake
from nightlight.intake.partner_api import router as partners
from nightlight.referral.api import router as referral
from nightlight.server import problems
from nightlight.sharing.api import router as sharing
from nightlight.sharing.own_image_api import router as own_images
from nightlight.stats.api import router as stats
from nightlight.takedown.api import router as takedown


class Described(NinjaAPI):
    """An API whose description says of errors what they are: problem documents."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The description (OpenAPI 3.1)."""
        found = super().get_openapi_schema(**where)
        for operations in found["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {problems.MIME: answer["content"].popitem()[1]}
        return found


api = Described(title="Nightlight", version="1", urls_namespace="api", docs_url=None)
problems.attach(api)
for _router in (intake, partners, assess, takedown, referral, sharing, own_images, stats):
    api.add_router("", _router)
