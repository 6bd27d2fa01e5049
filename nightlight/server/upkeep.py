"""Pages of the server itself: health, security.txt, the status of due work, the error pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
