"""The page addresses of sharing, below /desk/."""

from django.urls import URLPattern, URLResolver, path

from nightlight.sharing import own_image_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("members/", views.members, name="members"),
    path("members/<uuid:member_id>/", views.agree, name="members-agree"),
    path("members/<uuid:member_id>/own-images/", own_image_views.agree, name="members-own-images"),
    path("members/practices/", views.switch, name="members-practices"),
    path("members/media/<uuid:media_id>/", views.never_match, name="members-never-match"),
]
