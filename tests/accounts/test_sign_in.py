"""Signing in as people do it: password, then the second factor; everything else of allauth is closed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import reverse

from nightlight.accounts.models import Limit, Person
from nightlight.accounts.urls import CLOSED, OWN, SIGNING_IN
from nightlight.audit.models import Entry
from nightlight.work.home import establish
from nightlight.work.models import Home

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """That for which an app shows a code lasts as long as a test, and never ends between showing and entering it."""
    counters = tuple(auth.yield_hotp_counters_from_time())
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter(counters))


def code_of(secret: str) -> str:
    """The six digits an app shows now (RFC 6238)."""
    return auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))


def enter(client: Client, person: Person, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/desk/account/login/", {"login": person.email, "password": password, **more})


def set_up_app(client: Client) -> str:
    """Sets up an authenticator app, the password entered once more; returns its secret."""
    client.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/desk/account/2fa/totp/activate/").content.decode()
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found
    client.post("/desk/account/2fa/totp/activate/", {"code": code_of(found[1])})
    return found[1]


def forget_used_codes() -> None:
    """As if half a minute had passed: each code of an app works once."""
    Limit.objects.all().delete()


def test_with_the_right_password_a_rehearsal_opens_the_desk(
    home: None, someone: Callable[..., Person]
) -> None:
    answer = enter(Client(), someone("analyst"), next="/desk/matrix/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/matrix/")


def test_with_a_wrong_password_nobody_gets_in(home: None, someone: Callable[..., Person]) -> None:
    client = Client()

    answer = enter(client, someone("analyst"), "wrong")

    assert answer.status_code == 200
    assert client.get("/desk/matrix/").status_code == 302


def test_who_was_switched_off_does_not_get_in(home: None, someone: Callable[..., Person]) -> None:
    person, client = someone("analyst"), Client()
    Person.objects.update(is_active=False)

    enter(client, person)

    assert client.get("/desk/matrix/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_in_a_real_home_the_first_sign_in_sets_up_a_second_factor_and_opens_the_desk(
    someone: Callable[..., Person],
) -> None:
    establish(Home.Kind.REAL)
    client = Client()
    enter(client, someone("manager"))
    before = client.get("/desk/mandate/")

    set_up_app(client)

    assert before.headers["Location"] == "/desk/account/?needed"
    assert client.get("/desk/mandate/").status_code == 200


def test_in_a_real_home_a_session_older_than_the_factor_shows_it_and_gets_in(
    real_home: None, someone: Callable[..., Person]
) -> None:
    client, other, person = Client(), Client(), someone("manager")
    enter(other, person)
    enter(client, person)
    secret = set_up_app(other)
    forget_used_codes()

    asked = client.get("/desk/mandate/")
    client.post(asked.headers["Location"], {"code": code_of(secret)})

    assert asked.headers["Location"].startswith("/desk/account/2fa/reauthenticate/")
    assert client.get("/desk/mandate/").status_code == 200


def test_afterwards_each_sign_in_asks_for_it(real_home: None, someone: Callable[..., Person]) -> None:
    person = someone("manager")
    first = Client()
    enter(first, person)
    set_up_app(first)
    client = Client()

    answer = enter(client, person)

    assert answer.headers["Location"] == "/desk/account/2fa/authenticate/"
    assert client.get("/desk/mandate/").headers["Location"].startswith("/desk/account/login/")


def test_the_secret_of_an_app_is_sealed_in_the_database(home: None, someone: Callable[..., Person]) -> None:
    client = Client()
    enter(client, someone("manager"))

    secret = set_up_app(client)
    forget_used_codes()

    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code(code_of(secret))


def test_setting_up_an_app_gives_recovery_codes_that_are_sealed_too(
    home: None, someone: Callable[..., Person]
) -> None:
    client = Client()
    enter(client, someone("manager"))
    set_up_app(client)

    page = client.get("/desk/account/2fa/recovery-codes/").content.decode()

    codes = re.findall(r"<li><code>(\d{8})</code></li>", page)
    assert len(codes) == 10
    assert not any(code in str(Authenticator.objects.get(type="recovery_codes").data) for code in codes)


def test_a_code_of_an_app_works_once(home: None, someone: Callable[..., Person]) -> None:
    person, first = someone("manager"), Client()
    enter(first, person)
    code = code_of(set_up_app(first))
    forget_used_codes()
    clients = [Client(), Client()]

    for client in clients:
        enter(client, person)
        client.post("/desk/account/2fa/authenticate/", {"code": code})

    assert [client.get("/desk/matrix/").status_code for client in clients] == [200, 302]


@pytest.mark.django_db(transaction=True)
def test_signing_in_and_a_new_factor_are_entries_of_the_log(someone: Callable[..., Person]) -> None:
    client, person = Client(), someone("manager")

    enter(client, person)
    set_up_app(client)

    entries = Entry.objects.filter(actor=f"person:{person.pk}").order_by("pk")
    said = [(entry.verb, entry.facts) for entry in entries]
    assert ("accounts.sign_in", {}) in said
    assert ("accounts.add_factor", {"factor": "totp"}) in said


@pytest.mark.parametrize("name", [name for _, name in CLOSED])
def test_nobody_signs_up_changes_an_e_mail_or_resets_a_password(home: None, name: str) -> None:
    names = {
        "account_confirm_email": {"key": "x"},
        "account_reset_password_from_key": {"uidb36": "a", "key": "b"},
    }
    where = reverse(name, kwargs=names.get(name))

    answers = [
        Client().get(where),
        Client().post(where, {"email": "new@hotline.test", "password1": PASSWORD}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Person.objects.count() == 0


@pytest.mark.parametrize("name", [name for where, _, name in OWN if "<" not in where])
def test_pages_about_oneself_send_a_stranger_to_sign_in(home: None, name: str) -> None:
    answer = Client().get(reverse(name))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/desk/account/login/")


@pytest.mark.parametrize("name", [name for where, _, name in (*SIGNING_IN, *OWN) if "<" not in where])
def test_every_page_of_signing_in_has_our_face(home: None, someone: Callable[..., Person], name: str) -> None:
    client = Client()
    if name not in ("account_login", "account_inactive"):
        enter(client, someone("manager"))
        set_up_app(client)

    answer = client.get(reverse(name), follow=True)

    assert answer.status_code in (200, 404)
    if answer.headers["Content-Type"].startswith("text/html"):
        assert "nightlight/nightlight.css" in answer.content.decode()


def test_no_page_of_signing_in_has_an_inline_script_or_style(
    home: None, someone: Callable[..., Person]
) -> None:
    client = Client()
    enter(client, someone("manager"))
    set_up_app(client)
    names = (
        "mfa_index",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "account_change_password",
        "mfa_list_webauthn",
    )

    pages = [client.get(reverse(name)).content.decode() for name in names]

    for page in [*pages, Client().get("/desk/account/login/").content.decode()]:
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in script or 'type="application/json"' in script for script in scripts)
        assert "style=" not in page
        assert "<style" not in page


@pytest.fixture
def limited(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.MFA_RATE_LIMITS = {}


def test_with_limits_on_guessing_a_password_is_stopped_even_when_the_guess_is_right(
    home: None, limited: None, someone: Callable[..., Person]
) -> None:
    person = someone("manager")
    for _ in range(5):
        enter(Client(), person, "wrong")

    client = Client()
    enter(client, person)

    assert client.get("/desk/matrix/").status_code == 302
    assert Limit.objects.exists()


def test_with_limits_off_nobody_is_stopped(home: None, someone: Callable[..., Person]) -> None:
    person = someone("manager")
    for _ in range(12):
        enter(Client(), person, "wrong")

    client = Client()
    enter(client, person)

    assert client.get("/desk/matrix/").status_code == 200
    assert not Limit.objects.exists()


def test_too_many_tries_are_told_in_our_words(home: None, limited: None, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client = Client()
    client.post("/desk/account/login/", {"login": "a@hotline.test", "password": "x"})

    answer = client.post("/desk/account/login/", {"login": "a@hotline.test", "password": "x"})

    assert answer.status_code == 429
    assert "Please wait five minutes" in answer.content.decode()
