"""The page addresses of grading, training, children and accounts, under /desk/."""

from django.urls import URLPattern, URLResolver, path

from nightlight.assess import grading_views, people_views, training_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("schemes/", grading_views.schemes, name="schemes"),
    path("second-look/", grading_views.second_looks, name="second-look"),
    path("agreement/", grading_views.agreements, name="agreement"),
    path("training/", training_views.following, name="training"),
    path("training/<int:number>/", training_views.one_item, name="training-item"),
    path("children/<uuid:child_id>/", people_views.child, name="desk-child"),
    path("subjects/<uuid:subject_id>/", people_views.subject, name="desk-subject"),
]
