"""The page addresses of intake."""

from django.urls import URLPattern, URLResolver, path

from nightlight.intake import contact_views, own_image_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("report/", views.report, name="report"),
    path("receipt/", views.receipt, name="receipt"),
    path("receipt/withdraw/", views.withdraw, name="withdraw"),
    path("young-people/", own_image_views.door, name="young-people"),
    path("young-people/tell/", own_image_views.step, name="own-image-step"),
    path("parents/", views.parents, name="parents"),
    path("desk/reports/<uuid:report_id>/contact/", contact_views.ask, name="contact-ask"),
    path("desk/contacts/", contact_views.mine, name="contacts"),
    path("desk/contacts/<uuid:request_id>/read/", contact_views.read, name="contact-read"),
    path("desk/contacts/approvals/", contact_views.approvals, name="contact-approvals"),
    path("desk/contacts/<uuid:request_id>/answer/", contact_views.answer, name="contact-answer"),
]
