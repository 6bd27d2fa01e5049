"""The page addresses of takedown: the provider's page, and the desk's acts and lists."""

from django.urls import URLPattern, URLResolver, path

from nightlight.takedown import desk_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("notice/<str:token>/", views.notice_page, name="notice"),
    path("notice/<str:token>/addresses.csv", views.notice_addresses, name="notice-addresses"),
    path("desk/cases/<uuid:case_id>/look-again/", desk_views.look_again, name="desk-look-again"),
    path("desk/cases/<uuid:case_id>/send-again/", desk_views.send_again, name="desk-send-again"),
    path("desk/cases/<uuid:case_id>/close/", desk_views.close, name="desk-close"),
    path("desk/cases/<uuid:case_id>/contact/", desk_views.confirm_contact, name="desk-confirm-contact"),
    path("desk/cases/<uuid:case_id>/real-host/", desk_views.set_real_host, name="desk-real-host"),
    path("desk/notices/", desk_views.notices, name="desk-notices"),
    path("desk/notices/<uuid:notice_id>/settle/", desk_views.settle, name="desk-settle"),
    path("desk/notices/<uuid:notice_id>/approve/", desk_views.approve, name="desk-approve"),
    path("desk/routes/", desk_views.routes, name="desk-routes"),
    path("desk/routes/rules/", desk_views.switch_rule, name="desk-rules"),
    path("desk/routes/<uuid:route_id>/end/", desk_views.end_route, name="desk-end-route"),
]
