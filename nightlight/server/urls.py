"""All page addresses: each stage brings its own, the server adds the API and its upkeep pages."""

from django.urls import include, path

from nightlight.server.api import api

urlpatterns = [
    path("api/v1/", api.urls),  # first: what programs ask in thousands is found without trying every page
    path("", include("nightlight.intake.urls")),
    path("", include("nightlight.assess.appeal_urls")),
    path("", include("nightlight.takedown.urls")),
    path("", include("nightlight.stats.urls")),
    path("desk/", include("nightlight.accounts.urls")),
    path("desk/", include("nightlight.assess.urls")),
    path("desk/", include("nightlight.triage.urls")),
    path("desk/", include("nightlight.referral.urls")),
    path("desk/", include("nightlight.sharing.urls")),
    path("", include("nightlight.sharing.hma_urls")),
    path("desk/", include("nightlight.server.office_urls")),
    path("", include("nightlight.server.upkeep")),
]

handler400 = "nightlight.server.problems.bad_request"
handler403 = "nightlight.server.problems.forbidden"
handler404 = "nightlight.server.problems.not_found"
handler500 = "nightlight.server.problems.server_error"
