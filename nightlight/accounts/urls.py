"""Sign-in and the second factor under /desk/account/, the permission matrix, people and the mandate."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("account/", include("allauth.urls"))]
