"""The page addresses of stats: `/transparency/` and each table as `data.json` and `data.csv`."""

from django.urls import URLPattern, URLResolver, path

from nightlight.stats import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("transparency/", views.transparency, name="transparency"),
    path("transparency/data.json", views.everything, {"format": "json"}, name="transparency-all-json"),
    path("transparency/data.csv", views.everything, {"format": "csv"}, name="transparency-all-csv"),
    path("transparency/<slug:table>/data.json", views.data, {"format": "json"}, name="transparency-json"),
    path("transparency/<slug:table>/data.csv", views.data, {"format": "csv"}, name="transparency-csv"),
]
