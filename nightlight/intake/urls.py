"""The page addresses of intake."""

from django.urls import URLPattern, URLResolver, path

from nightlight.intake import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("report/", views.report, name="report"),
    path("receipt/", views.receipt, name="receipt"),
    path("receipt/withdraw/", views.withdraw, name="withdraw"),
    path("young-people/", views.young_people, name="young-people"),
    path("parents/", views.parents, name="parents"),
]
