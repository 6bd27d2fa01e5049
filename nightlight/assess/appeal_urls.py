"""The page addresses of appeals: the public one, and those of the desk."""

from django.urls import URLPattern, URLResolver, path

from nightlight.assess import appeal_views as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("appeal/", views.appeal, name="appeal"),
    path("desk/appeals/", views.appeals, name="appeals"),
    path("desk/appeals/<uuid:appeal_id>/", views.one, name="appeal-desk"),
    path("desk/appeals/<uuid:appeal_id>/decide/", views.decide, name="appeal-decide"),
    path("desk/appeals/<uuid:appeal_id>/link/", views.link, name="appeal-link"),
    path("desk/appeals/<uuid:appeal_id>/delist/", views.delist, name="appeal-delist"),
]
