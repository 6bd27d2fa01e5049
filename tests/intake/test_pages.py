"""The pages of the public door, as a visitor without scripts and without cookies meets them."""

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import limits, verbs
from nightlight.intake.forms import KINDS
from nightlight.intake.helplines import helplines
from nightlight.intake.progress import Stage
from nightlight.intake.told import WORDS
from nightlight.work import clock
from tests.conftest import MONDAY

PAGES = ["/", "/report/", "/receipt/", "/young-people/", "/parents/"]
RECEIPT = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{4}\b")


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are on, and real time stands still until `after`, however long a test takes."""
    monkeypatch.setattr(limits.clock, "real_now", lambda: MONDAY)
    monkeypatch.setattr(django_settings, "NIGHTLIGHT", replace(django_settings.NIGHTLIGHT, limits=True))
    monkeypatch.setattr(limits.time, "sleep", lambda seconds: None)


def after(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many seconds pass."""
    moment = clock.real_now() + timedelta(seconds=seconds)
    monkeypatch.setattr(limits.clock, "real_now", lambda: moment)


def stamp(answer: Any) -> str:
    found = re.search(r'name="stamp" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("page", PAGES)
def test_a_public_page_opens_for_anyone_and_sets_no_cookie(home: None, client: Client, page: str) -> None:
    answer = client.get(page)

    assert answer.status_code == 200
    assert not answer.cookies
    scripts = re.findall(rb"<script([^>]*)>([^<]*)</script>", answer.content)
    assert all(b'src="/static/' in where and not inside for where, inside in scripts)
    assert answer.content.count(b"<script") == len(scripts) and b"style=" not in answer.content


@pytest.mark.parametrize("page", PAGES)
def test_a_rehearsal_says_so_on_every_page(home: None, client: Client, page: str) -> None:
    assert b'class="rehearsal"' in client.get(page).content


def test_a_real_home_shows_no_such_banner(real_home: None, client: Client) -> None:
    assert b'class="rehearsal"' not in client.get("/").content


@pytest.mark.parametrize("page", ["/", "/report/", "/parents/"])
def test_whoever_fears_for_a_child_now_finds_the_emergency_number(
    home: None, client: Client, page: str
) -> None:
    assert b'href="tel:112"' in client.get(page).content


@pytest.mark.parametrize("page", ["/young-people/", "/parents/"])
def test_the_pages_for_the_young_and_their_parents_lead_to_the_form_and_to_who_listens(
    home: None, client: Client, page: str
) -> None:
    content = client.get(page).content.decode()

    assert 'href="/report/' in content
    assert all(f"tel:{line.dial}" in content for line in helplines())


def test_every_helpline_names_its_source_and_the_day_it_was_checked() -> None:
    assert all(line.source and isinstance(line.checked_on, date) for line in helplines())


def test_the_form_speaks_of_every_kind_and_every_stage_has_words() -> None:
    assert {kind for kind, _ in KINDS} == set(ReportKind)
    assert set(WORDS) == set(Stage)


def test_an_empty_form_is_a_report(home: None, client: Client) -> None:
    answer = client.post("/report/", {})

    assert answer.status_code == 200
    assert Report.objects.get().kind == "material"


def test_the_receipt_is_shown_once_in_no_address_and_kept_by_no_cache(home: None, client: Client) -> None:
    answer = client.post("/report/", {"kind": "material", "urls": "http://a.example/x"})

    found = RECEIPT.search(answer.content.decode())
    assert found and verbs.find(found[0]) == Report.objects.get()
    assert answer.status_code == 200 and "Location" not in answer
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_what_the_form_sends_is_kept(home: None, client: Client) -> None:
    client.post(
        "/report/",
        {
            "kind": "grooming",
            "urls": "http://a.example/1\nhttp://b.example/2",
            "happening_now": "on",
            "channel": "gaming_chat",
            "text": "Somebody keeps writing.",
            "contact": "someone@mail.example",
        },
    )

    report = Report.objects.get()
    assert (report.kind, report.channel, report.happening_now) == ("grooming", "gaming_chat", True)
    assert report.text == "Somebody keeps writing."
    assert report.contact == '{"reach": "someone@mail.example"}'
    assert report.source == "public"


def test_what_was_understood_and_what_was_not_is_named_back_as_text(home: None, client: Client) -> None:
    answer = client.post(
        "/report/", {"kind": "material", "urls": "the <b>blue</b> square\nhttp://a.example/"}
    )

    content = answer.content.decode()
    assert "the &lt;b&gt;blue&lt;/b&gt; square" in content
    assert '<code dir="ltr">http://a.example/</code>' in content  # to read, and no link to follow
    assert 'href="http://a.example' not in content


def test_a_mistake_is_named_beside_its_field_and_nothing_written_is_lost(home: None, client: Client) -> None:
    answer = client.post("/report/", {"kind": "material", "urls": "http://a.example/", "contact": "x" * 301})

    content = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'id="id_contact_error"' in content and "http://a.example/" in content
    assert Report.objects.count() == 0


def test_a_young_person_finds_their_kind_chosen(home: None, client: Client) -> None:
    content = client.get("/report/?kind=own_image").content.decode()

    chosen = re.search(r'<input[^>]*value="own_image"[^>]*>', content)
    assert chosen and "checked" in chosen[0]


@pytest.mark.parametrize("path", ["/report/", "/receipt/", "/receipt/withdraw/"])
@pytest.mark.parametrize("sent_from", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(home: None, client: Client, path: str, sent_from: str) -> None:
    receipt = verbs.receive(ReportKind.OTHER).receipt

    answer = client.post(path, {"receipt": receipt}, headers={"Sec-Fetch-Site": sent_from})

    assert answer.status_code == 403
    assert Report.objects.filter(withdrawn_at=None).count() == 1


def test_our_own_form_needs_no_cookie(home: None) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})

    assert strict.post("/report/", {}).status_code == 200


def test_with_limits_on_a_form_sent_faster_than_anybody_reads_is_asked_for_again(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = stamp(client.get("/report/"))

    at_once = client.post("/report/", {"stamp": shown, "text": "what I wrote"})
    after(limits.FORM_SECONDS, monkeypatch)
    again = client.post("/report/", {"stamp": stamp(at_once), "text": "what I wrote"})

    assert (at_once.status_code, again.status_code, Report.objects.count()) == (422, 200, 1)
    assert b"what I wrote" in at_once.content and b"Please wait 10 seconds" in at_once.content


def test_whoever_sends_too_fast_again_and_again_waits_no_longer_than_once(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stamp(client.get("/report/"))

    after(limits.FORM_SECONDS - 1, monkeypatch)
    answer = client.post("/report/", {"stamp": first, "text": "what I wrote"})
    after(limits.FORM_SECONDS, monkeypatch)
    sent = client.post("/report/", {"stamp": stamp(answer), "text": "what I wrote"})

    assert (answer.status_code, sent.status_code) == (422, 200)


@pytest.mark.parametrize("stamp_value", ["", "x", "AAAA" * 20])
def test_with_limits_on_a_form_that_is_not_ours_is_asked_for_again(
    home: None, limited: None, client: Client, stamp_value: str
) -> None:
    assert client.post("/report/", {"stamp": stamp_value}).status_code == 422


def test_with_limits_on_a_form_is_not_taken_after_a_day(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = stamp(client.get("/report/"))
    after(limits.FORM_HOURS * 3600, monkeypatch)

    late = client.post("/report/", {"stamp": shown})

    assert (late.status_code, Report.objects.count()) == (422, 0)


@pytest.mark.parametrize("limited_", [True, False], ids=["limits on", "limits off"])
def test_the_same_form_sent_again_gives_the_same_receipt_and_other_content_is_asked_for_again(
    home: None,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    limited_: bool,
) -> None:
    if limited_:
        request.getfixturevalue("limited")
    shown = stamp(client.get("/report/"))
    after(10, monkeypatch)

    first, second = (client.post("/report/", {"stamp": shown, "text": "what I saw"}) for _ in range(2))
    other = client.post("/report/", {"stamp": shown, "text": "something else"})
    after(10, monkeypatch)
    then = client.post("/report/", {"stamp": stamp(other), "text": "something else"})

    receipts = [RECEIPT.search(answer.content.decode()).group() for answer in (first, second)]  # type: ignore[union-attr]
    assert receipts[0] == receipts[1]
    assert (second.status_code, other.status_code) == (200, 422)
    assert b"something else" in other.content
    assert (then.status_code, Report.objects.count()) == (200, 2)


@pytest.mark.parametrize("path", ["/report/", "/receipt/", "/receipt/withdraw/"])
def test_a_caller_who_knocks_too_often_is_told_to_wait(
    home: None, limited: None, client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(limits, "MOST_KNOCKS", {"report": 0, "receipt": 0})

    answer = client.post(path, {"receipt": "1234-5678-9012-3456"}, REMOTE_ADDR="9.9.9.9")

    assert answer.status_code == 429


def test_a_receipt_shows_how_the_report_stands_in_words(home: None, client: Client) -> None:
    receipt = verbs.receive(ReportKind.OTHER).receipt

    answer = client.post("/receipt/", {"receipt": receipt.replace("-", "")})

    assert answer.status_code == 200
    assert str(WORDS[Stage.RECEIVED].stands) in unescape(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("receipt", ["0000-0000-0000-0000", "nonsense", "\x00"])
def test_an_unknown_receipt_and_one_that_is_none_look_the_same(
    home: None, client: Client, receipt: str
) -> None:
    answer = client.post("/receipt/", {"receipt": receipt})

    assert answer.status_code == 404
    assert "We know no report with this receipt" in answer.content.decode()


def test_a_report_can_be_taken_back_with_its_receipt(home: None, client: Client) -> None:
    receipt = verbs.receive(ReportKind.OTHER, contact={"reach": "someone"}).receipt

    answer = client.post("/receipt/withdraw/", {"receipt": receipt})

    assert answer.status_code == 200
    assert Report.objects.get().withdrawn_at is not None
    assert "You took this report back" in client.post("/receipt/", {"receipt": receipt}).content.decode()


@pytest.mark.parametrize(("receipt", "status"), [("0000-0000-0000-0000", 404), ("", 422)])
def test_nothing_is_taken_back_without_the_right_receipt(
    home: None, client: Client, receipt: str, status: int
) -> None:
    verbs.receive(ReportKind.OTHER)

    answer = client.post("/receipt/withdraw/", {"receipt": receipt})

    assert answer.status_code == status
    assert Report.objects.get().withdrawn_at is None


def test_a_form_asks_for_work_only_where_something_is_limited(home: None, client: Client) -> None:
    assert "data-work=" not in client.get("/report/").content.decode()


def test_a_form_that_shows_work_need_not_wait_and_one_that_shows_none_must(
    home: None, client: Client, limited: None
) -> None:
    opened = stamp(client.get("/report/"))
    shows = (limits.shows_work(f"{opened}:{n}", limits.FORM_BITS) for n in itertools.count())
    nonce = next(n for n, worked in enumerate(shows) if worked)
    none = next(n for n, worked in enumerate(shows, start=nonce + 1) if not worked)

    idle = client.post("/report/", {"kind": "other", "stamp": opened, "work": str(none)})
    worked = client.post("/report/", {"kind": "other", "stamp": opened, "work": str(nonce)})

    assert (idle.status_code, worked.status_code) == (422, 200)
    assert Report.objects.count() == 1
