"""The second factor: in a real home the desk opens only to a session that showed one.

A session that was opened with a password before the factor was set up has shown none: it is asked for it too.
"""

from typing import cast
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from nightlight.accounts.models import Person
from nightlight.work.home import is_rehearsal

# The factor somebody has, and the page that asks for it; the first that fits.
ASKED_AT = (
    (Authenticator.Type.WEBAUTHN, "mfa_reauthenticate_webauthn"),
    (Authenticator.Type.TOTP, "mfa_reauthenticate"),
)


def asked(request: HttpRequest) -> HttpResponse | None:
    """Where a session without a second factor must go first, or None if it may stay. A rehearsal asks for none."""
    if is_rehearsal() or shown(request):
        return None
    types = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    for factor, page in ASKED_AT:
        if factor in types:
            return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")
    return redirect(f"{reverse('mfa_index')}?needed")


def shown(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed, with a passkey, a code of an app or a recovery code."""
    records = get_authentication_records(request, cast(Person, request.user))
    return any(record["method"] == "mfa" for record in records)


def is_set_up(person: Person) -> bool:
    """Whether a person has a passkey or an authenticator app."""
    kinds = [factor for factor, _ in ASKED_AT]
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=kinds).exists())
