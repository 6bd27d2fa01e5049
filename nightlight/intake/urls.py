"""The page addresses of intake."""

from django.urls import URLPattern, URLResolver, path

from nightlight.intake import (
    call_views,
    contact_views,
    guidance_views,
    own_image_views,
    question_views,
    receipt_views,
    views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("report/", views.report, name="report"),
    path("receipt/", receipt_views.receipt, name="receipt"),
    path("receipt/withdraw/", receipt_views.withdraw, name="withdraw"),
    path("receipt/answer/", receipt_views.answer, name="receipt-answer"),
    path("receipt/add/", receipt_views.add, name="receipt-add"),
    path("receipt/proof/", receipt_views.proof, name="receipt-proof"),
    path("receipt/key.json", receipt_views.key, name="receipt-key"),
    path("young-people/", own_image_views.door, name="young-people"),
    path("young-people/tell/", own_image_views.step, name="own-image-step"),
    path("parents/", guidance_views.parents, name="parents"),
    path("parents/print/", guidance_views.sheet, name="parents-print"),
    path("parents/<slug:slug>/", guidance_views.matter, name="parents-page"),
    path("desk/reports/<uuid:report_id>/contact/", contact_views.ask, name="contact-ask"),
    path("desk/reports/<uuid:report_id>/ask/", question_views.ask, name="question-ask"),
    path("desk/calls/", call_views.take, name="calls"),
    path("desk/contacts/", contact_views.mine, name="contacts"),
    path("desk/contacts/<uuid:request_id>/read/", contact_views.read, name="contact-read"),
    path("desk/contacts/approvals/", contact_views.approvals, name="contact-approvals"),
    path("desk/contacts/<uuid:request_id>/answer/", contact_views.answer, name="contact-answer"),
]
