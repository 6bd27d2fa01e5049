"""Tokens: each opens its own calls, of whoever holds it, from where it may, until it ends."""

import json
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import networks, tokens
from nightlight.accounts.models import Person, Token
from nightlight.accounts.permissions import Role
from nightlight.casebook.models import Assessment, Case, Report
from nightlight.casebook.words import ReportKind, Source
from nightlight.sharing import own_images, verbs
from nightlight.sharing.models import Member
from nightlight.work import clock
from tests.attack.conftest import SOMETHING

Someone = Callable[..., Person]
# Every call, the scope that opens it, and a body that it could take.
CALLS: list[tuple[str, str, str, object]] = [
    ("get", "/cases", "desk", None),
    ("get", f"/cases/{SOMETHING}", "desk", None),
    ("post", f"/cases/{SOMETHING}/assessments", "desk", {"outcome": "not_found"}),
    ("get", "/lists/hashes", "member", None),
    ("get", "/lists/urls", "member", None),
    ("get", "/lists/own-image-unseen", "member", None),
    ("post", "/reports/xarf", "report", {}),
    ("post", "/reports/iccam", "report", {}),
    ("post", "/match", "member", {"hashes": []}),
    ("post", f"/entries/{SOMETHING}/opinions", "member", {"opinion": "seen"}),
]
SCOPES = ["desk", "member", "report", "urls_clear", "distance", "metrics"]


def call(client: Client, method: str, path: str, body: object, **headers: str) -> Any:
    client.raise_request_exception = False
    if method == "get":
        return client.get(f"/api/v1{path}", headers=headers)
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_the_calls_above_are_all_calls_that_need_a_token(client: Client, home: None) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]

    closed = {
        (method, path)
        for path, operations in described.items()
        for method, operation in operations.items()
        if {} not in operation.get("security", [{}])
    }

    assert len(closed) == len(CALLS)


@pytest.mark.parametrize(("method", "path", "scope", "body"), CALLS, ids=lambda value: str(value)[:40])
def test_only_its_own_scope_opens_a_call(
    method: str, path: str, scope: str, body: object, home: None, client: Client, someone: Someone
) -> None:
    own_images.agree(verbs.member("of member").pk, on=True, by=someone("manager"))
    opened = set()
    for other in SCOPES:
        secret = tokens.issue(f"of {other}", [other])
        answer = call(client, method, path, body, Authorization=f"Bearer {secret}")
        if answer.status_code != 403:
            opened.add(other)
        else:
            assert f'scope="{scope}"' in answer["WWW-Authenticate"]

    assert opened == {scope}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer null",
        "Bearer undefined",
        "Basic {}",
        "Token {}",
        "Bearer Bearer {}",
        "Bearer {}x",
        "Bearer {}\x00",
        "Bearer \u2028{}",
        "Bearer ' OR 1=1 --",
        "Bearer " + "x" * 60_000,
        "Bearer \u00fc\u4e2d",
    ],
    ids=ascii,
)
def test_what_is_no_token_opens_nothing(header: str, home: None, client: Client) -> None:
    secret = tokens.issue("desk", ["desk"])

    for method, path, _, body in CALLS:
        answer = call(client, method, path, body, Authorization=header.format(secret))
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_a_session_of_the_desk_is_no_token_and_a_token_no_session(
    home: None, client: Client, someone: Someone
) -> None:
    secret = tokens.issue("desk", ["desk"])
    signed_in = Client()
    signed_in.force_login(someone("analyst", "senior_analyst"))

    by_session = call(signed_in, "get", "/cases", None)
    by_token = client.get("/desk/", headers={"Authorization": f"Bearer {secret}"})

    assert by_session.status_code == 401
    assert by_token.status_code == 302


@pytest.mark.parametrize("way", ["cookie", "query", "body"])
def test_a_token_anywhere_but_in_its_header_opens_nothing(way: str, home: None, client: Client) -> None:
    secret = tokens.issue("desk", ["desk"])
    client.cookies["Authorization"] = f"Bearer {secret}" if way == "cookie" else ""

    answer = client.get("/api/v1/cases", {"token": secret, "access_token": secret} if way == "query" else {})

    assert answer.status_code == 401


@pytest.mark.parametrize("role", [role for role in Role.values if role not in ("analyst", "senior_analyst")])
def test_a_desk_token_may_what_its_person_may(
    role: str, home: None, client: Client, someone: Someone
) -> None:
    whom = someone(role)
    header = f"Bearer {tokens.issue('desk', ['desk'], whom)}"
    case = _case()

    read = call(client, "get", f"/cases/{case.pk}", None, Authorization=header)
    listed = call(client, "get", "/cases", None, Authorization=header)
    decided = call(
        client, "post", f"/cases/{case.pk}/assessments", {"outcome": "not_found"}, Authorization=header
    )

    sees = role in ("manager", "inspector", "child_protection_officer", "police_liaison")
    assert (read.status_code, listed.status_code) == ((200, 200) if sees else (403, 403))
    assert decided.status_code == 403
    assert not Assessment.objects.exists()


def test_a_token_ends_with_its_roles_its_person_and_itself(
    home: None, client: Client, someone: Someone
) -> None:
    whom = someone("analyst")
    header = f"Bearer {tokens.issue('desk', ['desk'], whom)}"

    def status() -> int:
        return int(call(client, "get", "/cases", None, Authorization=header).status_code)

    seen = [status()]
    Person.objects.filter(pk=whom.pk).update(roles=["administrator"])
    seen.append(status())
    Person.objects.filter(pk=whom.pk).update(roles=["analyst"], is_active=False)
    seen.append(status())
    Person.objects.filter(pk=whom.pk).update(is_active=True)
    tokens.revoke(Token.objects.get(), "system")
    seen.append(status())

    assert seen == [200, 403, 401, 401]


@pytest.mark.parametrize(
    ("come_from", "headers", "opens"),
    [
        ("203.0.113.7", {}, True),
        ("198.51.100.1", {}, False),
        ("198.51.100.1", {"X-Forwarded-For": "203.0.113.7"}, False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, False),
        ("127.0.0.1", {}, True),
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.1"}, False),
        ("127.0.0.1", {"X-Real-IP": "198.51.100.1"}, False),
        ("127.0.0.1", {"Forwarded": "for=198.51.100.1"}, False),
        ("::ffff:203.0.113.7", {}, True),
        ("", {}, False),
        ("unix:", {}, False),
    ],
)
def test_in_a_real_home_a_desk_token_works_from_its_networks_and_no_header_names_them(
    come_from: str, headers: dict[str, str], opens: bool, real_home: None, someone: Someone
) -> None:
    manager, analyst = someone("manager"), someone("analyst")
    networks.name("203.0.113.0/24", manager)
    networks.name("127.0.0.1", manager)  # a script beside the server; the proxy beside it must not count
    header = f"Bearer {tokens.issue('desk', ['desk'], analyst)}"

    answer = call(Client(REMOTE_ADDR=come_from), "get", "/cases", None, Authorization=header, **headers)

    assert (answer.status_code == 200) == opens


@pytest.mark.parametrize(
    ("come_from", "forwarded", "opens"),
    [
        ("127.0.0.1", "203.0.113.7", True),
        ("127.0.0.1", "203.0.113.7, 127.0.0.1", True),
        ("127.0.0.1", "198.51.100.1", False),
        ("127.0.0.1", "203.0.113.7, 198.51.100.1", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "203.0.113.7, x", False),
        ("198.51.100.1", "203.0.113.7", False),
        ("203.0.113.7", "203.0.113.7", False),
    ],
)
def test_a_proxy_that_the_operator_named_is_believed_about_whom_it_speaks_for(
    come_from: str, forwarded: str, opens: bool, real_home: None, someone: Someone, settings: Any
) -> None:
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, trusted_proxies=(ip_network("127.0.0.1"),))
    networks.name("203.0.113.0/24", someone("manager"))
    header = f"Bearer {tokens.issue('desk', ['desk'], someone('analyst'))}"

    answer = call(
        Client(REMOTE_ADDR=come_from),
        "get",
        "/cases",
        None,
        Authorization=header,
        **{"X-Forwarded-For": forwarded},
    )

    assert (answer.status_code == 200) == opens


def test_a_wrong_token_makes_no_anonymous_report(home: None, client: Client) -> None:
    answer = call(client, "post", "/reports", {"kind": "material"}, Authorization="Bearer wrong")

    assert answer.status_code == 401
    assert not Report.objects.exists()


def test_a_member_or_desk_token_makes_anyones_report_and_no_partners(home: None, client: Client) -> None:
    for scope in ("member", "desk"):
        header = f"Bearer {tokens.issue(scope, [scope])}"
        assert call(client, "post", "/reports", {"kind": "material"}, Authorization=header).status_code == 201

    assert set(Report.objects.values_list("source", flat=True)) == {Source.PUBLIC}


def test_a_member_reads_no_clear_address_without_the_scope_for_it(home: None, client: Client) -> None:
    secret = tokens.issue("Example Ltd", ["member"])

    answer = client.get("/api/v1/lists/urls?urls_clear=1", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 200
    assert b"http" not in answer.content


def test_a_member_whom_nothing_was_agreed_with_gets_nothing(home: None, client: Client) -> None:
    secret = tokens.issue("Example Ltd", ["member", "urls_clear", "distance"])
    Member.objects.create(name="Example Ltd", since=clock.now(), lists=[])

    statuses = {
        call(client, method, path, body, Authorization=f"Bearer {secret}").status_code
        for method, path, scope, body in CALLS
        if scope == "member"
    }

    assert statuses == {403, 404}


# A body may say more than it is asked for; none of it is taken.
def test_a_decision_names_neither_who_nor_which_look_nor_that_it_is_final(
    home: None, client: Client, someone: Someone
) -> None:
    analyst, other = someone("analyst"), someone("senior_analyst")
    header = f"Bearer {tokens.issue('desk', ['desk'], analyst)}"
    case = _case()
    body = {
        "outcome": "confirmed",
        "severity": "A",
        "by": str(other.pk),
        "by_id": str(other.pk),
        "role": "senior",
        "is_final": True,
        "final": True,
        "state": "confirmed",
        "round": 9,
        "at": "2001-01-01T00:00:00Z",
        "children": ["new"],
        "subjects": [{"handle": "x", "service": "y"}],
        "case": str(SOMETHING),
        "__class__": "Assessment",
    }

    answer = call(client, "post", f"/cases/{case.pk}/assessments", body, Authorization=header)

    look = Assessment.objects.get()
    assert answer.status_code in (201, 422)
    assert (look.by_id, look.role, look.is_final, look.round) == (analyst.pk, "first", False, 1)
    assert look.at.year == 2026
    assert Case.objects.get(pk=case.pk).state == "second_look"
    assert not case.children.exists()
    assert not case.subjects.exists()


def _case() -> Case:
    now = clock.now()
    report = Report.objects.create(received_at=now, kind=ReportKind.GROOMING, receipt_digest="0")
    return Case.objects.create(
        report=report, kind=ReportKind.MATERIAL, priority=3, received_at=now, changed_at=now
    )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "x-real-ip", "Forwarded"])
def test_metrics_are_for_nobody_whom_a_proxy_speaks_for(header: str, home: None) -> None:
    answer = Client(REMOTE_ADDR="127.0.0.1").get("/metrics", headers={header: "127.0.0.1"})

    assert answer.status_code == 403
