"""The page addresses of triage."""

from django.urls import URLPattern, URLResolver, path

from nightlight.triage import alarm_views, flood_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<uuid:case_id>/read/", views.read_again, name="read-again"),
    path("floods/", flood_views.every_flood, name="floods"),
    path("floods/<uuid:flood_id>/", flood_views.one_flood, name="flood"),
    path("floods/<uuid:flood_id>/settle/", flood_views.settle, name="flood-settle"),
    path("alarms/", alarm_views.every_alarm, name="alarms"),
    path("alarms/banner/", alarm_views.show_banner, name="alarms-banner"),
    path("alarms/drill/", alarm_views.begin_drill, name="drill-begin"),
    path("alarms/<uuid:alarm_id>/", alarm_views.one_alarm, name="alarm"),
    path("alarms/<uuid:alarm_id>/take/", alarm_views.take, name="alarm-take"),
    path("alarms/<uuid:alarm_id>/call/", alarm_views.call, name="alarm-call"),
    path("alarms/<uuid:alarm_id>/offer/", alarm_views.offer, name="alarm-offer"),
    path("alarms/<uuid:alarm_id>/close/", alarm_views.close, name="alarm-close"),
    path("alarms/<uuid:alarm_id>/spare/", alarm_views.close_without_call, name="alarm-spare"),
]
