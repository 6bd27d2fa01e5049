"""The page addresses of stats: `/transparency/`, each table with its page, data and paper, the editions, and what
managers see of them at the desk."""

from django.urls import URLPattern, URLResolver, path

from nightlight.stats import edition_views, overview_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("transparency/", views.transparency, name="transparency"),
    path("transparency/data.json", views.everything, {"format": "json"}, name="transparency-all-json"),
    path("transparency/data.csv", views.everything, {"format": "csv"}, name="transparency-all-csv"),
    path("transparency/numbers.pdf", views.everything_pdf, name="transparency-all-pdf"),
    path("transparency/editions/", edition_views.all_editions, name="transparency-editions"),
    path("transparency/editions/<uuid:edition_id>/", edition_views.one_edition, name="transparency-edition"),
    path(
        "transparency/editions/<uuid:edition_id>/data.json",
        edition_views.edition_data,
        name="transparency-edition-json",
    ),
    path(
        "transparency/editions/<uuid:edition_id>/edition.pdf",
        edition_views.edition_pdf,
        name="transparency-edition-pdf",
    ),
    path("transparency/<slug:table>/", views.one_table, name="transparency-table"),
    path("transparency/<slug:table>/table.pdf", views.table_pdf, name="transparency-pdf"),
    path("desk/overview/", overview_views.overview, name="overview"),
    path("desk/editions/", edition_views.office, name="editions-office"),
    path("transparency/<slug:table>/data.json", views.data, {"format": "json"}, name="transparency-json"),
    path("transparency/<slug:table>/data.csv", views.data, {"format": "csv"}, name="transparency-csv"),
]
