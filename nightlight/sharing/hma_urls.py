"""The addresses that clients of Hasher-Matcher-Actioner know."""

from django.urls import URLPattern, URLResolver, path

from nightlight.sharing import hma

urlpatterns: list[URLPattern | URLResolver] = [
    path("m/lookup", hma.lookup),
    path("h/hash", hma.hash_media),
]
