"""The page addresses of assess, under /desk/."""

from django.urls import URLPattern, URLResolver, path

from nightlight.assess import views, welfare_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="desk"),
    path("waiting/", views.waiting, name="desk-waiting"),
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
