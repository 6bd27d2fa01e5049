"""The page addresses of triage."""

from django.urls import URLPattern, URLResolver, path

from nightlight.triage import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<uuid:case_id>/read/", views.read_again, name="read-again"),
]
