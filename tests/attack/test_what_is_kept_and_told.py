"""What answers leave behind: in caches, in errors, in the log."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from nightlight.accounts import tokens
from nightlight.accounts.access import PUBLIC
from nightlight.accounts.models import Person
from nightlight.assess import appeal
from nightlight.assess.appeal_models import Appeal
from nightlight.audit import log
from nightlight.audit.models import Entry
from nightlight.casebook.words import ReportKind
from nightlight.intake import verbs
from nightlight.server.logs import JsonLines
from nightlight.takedown import packing, queue
from nightlight.takedown.models import Notice
from nightlight.takedown.routes import Way
from tests.attack.conftest import all_pages
from tests.casebook import cases

Browser = Callable[..., Client]
EVERYBODY = (
    "analyst",
    "senior_analyst",
    "manager",
    "administrator",
    "inspector",
    "police_liaison",
    "child_protection_officer",
)
LEAKS = (
    b"Traceback",
    b"site-packages",
    b"/work/",
    b"sqlite",
    b"psycopg",
    b"SELECT ",
    b"DATABASES",
    b"Exception",
)


def test_no_cache_keeps_a_page_of_the_desk(home: None, browser: Browser) -> None:
    client, kept = browser(*EVERYBODY), []
    for page in all_pages():
        answer = client.get(page.path)
        is_kept = answer.status_code == 200 and "no-store" not in answer.get("Cache-Control", "")
        if page.permission != PUBLIC and is_kept:
            kept.append(page.path)

    assert kept == []


def test_no_cache_keeps_what_only_its_reader_may_know(home: None, client: Client) -> None:
    received = verbs.receive(ReportKind.MATERIAL)
    made = appeal.make(Appeal.Who.OWNER, "only shapes", address="http://a.example/")
    case = cases.page_case("http://album.test/a")
    notice = queue.join(case, Way(Notice.Role.HOST, "abuse@host.example"), Notice.Step.NOTICE, "NL")
    link = packing.link(notice).removeprefix("http://localhost:8000")
    desk = {"Authorization": f"Bearer {tokens.issue('desk', ['desk'])}"}
    kept = {
        "report": client.post("/report/", {"kind": "material"}),
        "receipt": client.post("/receipt/", {"receipt": received.receipt}),
        "withdrawn": client.post("/receipt/withdraw/", {"receipt": received.receipt}),
        "appeal": client.post("/appeal/", {"reference": made.reference}),
        "notice": client.get(link),
        "answered": client.post(link, {"answer": "removed"}),
        "addresses": client.get(f"{link}addresses.csv"),
        "desk call": client.get("/api/v1/cases", headers=desk),
        "desk refusal": client.get("/api/v1/cases"),
        "receipt call": client.post(
            "/api/v1/receipts", {"receipt": received.receipt}, content_type="application/json"
        ),
    }

    assert {
        name: answer.get("Cache-Control")
        for name, answer in kept.items()
        if "no-store" not in answer.get("Cache-Control", "")
    } == {}
    assert all(kept[name]["X-Robots-Tag"].startswith("noindex") for name in ("notice", "addresses"))
    assert kept["notice"]["Referrer-Policy"] == "same-origin"  # the link goes to nobody else


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options", "trace", "head"])
@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/desk/", "/api/v1/nowhere", "/api/v1/cases", "/notice/x/"]
)
def test_no_method_anywhere_is_an_error_that_tells_more_than_its_number(
    path: str, method: str, home: None, browser: Browser
) -> None:
    answer = getattr(browser(), method)(path)

    assert answer.status_code in (200, 302, 401, 403, 404, 405)
    assert not any(leak in answer.content for leak in LEAKS)


@pytest.mark.parametrize("path", ["/report/", "/api/v1/reports", "/desk/", "/receipt/"])
def test_an_error_of_ours_tells_nothing_of_what_failed(
    path: str, home: None, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser("analyst")

    def fails(*_: Any, **__: Any) -> None:
        raise DatabaseError("no such table: casebook_report; secret words of a reporter")

    monkeypatch.setattr("nightlight.intake.verbs.receive", fails)
    monkeypatch.setattr("nightlight.intake.gather.keep", fails)
    monkeypatch.setattr("nightlight.intake.verbs.find", fails)
    monkeypatch.setattr("nightlight.assess.queue.page", fails)
    if path == "/desk/":
        answer = client.get(path)
    elif path.startswith("/api/"):
        answer = client.post(path, '{"kind":"material"}', content_type="application/json")
    else:
        answer = client.post(path, {"kind": "material", "receipt": "1234-5678-9012-3456"})

    assert answer.status_code == 500
    assert b"secret words" not in answer.content
    assert not any(leak in answer.content for leak in LEAKS)


@pytest.fixture
def lines() -> Any:
    """Everything that is logged while the test runs, as it would leave the process."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    yield lambda: out.getvalue().splitlines()
    root.removeHandler(handler)
    root.setLevel(level)


def test_nothing_that_strangers_send_makes_a_line_of_the_log_or_stands_in_one(
    home: None, browser: Browser, lines: Callable[[], list[str]]
) -> None:
    client = browser()
    forged = '\n{"level":"info","message":"forged"}\r\n'
    secret = "somewhere-secret"
    client.get(f"/{secret}{forged}?q={secret}{forged}", headers={"User-Agent": secret + forged})
    client.post("/report/", {"kind": "material", "urls": f"http://{secret}.example/", "text": secret})
    client.post("/report/", {"kind": secret, "x" * 10: secret}, headers={"Sec-Fetch-Site": secret})
    client.get(f"/notice/{secret}/")
    client.generic(f"X{secret}", "/report/")
    client.post("/api/v1/reports", "{" + secret, content_type="application/json")
    client.get("/", headers={"Host": f"{secret}.example"})
    client.post("/desk/account/login/", {"login": f"{secret}@a.example", "password": secret})
    client.cookies["session"] = secret
    client.get("/desk/")

    written = lines()

    assert len(written) > 5
    for line in written:
        said = json.loads(line)  # one object each: no line break came through
        assert said["message"] != "forged"
        said.pop("method", None)
        assert secret not in json.dumps(said)


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "http://a.example/",
        "someone@a.example",
        "two words",
        "x" * 129,
        "a\x00b",
        "a\x1fb",
        "a\u2028b",
    ],
    ids=ascii,
)
def test_the_audit_log_takes_no_text_as_a_fact(text: str, home: None) -> None:
    with pytest.raises(ValueError, match="no text"):
        log.record("test.act", by="system", fact=text)

    with pytest.raises(ValueError, match="no text"):
        log.record("test.act", by="system", fact={"inside": [text]})

    assert not Entry.objects.filter(verb="test.act").exists()


def test_who_may_see_cases_never_sees_a_reporters_contact(
    home: None, browser: Browser, someone: Callable[..., Person]
) -> None:
    case = cases.reported("http://album.test/a")
    for allegation in case.location.allegations.all():  # type: ignore[union-attr]
        allegation.report.contact = json.dumps({"reach": "reporter-reach@a.example"})
        allegation.report.save()
    own = cases.report(contact='{"reach": "reporter-reach@a.example"}', kind=ReportKind.GROOMING)
    person = someone(*(role for role in EVERYBODY if role != "child_protection_officer"))
    desk = {"Authorization": f"Bearer {tokens.issue('desk', ['desk'], person)}"}
    client = browser(*EVERYBODY)
    shown = [client.get(page.path.replace(str(case.pk), str(case.pk))) for page in all_pages()]
    shown += [client.get(f"/desk/cases/{case.pk}/"), client.get("/api/v1/cases", headers=desk)]
    shown += [client.get(f"/api/v1/cases/{case.pk}", headers=desk)]
    shown += [client.post("/desk/search/", {"text": "reporter-reach@a.example", "purpose": "work"})]

    assert own.contact
    for answer in shown[:-1]:
        assert b"reporter-reach" not in getattr(answer, "content", b"")
    assert b"/desk/cases/" not in shown[-1].content.split(b"<main")[-1]
