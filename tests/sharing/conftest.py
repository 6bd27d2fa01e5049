"""What the tests of sharing ask with: a member's token and a short way to call the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import tokens
from nightlight.audit.sequencer import sequence_once
from tests.casebook import cases


class MemberClient:
    """Calls the API as one member; the log is brought up to date before each call, as a worker does each second."""

    def __init__(self, name: str, *scopes: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {tokens.issue(name, ['member', *scopes])}"})

    def get(self, path: str, **query: Any) -> Any:
        sequence_once()
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path: str, body: object) -> Any:
        return self.client.post(f"/api/v1{path}", body, content_type="application/json")

    def feed(self, name: str, since: str = "", limit: int = 1000) -> dict[str, Any]:
        """One page of a list's feed."""
        answer = self.get(f"/lists/{name}", limit=limit, **({"since": since} if since else {}))
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def ops(self, name: str) -> list[str]:
        """The operations of the whole feed, in order."""
        return [entry["op"] for entry in self.feed(name)["entries"]]


@pytest.fixture
def member(home: None) -> Callable[..., MemberClient]:
    """`member("Example Ltd", "urls_clear")` is a member with these scopes beside its own."""
    return lambda name="Example Ltd", *scopes: MemberClient(name, *scopes)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other stage listens."""
    cases.only("sharing", monkeypatch)
