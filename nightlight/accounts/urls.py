"""Sign-in and the second factor under /desk/account/, people, the mandate, the matrix, and the audit log.

allauth's own views are listed one by one, so that each has its permission here and none opens by an update. The
audit room is below this one and knows no permission, so its views are opened here.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, path

from nightlight.accounts import appearance, device_views, leaving_views, review_views, rota_views, views
from nightlight.accounts.access import View, allow, own, public
from nightlight.accounts.permissions import Permission
from nightlight.audit import views as audit

# Anyone: whoever signs in has not signed in yet.
SIGNING_IN: tuple[tuple[str, View, str], ...] = (
    ("login/", account.login, "account_login"),
    ("logout/", account.logout, "account_logout"),
    ("inactive/", account.account_inactive, "account_inactive"),
    ("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    ("2fa/webauthn/login/", webauthn.login_webauthn, "mfa_login_webauthn"),
)

# Whoever is signed in, about themselves.
OWN: tuple[tuple[str, View, str], ...] = (
    ("", mfa.index, "mfa_index"),
    ("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    ("password/change/", account.password_change, "account_change_password"),
    ("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    ("2fa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    ("2fa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("2fa/recovery-codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    ("2fa/recovery-codes/generate/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("2fa/recovery-codes/download/", recovery.download_recovery_codes, "mfa_download_recovery_codes"),
    ("2fa/webauthn/", webauthn.list_webauthn, "mfa_list_webauthn"),
    ("2fa/webauthn/add/", webauthn.add_webauthn, "mfa_add_webauthn"),
    ("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
)

# allauth asks for these names; behind them is a closed door, because people come from an administrator.
CLOSED: tuple[tuple[str, str], ...] = (
    ("signup/", "account_signup"),
    ("email/", "account_email"),
    ("confirm-email/", "account_email_verification_sent"),
    ("confirm-email/<str:key>/", "account_confirm_email"),
    ("password/set/", "account_set_password"),
    ("password/reset/", "account_reset_password"),
    ("password/reset/done/", "account_reset_password_done"),
    ("password/reset/key/done/", "account_reset_password_from_key_done"),
    ("password/reset/key/<str:uidb36>-<str:key>/", "account_reset_password_from_key"),
    ("login/code/confirm/", "account_confirm_login_code"),
)

_read_audit = allow(Permission.AUDIT_READ)

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"account/{where}", public(view), name=name) for where, view, name in SIGNING_IN),
    *(path(f"account/{where}", own(view), name=name) for where, view, name in OWN),
    *(path(f"account/{where}", views.closed, name=name) for where, name in CLOSED),
    path("account/look/", appearance.choose, name="look"),
    path("matrix/", views.matrix, name="matrix"),
    path("people/", views.everyone, name="people"),
    path("people/add/", views.add_person, name="person-add"),
    path("people/<uuid:pk>/", views.one, name="person"),
    path("people/<uuid:pk>/roles/", views.set_roles, name="person-roles"),
    path("people/<uuid:pk>/password/", views.set_password, name="person-password"),
    path("people/<uuid:pk>/switch/", views.switch_person, name="person-switch"),
    path("people/<uuid:pk>/second-factor/", views.forget_second_factor, name="person-second-factor"),
    path("people/<uuid:pk>/leaving/", leaving_views.leaving, name="person-leaving"),
    path("duties/", leaving_views.own, name="duties"),
    path("duties/<uuid:pk>/done/", leaving_views.done, name="duty-done"),
    path("duties/<uuid:pk>/give/", leaving_views.give, name="duty-give"),
    path("tokens/add/", views.issue_token, name="token-add"),
    path("tokens/<uuid:pk>/revoke/", views.revoke_token, name="token-revoke"),
    path("networks/", views.desk_networks, name="networks"),
    path("networks/<uuid:pk>/drop/", views.drop_network, name="network-drop"),
    path("devices/", device_views.desk_devices, name="devices"),
    path("devices/<uuid:pk>/drop/", device_views.drop_device, name="device-drop"),
    path("rota/", rota_views.rota_page, name="rota"),
    path("rota/add/", rota_views.add_shift, name="rota-add"),
    path("rota/<uuid:pk>/drop/", rota_views.drop_shift, name="rota-drop"),
    path("rota/days/", rota_views.add_day_off, name="rota-day"),
    path("rota/days/<uuid:pk>/drop/", rota_views.drop_day_off, name="rota-day-drop"),
    path("rota/urgent/", rota_views.set_urgent, name="rota-urgent"),
    path("mandate/", views.record_mandate, name="mandate"),
    path("audit/", _read_audit(audit.entries), name="audit"),
    path("audit/search/", _read_audit(audit.search), name="audit-search"),
    path("review/", review_views.page, name="review"),
    path("review/<uuid:entry_id>/", review_views.mark, name="review-mark"),
    path("audit/export/", _read_audit(audit.export), name="audit-export"),
]
