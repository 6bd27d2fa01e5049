"""The page addresses of the office, below /desk/."""

from django.urls import URLPattern, URLResolver, path

from nightlight.server import design_views, office_retention, office_texts, office_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("office/", office_views.office, name="office"),
    path("office/checklist/", office_views.checklist, name="checklist"),
    path("office/processing/", office_views.record_of_processing, name="processing"),
    path("design/", design_views.page, name="design"),
    path("settings/", office_views.all_settings, name="settings"),
    path("texts/", office_texts.all_texts, name="texts"),
    path("texts/<str:key>/", office_texts.one_text, name="text"),
    path("texts/<uuid:text_id>/end/", office_texts.end_text, name="text-end"),
    path("retention/", office_retention.rules, name="retention"),
    path("retention/<uuid:rule_id>/end/", office_retention.end_rule, name="retention-end"),
]
