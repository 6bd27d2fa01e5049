"""The page addresses of assess, under /desk/."""

from django.urls import URLPattern, URLResolver, path

from nightlight.assess import (
    clusters_views,
    grading_urls,
    queue_views,
    together_views,
    undo_views,
    views,
    welfare_views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *grading_urls.urlpatterns,
    path("", queue_views.index, name="desk"),
    path("alike/", clusters_views.index, name="desk-alike"),
    path("together/", together_views.index, name="desk-together"),
    path("together/time/", undo_views.undo_time, name="undo-time"),
    path("together/look/", together_views.look, name="desk-together-look"),
    path("together/<uuid:together_id>/undo/", together_views.undo, name="desk-together-undo"),
    path("cases/<uuid:case_id>/together/", together_views.of_case, name="desk-together-case"),
    path("waiting/", queue_views.waiting, name="desk-waiting"),
    path("narrow/", queue_views.narrow, name="desk-narrow"),
    path("next/", queue_views.take_the_next, name="desk-next"),
    path("views/", queue_views.save_view, name="desk-view-save"),
    path("views/<uuid:view_id>/delete/", queue_views.delete_view, name="desk-view-delete"),
    path("search/", views.find, name="desk-search"),
    path("cases/<uuid:case_id>/", views.case, name="desk-case"),
    path("cases/<uuid:case_id>/decide/", views.decide, name="desk-decide"),
    path("cases/<uuid:case_id>/take/", views.take, name="desk-take"),
    path("cases/<uuid:case_id>/release/", views.release, name="desk-release"),
    path("cases/<uuid:case_id>/attach/", views.attach, name="desk-attach"),
    path("cases/<uuid:case_id>/correct/", views.correct, name="desk-correct"),
    path("cases/<uuid:case_id>/media/<uuid:sighting_id>/reveal", views.show, name="desk-reveal"),
    path("wellbeing/", welfare_views.own, name="wellbeing"),
    path("wellbeing/choose/", welfare_views.choose, name="wellbeing-choose"),
    path("wellbeing/limits/", welfare_views.limits, name="wellbeing-limits"),
]
