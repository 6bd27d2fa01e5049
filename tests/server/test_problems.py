"""Errors as answers: one page design for people, problem documents (RFC 9457) for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from nightlight.accounts import mandate, tokens
from nightlight.accounts.models import Person
from nightlight.server import problems

MARKER = "lantern-street-77"


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    """The body of a problem document of this status."""
    body: dict[str, Any] = answer.json()
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["title"]
    return body


def test_an_unknown_page_says_what_to_do(client: Client, home: None) -> None:
    answer = client.get("/no-such-page/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_an_unknown_call_of_the_api_is_a_problem(client: Client, home: None) -> None:
    assert_problem(client.get("/api/v1/no-such-call"), 404)


def test_a_method_the_api_does_not_know_is_a_problem_that_names_those_it_does(
    client: Client, home: None
) -> None:
    answer = client.delete("/api/v1/reports")

    assert_problem(answer, 405)
    assert "POST" in answer["Allow"]


@pytest.mark.parametrize("body", ["{", "[]", "", '{"kind": "' + MARKER + '"}', '{"kind": 7}'])
def test_what_can_t_be_read_is_a_problem_that_repeats_nothing(client: Client, home: None, body: str) -> None:
    answer = client.post("/api/v1/reports", body, content_type="application/json")

    assert_problem(answer, answer.status_code)
    assert 400 <= answer.status_code < 500
    assert MARKER not in answer.content.decode()


def test_fields_that_can_t_be_used_are_named(client: Client, home: None) -> None:
    answer = client.post(
        "/api/v1/reports", {"kind": "material", "happening_now": "yes"}, content_type="application/json"
    )

    fields = assert_problem(answer, 422)["fields"]
    assert [each["field"].split(".")[-1] for each in fields] == ["happening_now"]


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic x"])
def test_without_a_token_the_desk_s_calls_are_a_problem_that_asks_for_one(
    client: Client, home: None, header: str
) -> None:
    answer = client.get("/api/v1/cases", headers={"Authorization": header} if header else {})

    assert_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_what_no_mandate_allows_says_so(client: Client, home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: object) -> None:
        raise mandate.Closed("closed: no mandate to share")

    secret = tokens.issue("partner", ["member"])
    monkeypatch.setattr("nightlight.accounts.tokens.Bearer.authenticate", lambda *_: refuse(None))

    answer = client.get("/api/v1/lists/hashes", headers={"Authorization": f"Bearer {secret}"})

    assert assert_problem(answer, 403)["title"] == "closed: no mandate to share"


def test_a_page_that_is_not_open_to_somebody_says_whom_to_ask(
    client: Client, home: None, someone: Callable[..., Person]
) -> None:
    client.force_login(someone("member"))

    answer = client.get("/desk/work/")

    assert answer.status_code == 403
    assert "ask an administrator" in answer.content.decode()


def test_a_form_that_lost_its_protection_gets_the_same_page(home: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/desk/work/0197-0000/revive/")

    assert answer.status_code in (403, 404)
    assert "<h1" in answer.content.decode()


def test_a_fault_of_ours_is_a_page_without_its_cause(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(MARKER)

    monkeypatch.setattr("nightlight.server.upkeep.clock.real_now", broken)

    answer = Client(raise_request_exception=False).get("/.well-known/security.txt")

    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert MARKER not in answer.content.decode()


def test_the_page_of_a_fault_needs_no_database() -> None:
    """Not marked for the database: touching it would fail the test."""
    answer = problems.server_error(RequestFactory().get("/desk/"))

    assert answer.status_code == 500


def test_a_fault_of_ours_in_the_api_is_a_problem(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(MARKER)

    monkeypatch.setattr("nightlight.intake.gather.keep", broken)

    answer = Client(raise_request_exception=False).post(
        "/api/v1/reports", {"kind": "material"}, content_type="application/json"
    )

    assert_problem(answer, 500)
    assert MARKER not in answer.content.decode()


def test_a_host_that_is_not_ours_is_refused(client: Client, home: None) -> None:
    assert client.get("/", headers={"Host": "other.example"}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_names_are_always_our_host(client: Client, home: None, host: str) -> None:
    assert client.get("/healthz", headers={"Host": f"{host}:8000"}).status_code == 200


def test_the_description_says_of_every_error_that_it_is_a_problem(client: Client, home: None) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]

    said = {
        (int(status) >= 400, kind)
        for operations in described.values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        for kind in answer["content"]
    }

    assert said == {(False, "application/json"), (True, "application/problem+json")}


@pytest.mark.parametrize("path", ["/api/v1/reports", "/api/v1/receipts"])
def test_the_description_says_that_anyone_may_post_and_answers_a_challenge(
    client: Client, home: None, path: str
) -> None:
    operation = client.get("/api/v1/openapi.json").json()["paths"][path]["post"]

    assert {} in operation["security"]
    assert "X-Work" in [each["name"] for each in operation["parameters"]]
