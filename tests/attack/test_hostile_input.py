"""Paging, searching and looking up with values that nobody would type: a clear answer each time, never an error."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict

from nightlight.accounts import tokens
from nightlight.casebook.models import Case
from tests.attack.conftest import all_pages
from tests.casebook import cases

Browser = Callable[..., Client]
EVERYBODY = ("analyst", "senior_analyst", "manager", "administrator", "inspector", "police_liaison")
VALUES = [
    "-1",
    "0",
    "1e9",
    str(10**12),
    "9" * 5000,
    str(2**63),
    str(-(2**63)),
    "NaN",
    "null",
    "\u00b2",  # a digit, as far as str.isdigit knows
    "\u0661",
    "\x00",
    "\ud7ff",
    "' OR '1'='1",
    '"; DROP TABLE casebook_case; --',
    '{"$ne": null}',
    "[]",
    "%00",
    "../../etc/passwd",
    "{{ 7|add:7 }}",
    "00000000-0000-0000-0000-000000000000",
    "urn:uuid:0197c0de-0000-7000-8000-000000000001",
    "x" * 20_000,
    "\u202e",
]
GUESSED = {"after", "since", "limit", "state", "page", "format", "kind", "order_by", "id__gt"}
OF_ALL = {"language", "country"}  # what the front of the house reads of every address alike


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that whoever answers a request looks up in its query or body."""
    names: set[str] = set()

    def spied(plain: Callable[..., Any]) -> Callable[..., Any]:
        def look_up(given: MultiValueDict[str, Any], key: str, *others: Any) -> Any:
            names.update([key] if isinstance(given, QueryDict) else [])
            return plain(given, key, *others)

        return look_up

    for method in ("__getitem__", "get", "getlist"):
        monkeypatch.setattr(MultiValueDict, method, spied(getattr(MultiValueDict, method)))
    return names


def test_no_page_breaks_on_a_hostile_query(home: None, browser: Browser, read: set[str]) -> None:
    client, broken, names = browser(*EVERYBODY), [], {}
    cases.page_case("http://album.test/a")
    for page in all_pages():
        read.clear()
        if client.get(page.path).status_code == 200:
            names[page.path] = set(read)
    for path, asked in names.items():
        # One that looks nothing up can only break on its own address.
        for value in VALUES if asked - OF_ALL and not path.startswith("/desk/account") else VALUES[::6]:
            query = "&".join(f"{name}={quote(value)}" for name in sorted(asked | GUESSED))
            answer = client.get(f"{path}?{query}")
            if answer.status_code >= 500:
                broken.append((path, ascii(value[:40])))

    assert len(names) > 60
    assert sum(bool(asked - OF_ALL) for asked in names.values()) > 25
    assert broken == []


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_no_list_of_the_api_breaks_or_gives_more_than_it_may(value: str, home: None, client: Client) -> None:
    for number in range(3):
        cases.page_case(f"http://album.test/{number}")
    client.raise_request_exception = False
    desk = {"Authorization": f"Bearer {tokens.issue('desk', ['desk'])}"}
    member = {"Authorization": f"Bearer {tokens.issue('member', ['member'])}"}

    answers = [
        client.get("/api/v1/cases", {name: value}, headers=desk) for name in ("limit", "after", "state")
    ]
    answers += [
        client.get(f"/api/v1/lists/{name}", {key: value}, headers=member)
        for name in ("hashes", "urls")
        for key in ("since", "limit")
    ]
    answers += [client.get(f"/api/v1/cases/{quote(value, safe='')}", headers=desk)]

    for answer in answers:
        assert answer.status_code in (200, 404, 422), answer.content
        if answer.status_code != 200:
            assert answer["Content-Type"] == "application/problem+json"
            assert value not in answer.content.decode() or len(value) < 3


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_a_search_finds_what_is_named_exactly_and_nothing_else(
    value: str, home: None, browser: Browser
) -> None:
    cases.page_case("http://album.test/a")
    client = browser(*EVERYBODY)

    found = client.post("/desk/search/", {"text": value, "purpose": "work"})
    audit = client.post("/desk/audit/search/", {"sought": value, "purpose": value[:200]})

    assert found.status_code in (200, 422)
    assert not found.context["rows"]
    assert audit.status_code in (200, 422)


def test_a_search_without_a_purpose_or_with_an_invented_one_looks_nowhere(
    home: None, browser: Browser
) -> None:
    case = cases.page_case("http://album.test/a")
    client = browser("analyst")

    for purpose in ({}, {"purpose": ""}, {"purpose": "curiosity"}):
        answer = client.post("/desk/search/", {"text": "http://album.test/a", **purpose})
        assert answer.context["rows"] is None
        assert str(case.pk) not in answer.content.decode().split("<main")[-1]


@pytest.mark.parametrize(
    "body",
    [
        b'{"hashes":[{"type":"pdq","value":"\\ud800"}],"urls":["\\ud800"]}',
        b'{"hashes":[{"type":"\\u0000","value":"\\u0000"}]}',
        b'{"urls":["' + b"x" * 9000 + b'"]}',
        b'{"urls":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"urls":[' + b'"a.example",' * 1001 + b'"a"]}',
        b'{"hashes":null,"urls":null}',
        b'{"hashes":[[]]}',
        b'{"limit":1e400}',
        b'{"urls":["http://127.0.0.1/","http://[::1]/","file:///etc/passwd"]}',
        b"\xff\xfe\x00",
        b"",
    ],
    ids=range(11),
)
def test_hostile_bodies_of_members_get_a_clear_answer(body: bytes, home: None, client: Client) -> None:
    client.raise_request_exception = False
    headers = {"Authorization": f"Bearer {tokens.issue('member', ['member'])}"}

    asked = client.post("/api/v1/match", body, content_type="application/json", headers=headers)

    assert asked.status_code in (200, 400, 422)


@pytest.mark.parametrize(
    "given",
    [
        {"opinion": "dispute", "reason": "\ud800"},
        {"opinion": "dispute", "reason": "\x00"},
        {"opinion": "dispute", "reason": "x" * 4001},
        {"opinion": "dispute", "count": -1},
        {"opinion": "dispute", "count": 10**30},
        {"opinion": "dispute", "count": True},
        {"opinion": "delete"},
        {"opinion": ["dispute"]},
        {"opinion": "dispute", "member": "other", "entry": "x", "at": "2001-01-01"},
    ],
    ids=range(9),
)
def test_hostile_opinions_and_decisions_break_neither_call_nor_page(
    given: dict[str, Any], home: None, client: Client, browser: Browser
) -> None:
    from nightlight.sharing import verbs as sharing

    case = cases.page_case("http://album.test/a")
    cases.confirm(case)
    sharing.settle(case.pk)
    (entry,) = sharing.entries_of(case)
    client.raise_request_exception = False
    member = {"Authorization": f"Bearer {tokens.issue('member', ['member'])}"}
    desk = {"Authorization": f"Bearer {tokens.issue('desk', ['desk'])}"}

    told = client.post(
        f"/api/v1/entries/{entry.pk}/opinions",
        json.dumps(given),
        content_type="application/json",
        headers=member,
    )
    decided = client.post(
        f"/api/v1/cases/{cases.page_case('http://album.test/b').pk}/assessments",
        json.dumps({"outcome": "not_found", "note": given.get("reason", ""), "scheme": "\ud800"}),
        content_type="application/json",
        headers=desk,
    )

    assert told.status_code in (201, 422)
    assert decided.status_code == 422
    assert browser("manager").get("/desk/members/").status_code == 200
    assert browser("analyst").get(f"/desk/cases/{case.pk}/").status_code == 200


def test_no_page_of_a_list_is_longer_than_it_may_be(home: None, client: Client) -> None:
    for number in range(5):
        cases.page_case(f"http://album.test/{number}")
    desk = {"Authorization": f"Bearer {tokens.issue('desk', ['desk'])}"}

    for limit, status in ((0, 422), (-1, 422), (1001, 422), (10**12, 422), (1000, 200), (1, 200)):
        answer = client.get("/api/v1/cases", {"limit": str(limit)}, headers=desk)
        assert answer.status_code == status

    assert len(answer.json()["cases"]) == 1
    assert Case.objects.count() == 5
