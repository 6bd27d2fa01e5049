"""Signing in: nobody is led elsewhere, nobody learns who works here, and a session is its owner's alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.test import Client

from nightlight.accounts import caller
from nightlight.accounts.models import Person
from nightlight.accounts.sessions import SessionStore, digest
from nightlight.work import clock, due

Someone = Callable[..., Person]
PASSWORD = "correct horse battery"
LOGIN = "/desk/account/login/"


def enter(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    headers = {name.replace("_", "-"): more.pop(name) for name in list(more) if name.startswith("X_")}
    return client.post(LOGIN, {"login": email, "password": password, **more}, headers=headers)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://testserver@evil.example/",
        "https://testserver.evil.example/",
        "http://evil.example#@testserver/",
        "\thttps://evil.example/",
        "https://evil.example\\@testserver/",
        "/desk/\r\nLocation: https://evil.example/",
        "http://[::1",
    ],
)
def test_signing_in_leads_nowhere_else(target: str, home: None, someone: Someone, client: Client) -> None:
    person = someone("analyst")
    client.raise_request_exception = False

    posted = enter(client, person.email, next=target)
    again = client.get(LOGIN, {"next": target})  # signed in already: led on at once
    out = client.post("/desk/account/logout/", {"next": target})

    for answer in (posted, again, out):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\"))
        assert "\n" not in answer["Location"]


def test_a_desk_address_with_two_slashes_leads_to_no_other_host(home: None, client: Client) -> None:
    answer = client.get("//evil.example/desk/")

    assert answer.status_code == 404 or "//evil" not in answer["Location"]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:8000@evil.example", "a b"]
)
def test_a_host_that_is_not_ours_is_refused(host: str, home: None, client: Client) -> None:
    client.raise_request_exception = False

    answer = client.get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert b"evil" not in answer.content


def test_a_forwarded_host_changes_no_link(home: None, client: Client) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Original-URL": "/desk/", "X-Rewrite-URL": "/desk/"}

    page = client.get("/.well-known/security.txt", headers=headers)
    led = client.get("/desk/", headers=headers)

    assert b"evil" not in page.content
    assert led["Location"].startswith(LOGIN)


def test_a_stranger_cannot_tell_who_works_here(
    home: None, someone: Someone, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, off = someone("analyst"), someone("analyst")
    Person.objects.filter(pk=off.pk).update(is_active=False)
    hashed: list[str] = []
    plain = hashers.MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    answers = []
    for email in (person.email, off.email, "nobody@hotline.test"):
        hashed.clear()
        answer = enter(Client(), email, "a wrong password")
        body = answer.content.decode().replace(email, "")
        answers.append((answer.status_code, answer.context["form"].errors.as_text(), len(hashed) > 0))
        assert person.name == "" or person.name not in body

    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    "spelling",
    [
        "\uff50{rest}",  # fullwidth p
        "\u0440{rest}",  # Cyrillic er
        "p\u0301{rest}",
        "p{rest}\u200b",
        "\u200bp{rest}",
        "p{rest}\x00",
        "p{rest}\n",
        "P{rest}\u212a",
    ],
    ids=ascii,
)
def test_an_address_that_only_looks_alike_signs_nobody_in(
    spelling: str, home: None, someone: Someone, client: Client
) -> None:
    person = someone("analyst", email="pk1@hotline.test")
    client.raise_request_exception = False

    answer = enter(client, spelling.format(rest=person.email[1:]), PASSWORD)

    assert answer.status_code in (200, 302)
    signed_in = client.get("/desk/").status_code == 200
    assert not signed_in or spelling.strip() == "p{rest}"


def test_signing_in_gives_a_new_session_and_leaving_ends_it(home: None, someone: Someone) -> None:
    person, client = someone("analyst"), Client()
    planted = SessionStore()
    planted["mine"] = "planted"
    planted.save()
    client.cookies["session"] = str(planted.session_key)

    enter(client, person.email)
    key = client.cookies["session"].value
    thief = Client()
    thief.cookies["session"] = str(planted.session_key)
    inside = thief.get("/desk/").status_code
    client.post("/desk/account/logout/")
    late = Client()
    late.cookies["session"] = key

    assert key != planted.session_key
    assert inside == 302
    assert late.get("/desk/").status_code == 302


@pytest.mark.parametrize("key", ["", "x", "0" * 32, "' OR 1=1 --", "\x00" * 32, "a" * 100_000, "../../x"])
def test_a_made_up_session_key_is_nobodys_and_is_never_taken(key: str, home: None) -> None:
    client = Client()
    client.cookies["session"] = key

    answer = client.get("/desk/")

    assert answer.status_code == 302
    assert not Session.objects.exists()


def test_sessions_that_ended_by_themselves_leave_the_database_by_themselves(
    home: None, someone: Someone, work_until: Callable[..., int]
) -> None:
    ended, going_on = Client(), Client()
    enter(ended, someone("analyst").email)
    enter(going_on, someone("analyst").email)
    over = Session.objects.filter(pk=digest(ended.cookies["session"].value))
    over.update(expire_date=clock.real_now() - timedelta(seconds=1))

    due.ensure_schedules()
    work_until(clock.now() + timedelta(hours=2))

    assert [row.session_key for row in Session.objects.all()] == [digest(going_on.cookies["session"].value)]


def test_the_database_holds_no_key_that_opens_a_session(home: None, someone: Someone) -> None:
    client = Client()
    enter(client, someone("analyst").email)
    (row,) = Session.objects.all()

    thief = Client()
    thief.cookies["session"] = row.session_key

    assert row.session_key == digest(client.cookies["session"].value)
    assert client.get("/desk/").status_code == 200
    assert thief.get("/desk/").status_code == 302


def test_the_content_of_one_session_does_not_open_as_anothers(home: None, someone: Someone) -> None:
    victim, thief = Client(), Client()
    enter(victim, someone("analyst").email)
    enter(thief, someone("member").email)
    of_victim = Session.objects.get(pk=digest(victim.cookies["session"].value))
    Session.objects.filter(pk=digest(thief.cookies["session"].value)).update(
        session_data=of_victim.session_data
    )

    assert victim.get("/desk/").status_code == 200
    assert thief.get("/desk/").status_code == 302


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(
    home: None, someone: Someone, client: Client
) -> None:
    client.get(LOGIN)
    enter(client, someone("analyst").email)

    for name in ("session", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["domain"] == ""


def test_behind_https_no_cookie_travels_in_the_clear(settings: Any) -> None:
    import subprocess
    import sys

    asked = "import django.conf as c; s = c.settings; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG)"
    environment = {
        "NIGHTLIGHT_HOME": str(settings.NIGHTLIGHT.home),
        "NIGHTLIGHT_BASE_URL": "https://hotline.example",
        "DJANGO_SETTINGS_MODULE": "nightlight.server.settings",
        "PATH": "",
    }

    found = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True)

    assert found.stdout.split() == ["True", "True", "False"]


def test_public_pages_set_no_cookie(home: None, client: Client) -> None:
    for path in ("/", "/report/", "/receipt/", "/young-people/", "/parents/", "/appeal/", "/transparency/"):
        assert not client.get(path).cookies, path


@pytest.mark.parametrize(
    ("come_from", "forwarded", "counted"),
    [
        ("198.51.100.1", "", None),  # documentation networks are not global: as a proxy's, which names nobody
        ("8.8.8.8", "9.9.9.9", "8.8.8.8"),
        ("127.0.0.1", "9.9.9.9", "9.9.9.9"),
        ("127.0.0.1", "1.1.1.1, 9.9.9.9", "9.9.9.9"),
        ("10.0.0.1", "9.9.9.9, garbage", None),
        ("127.0.0.1", "<script>", None),
        ("127.0.0.1", "9.9.9.9:80", None),
        ("", "9.9.9.9", None),
    ],
)
def test_a_caller_is_who_connects_or_whom_our_own_proxy_names(
    come_from: str, forwarded: str, counted: str | None, rf: Any
) -> None:
    request = rf.get("/", REMOTE_ADDR=come_from, headers={"X-Forwarded-For": forwarded})

    found = caller.address(request)

    assert (str(found) if found else None) == counted


def test_behind_a_proxy_one_strangers_guesses_lock_nobody_else_out(
    home: None, someone: Someone, settings: Any
) -> None:
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, limits=True)
    settings.ACCOUNT_RATE_LIMITS = {}
    person, victim = someone("analyst"), someone("analyst")
    stranger, colleague = Client(REMOTE_ADDR="127.0.0.1"), Client(REMOTE_ADDR="127.0.0.1")

    for guess in range(40):
        enter(stranger, victim.email, f"guess {guess}", X_Forwarded_For="9.9.9.9")
    own = enter(colleague, person.email, X_Forwarded_For="8.8.8.8")
    guessed = enter(stranger, victim.email, X_Forwarded_For="1.2.3.4, 9.9.9.9")

    assert own.status_code == 302
    assert guessed.status_code != 302
