"""The page addresses of referral, below /desk/."""

from django.urls import URLPattern, URLResolver, path

from nightlight.referral import hold_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("referrals/", views.referrals, name="referrals"),
    path("referrals/<uuid:referral_id>/fetch/", views.fetch, name="referral-fetch"),
    path("referrals/<uuid:referral_id>/acknowledge/", views.acknowledge, name="referral-acknowledge"),
    path("cases/<uuid:case_id>/outcome/", views.outcome, name="referral-outcome"),
    path("cases/<uuid:case_id>/hold/", views.place_hold, name="hold-place"),
    path("holds/", hold_views.active, name="holds"),
    path("holds/<uuid:hold_id>/lift/", views.lift_hold, name="hold-lift"),
]
