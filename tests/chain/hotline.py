"""The hotline as those around it know it: the public API, the desk's pages and API, a member's lists, mail.

Nothing here looks into the database; what a journey proves, it proves from outside.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.test import Client

from nightlight.accounts import tokens
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.audit import checkpoints
from nightlight.audit.verify import verify
from nightlight.demo.conduct import Answer
from nightlight.demo.internet import SmallInternet
from nightlight.demo.mail import Message
from nightlight.demo.pictures import picture
from nightlight.work import clock

BASE = "http://localhost:8000"
STAFF = "@nightlight-hotline.example"
JSON = "application/json"
PEOPLE = {
    "first": Role.ANALYST,
    "second": Role.ANALYST,
    "senior": Role.SENIOR_ANALYST,
    "manager": Role.MANAGER,
    "liaison": Role.POLICE_LIAISON,
}
CATEGORY_A = {
    "outcome": "confirmed",
    "severity": "A",
    "age": "7-10",
    "sex": "girls",
    "made_by": "adult_present",
    "live_stream": False,
    "ai_generated": False,
    "commercial": False,
    "site_type": "image_host",
}


@dataclass
class Hotline:
    """One hotline, its people and a member. `people` sign in as themselves; `work_until` lets time go by."""

    internet: SmallInternet
    work_until: Callable[..., int]
    people: dict[str, Person]
    public: Client = field(default_factory=Client)
    cursors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._desks = {name: Client() for name in self.people}
        for name, person in self.people.items():
            self._desks[name].force_login(
                person, backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        self._programs = {
            name: _with(tokens.issue(name, ["desk"], person)) for name, person in self.people.items()
        }
        self.member = _with(tokens.issue("Harbour Social", ["member", "urls_clear"]))

    # ---- the public door

    def report(self, *urls: str, **fields: Any) -> dict[str, Any]:
        """Sends a report through the API; the answer's body."""
        body = {"kind": "material", "urls": list(urls), **fields}
        return _body(self.public.post("/api/v1/reports", body, JSON), httpx.codes.CREATED)

    def receipt(self, receipt: str) -> dict[str, Any]:
        """What the holder of a receipt is told."""
        return _body(self.public.post("/api/v1/receipts", {"receipt": receipt}, JSON))

    # ---- the desk

    def cases(self, state: str = "") -> list[dict[str, Any]]:
        """The cases in a state, as the API lists them."""
        found: list[dict[str, Any]] = _body(self._programs["first"].get("/api/v1/cases", {"state": state}))[
            "cases"
        ]
        return found

    def case(self, case_id: str) -> dict[str, Any]:
        """One case with all that the stages know of it."""
        return _body(self._programs["first"].get(f"/api/v1/cases/{case_id}"))

    def decide(self, case_id: str, who: str = "first", **fields: Any) -> Any:
        """One person's decision through the API, category A unless `fields` say otherwise; the whole answer."""
        body = CATEGORY_A | fields
        return self._programs[who].post(f"/api/v1/cases/{case_id}/assessments", body, JSON)

    def desk(self, who: str, path: str, **values: Any) -> Any:
        """Sends a form of the desk as this person."""
        return self._desks[who].post(f"/desk/{path}", values)

    def page(self, who: str, path: str) -> str:
        """A page of the desk as this person reads it."""
        answer = self._desks[who].get(f"/desk/{path}")
        assert answer.status_code == httpx.codes.OK, answer
        return str(answer.content.decode())

    # ---- those beyond

    def mails(self, mailbox: str | None = None) -> list[Message]:
        """Every delivery, repeats included."""
        return self.internet.mail.deliveries(mailbox)

    def providers_answer(self) -> list[Answer]:
        """Every provider that owes an answer by now gives it on its notice's page."""
        given = []
        for due in self.internet.pending_answers():
            self.public.post(due.notice_url.removeprefix(BASE), due.form)
            given.append(due.answer)
        return given

    def news(self, name: str) -> list[dict[str, Any]]:
        """What changed in a list since the member last asked."""
        checkpoints.checkpoint_now()
        query = {"since": self.cursors.get(name, ""), "limit": "1000"}
        body = _body(self.member.get(f"/api/v1/lists/{name}", query))
        self.cursors[name] = body["next"]
        entries: list[dict[str, Any]] = body["entries"]
        return entries

    # ---- time and the log

    def later(self, **span: float) -> None:
        """Lets time go by: `later(hours=36)`."""
        self.work_until(clock.now() + timedelta(**span))

    def findings(self) -> list[str]:
        """What `audit verify` finds."""
        checkpoints.checkpoint_now()
        return list(verify().findings)


def times(checks: list[dict[str, Any]], state: str) -> list[datetime]:
    """When looks saw this."""
    return [datetime.fromisoformat(check["at"]) for check in checks if check["state"] == state]


def sha256(name: str) -> str:
    """The SHA-256 of a picture of the small internet, by which a member knows it."""
    return hashlib.sha256(picture(name)[1]).hexdigest()


def _with(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def _body(answer: Any, expected: int = httpx.codes.OK) -> dict[str, Any]:
    assert answer.status_code == expected, answer.content
    body: dict[str, Any] = answer.json()
    return body
