"""People who are signed in, with or without a second factor."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """`sign_in(person)` is a browser of theirs; with `factor=True` the session showed a second factor."""

    def browser(person: Person, *, factor: bool = False) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        if factor:
            session = client.session
            # As allauth keeps them: who the records are of, and what was shown.
            session["account_authentication_methods_user"] = str(person.pk)
            session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
            session.save()
        return client

    return browser


@pytest.fixture
def browser(someone: Callable[..., Person], sign_in: Callable[..., Client]) -> Callable[..., Client]:
    """`browser("manager")` is the browser of a new person with these roles."""

    def opened(*roles: str, **kwargs: Any) -> Client:
        return sign_in(someone(*roles), **kwargs)

    return opened
