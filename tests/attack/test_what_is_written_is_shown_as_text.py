"""Whoever can write something that a page of ours shows: a reporter, a site, a registry, a provider, an appellant, a
member, police, colleagues. All pages are opened with all of it; none of it is more than text."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import mandate, people, tokens
from nightlight.accounts.models import Person
from nightlight.assess import appeal
from nightlight.assess.appeal_models import Appeal
from nightlight.audit import log
from nightlight.audit.sequencer import sequence_once
from nightlight.casebook.models import Allegation, Case, Child, Media, Sighting, Subject
from nightlight.referral import holds
from nightlight.referral import verbs as referrals
from nightlight.referral.models import What
from nightlight.sharing import verbs as sharing
from nightlight.sharing.models import Opinion
from nightlight.takedown import answers, packing, queue
from nightlight.takedown.models import Answer, ConfirmedContact, Notice, Route, Trace
from nightlight.takedown.routes import Way
from nightlight.triage.models import Reading
from nightlight.work import clock
from tests.attack.conftest import SOMETHING, Page, all_pages
from tests.casebook import cases

MARK = "zq7mark"  # of everything hostile
TAG = f"<script>{MARK}()</script>"
BREAK_OUT = f"\"'><img src=x onerror={MARK}()>"
TEMPLATE = "{{ settings.SECRET_KEY }}{% debug %}{# "
HOSTILE = f"{TAG}{BREAK_OUT}{TEMPLATE}javascript:{MARK}() \u202e \x00 </title></textarea></style><!--"


class Live(HTMLParser):
    """What a browser would make of a page beyond text: elements and attributes that nobody of ours wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: (value or "").strip().lower() for name, value in attrs}
        ours = said.get("src", "").startswith("/static/") or said.get("type") == "application/json"
        if MARK in tag or (tag == "script" and not ours):
            self.found.append(tag)
        for name, value in said.items():
            runs = name.startswith("on") or name in ("style", "srcdoc") or MARK in name
            leads = name in ("href", "src", "action", "formaction", "data") and value.startswith(SCHEMES)
            if runs or leads or (name == "src" and value == "x"):
                self.found.append(f"{tag} {name}={value[:40]}")


SCHEMES = ("javascript:", "data:", "vbscript:")


def live(text: str) -> list[str]:
    """What of a page is more than text."""
    reader = Live()
    reader.feed(text)
    return reader.found


def test_the_reader_finds_what_would_be_live() -> None:
    assert live(f"<p>{TAG}</p>") == ["script"]
    assert live(f'<input value="{BREAK_OUT}">') == ["img src=x", f"img onerror={MARK}()"]
    assert live(f"<a href=' JavaScript:{MARK}()'>x</a>")
    assert not live(f"<p>{escape(HOSTILE)}</p><input value='{escape(HOSTILE)}'>")


@pytest.fixture
def written(home: None, someone: Callable[..., Person]) -> dict[str, Any]:
    """A case with everything that anybody can write about it."""
    analyst, second = someone("analyst"), someone("analyst", "senior_analyst")
    manager, police = someone("manager"), someone("police_liaison")
    Person.objects.filter(pk=analyst.pk).update(name=HOSTILE.replace("\x00", "")[:120])
    now = clock.now()
    case = cases.page_case(f"http://album.test/{MARK}?a='\"><b>")
    location = case.location
    assert location
    for number in range(2):
        sent = cases.report(text=HOSTILE, contact=json.dumps({HOSTILE: HOSTILE}))
        sent.not_understood = json.dumps([HOSTILE])
        sent.hashes = [{"type": "md5", "value": "0" * 32}]
        sent.save()
        Allegation.objects.create(
            report=sent, location=location, as_reported=HOSTILE, at=now - timedelta(hours=number)
        )
    Reading.objects.create(case=case, at=now, outcome="read", status=200, title=HOSTILE, text=HOSTILE)
    media = Media.objects.create(sha256="a" * 64, mime=f'image/"><b {MARK}', first_seen=now)
    sighting = Sighting.objects.create(media=media, location=location, at=now)
    cases.confirm(case, analyst, second, media=(media,), note=HOSTILE, reasons=HOSTILE)
    case.children.add(Child.objects.create(label="C-2026-0001", note=HOSTILE, created_at=now))
    case.subjects.add(Subject.objects.create(handle=HOSTILE, service=HOSTILE, note=HOSTILE, created_at=now))
    Case.objects.filter(pk=case.pk).update(provider_key=f"<b {MARK}>")
    contacts = [{"email": f"{MARK}'\"<b>@album.test", "scope": HOSTILE, "name": HOSTILE}]
    contacts += [{"email": f"{MARK}'{{}}@album.test", "scope": "operator", "name": HOSTILE}]
    Trace.objects.create(
        case=case,
        location=location,
        at=now,
        host=HOSTILE,
        addresses=json.dumps([HOSTILE]),
        name_servers=json.dumps([HOSTILE]),
        provider=HOSTILE,
        provider_key=f"<b {MARK}>",
        contacts=json.dumps(contacts),
        problems=json.dumps([HOSTILE]),
        country="NL",
    )
    way = Way(Notice.Role.HOST, f"{MARK}'{{}}@host.example")
    notice = queue.join(Case.objects.get(pk=case.pk), way, Notice.Step.NOTICE, "NL")
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.SENT, sent_at=now)
    answers.answer(notice.pk, Answer.What.DISPUTED, note=HOSTILE)
    Answer.objects.create(notice=notice, what=Answer.What.REAL_HOST, real_host=HOSTILE, note=HOSTILE, at=now)
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.BOUNCED)
    ConfirmedContact.objects.create(domain_index="x", contact=HOSTILE, by=analyst, at=now)
    route = Route.objects.create(first="partner", contact=HOSTILE, network=f"<b {MARK}>", at=now, by=manager)
    made = appeal.make(Appeal.Who.OWNER, HOSTILE, serial=HOSTILE, address=HOSTILE, contact=HOSTILE)
    Appeal.objects.filter(pk=made.appeal.pk).update(case=case)
    member = sharing.member(f"Example {TAG}{BREAK_OUT}")
    sharing.settle(case.pk)
    sharing.list_media(media.pk, case.pk)
    for entry in sharing.entries_of(case):
        sharing.give_opinion(entry.pk, member, Opinion.What.DISPUTE, HOSTILE)
    (referral,) = referrals.prepare(case.pk)
    referrals.record_outcome(case.pk, police, What.ARREST, now.date())
    hold = holds.place(case.pk, now + timedelta(days=1), HOSTILE, police)
    tokens.issue(f"Token {TAG}{BREAK_OUT}"[:120], ["member"])
    tokens.issue("mine", ["desk"], analyst)
    people.set_roles(second, ["analyst", "senior_analyst"], manager)
    mandate.record(
        manager,
        **dict.fromkeys(("law", "police_agreement", "jurisdictions", "data_protection"), BREAK_OUT + TAG),
        safeguarding_lead=TAG,
        signed_on=now.date(),
        switches=list(mandate.Switch),
    )
    log.record("audit.search", by=manager, purpose=HOSTILE)
    sequence_once()
    return {
        "case": case,
        "case_id": case.pk,
        "sighting_id": sighting.pk,
        "notice_id": notice.pk,
        "route_id": route.pk,
        "appeal_id": made.appeal.pk,
        "member_id": member.pk,
        "referral_id": referral.pk,
        "hold_id": hold.pk,
        "pk": analyst.pk,
        "notice": notice,
        "reference": made.reference,
    }


EVERYBODY = ("analyst", "senior_analyst", "manager", "administrator", "inspector", "police_liaison")


def opened(client: Client, written: dict[str, Any]) -> Iterator[tuple[Page, Any]]:
    """Every page there is, of what was written."""
    ids = [written[name] for name in ("case_id", "appeal_id", "pk", "notice_id", "referral_id", "hold_id")]
    for page in all_pages():
        paths = {page.path.replace(str(SOMETHING), str(each)) for each in ids}
        for path in paths:
            answer = client.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield page, answer


def test_no_page_makes_more_than_text_of_it(
    written: dict[str, Any], browser: Callable[..., Client], settings: Any
) -> None:
    client, seen = browser(*EVERYBODY), 0
    for page, answer in opened(client, written):
        text = answer.content.decode()
        seen += text.count(MARK)
        assert TAG not in text, page
        assert live(text) == [], page
        assert settings.SECRET_KEY not in text, page
        assert "sql_queries" not in text, page

    assert seen > 60  # it is all there, as text


def test_what_the_public_sees_of_it_is_text_too(
    written: dict[str, Any], browser: Callable[..., Client]
) -> None:
    stranger = browser()
    link = packing.link(written["notice"]).removeprefix("http://localhost:8000")
    answers_ = [
        stranger.get(link, headers={"Host": "localhost"}),
        stranger.post("/appeal/", {"reference": written["reference"]}),
        stranger.post("/appeal/", {"who": HOSTILE, "address": HOSTILE, "reasons": "", "contact": HOSTILE}),
        stranger.post("/report/", {"kind": HOSTILE, "urls": HOSTILE, "text": HOSTILE, "contact": HOSTILE}),
        stranger.post("/report/", {"kind": "material", "urls": "http://[" + HOSTILE}),
        stranger.post("/receipt/", {"receipt": HOSTILE}),
        stranger.post("/receipt/withdraw/", {"receipt": HOSTILE}),
        stranger.get("/report/", {"kind": HOSTILE}),
        stranger.get("/desk/account/login/", {"next": f"/{BREAK_OUT}"}),
        stranger.post("/desk/account/login/", {"login": BREAK_OUT, "password": BREAK_OUT, "next": BREAK_OUT}),
        stranger.get(f"/{TAG}"),
        stranger.get(f"/notice/{TAG}/"),
        stranger.get(f"/api/v1/{TAG}"),
    ]

    for answer in answers_:
        text = answer.content.decode()
        assert live(text) == [], text[:200]


def test_a_desk_form_sent_back_shows_what_was_typed_as_text(
    written: dict[str, Any], browser: Callable[..., Client]
) -> None:
    client, case = browser(*EVERYBODY), written["case_id"]
    posts = {
        "/desk/search/": {"text": TAG + BREAK_OUT, "purpose": "work"},
        f"/desk/cases/{case}/decide/": {"outcome": BREAK_OUT, "note": TAG, "step": "look"},
        f"/desk/cases/{case}/attach/": {"label": TAG},
        f"/desk/cases/{case}/correct/": {"outcome": BREAK_OUT, "reasons": TAG},
        f"/desk/cases/{case}/real-host/": {"real_host": TAG},
        f"/desk/cases/{case}/contact/": {"email": TAG},
        f"/desk/cases/{case}/hold/": {"hold-until": TAG, "hold-reference": TAG},
        f"/desk/cases/{case}/outcome/": {"outcome-what": TAG, "outcome-day": TAG},
        "/desk/routes/": {"country": TAG, "network": TAG, "contact": TAG, "first": TAG},
        "/desk/people/add/": {"email": TAG, "name": BREAK_OUT, "password": "x", "roles": [TAG]},
        "/desk/tokens/add/": {"name": BREAK_OUT, "scopes": [TAG]},
        "/desk/networks/": {"cidr": TAG},
        "/desk/mandate/": {"law": BREAK_OUT, "signed_on": TAG},
        "/desk/audit/search/": {"sought": TAG, "purpose": BREAK_OUT},
    }

    for path, body in posts.items():
        answer = client.post(path, body, follow=True)
        assert answer.status_code in (200, 409, 422), path
        assert live(answer.content.decode()) == [], path


def test_the_policy_lets_no_page_run_anything_but_our_own_files(
    written: dict[str, Any], browser: Callable[..., Client]
) -> None:
    client = browser(*EVERYBODY)
    for page, answer in opened(client, written):
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, page
        assert "unsafe" not in policy, page
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "form-action 'self'" in policy
        assert "*" not in policy
        assert "data:" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
