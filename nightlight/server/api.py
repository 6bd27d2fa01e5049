"""The API under /api/v1: every stage adds its router; errors are RFC 9457 problem documents."""

from ninja import NinjaAPI

from nightlight.assess.api import router as assess
from nightlight.intake.api import router as intake
from nightlight.referral.api import router as referral
from nightlight.server import problems
from nightlight.sharing.api import router as sharing
from nightlight.stats.api import router as stats
from nightlight.takedown.api import router as takedown

api = NinjaAPI(title="Nightlight", version="1", urls_namespace="api", docs_url=None)
problems.attach(api)
for _router in (intake, assess, takedown, referral, sharing, stats):
    api.add_router("", _router)
