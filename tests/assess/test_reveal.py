"""Revealing one medium: with a purpose, under the mandate, in the log, and only if it is what was recorded."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.devices import Seat
from nightlight.accounts.mandate import Closed
from nightlight.assess.purposes import RevealPurpose
from nightlight.assess.reveal import reveal
from nightlight.audit.models import Entry
from nightlight.casebook import egress
from nightlight.casebook.models import Case, Hold, Location, Media, Sighting
from nightlight.casebook.words import ReportKind
from nightlight.net.errors import TimedOut
from nightlight.net.fetch import Fetched
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson
from tests.fingerprint.drawings import film

PICTURE = b"\x89PNG\r\n\x1a\n a shape of light"
OTHER = b"\x89PNG\r\n\x1a\n another shape"
PAGE = b'<html><body><p>Hello</p><img src="/b.png"><img src="/a.png"></body></html>'


class Web:
    """A web of a few answers; what is missing does not answer."""

    def __init__(self, answers: Mapping[str, tuple[str, bytes]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def fetch(self, url: str, **_: Any) -> Fetched:
        self.asked.append(url)
        if url not in self.answers:
            raise TimedOut("nothing came")
        kind, body = self.answers[url]
        return Fetched(url, 200, {"content-type": kind}, body, (), "192.0.2.1", False)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    made = Web(
        {
            "http://site1.example/page": ("text/html", PAGE),
            "http://site1.example/b.png": ("image/png", OTHER),
            "http://site1.example/a.png": ("image/png", PICTURE),
        }
    )
    monkeypatch.setattr(egress, "fetcher", lambda: made)
    return made


def sighted(case: Case, body: bytes = PICTURE, mime: str = "image/png") -> Sighting:
    assert case.location
    media = Media.objects.create(sha256=hashlib.sha256(body).hexdigest(), mime=mime, first_seen=clock.now())
    return Sighting.objects.create(media=media, location=case.location, at=clock.now())


def ask(person: Any, case: Case, sighting: Sighting, purpose: str = "grade") -> Any:
    client = Client()
    client.force_login(person)
    return client.post(f"/desk/cases/{case.pk}/media/{sighting.pk}/reveal", {"purpose": purpose})


def test_a_medium_is_shown_from_its_page_and_stored_nowhere(
    make_case: MakeCase, someone: MakePerson, web: Web
) -> None:
    case, analyst = make_case(), someone("analyst")
    sighting = sighted(case)

    answer = ask(analyst, case, sighting)

    entry = Entry.objects.get(verb="assess.reveal")
    assert "no-store" in answer["Cache-Control"]
    assert (answer.content, answer["Content-Type"]) == (
        PICTURE,
        "image/png",
    )
    assert (entry.actor, entry.purpose) == (f"person:{analyst.pk}", "grade")


def test_what_is_not_what_was_recorded_is_refused(make_case: MakeCase, someone: MakePerson, web: Web) -> None:
    case = make_case()

    answer = ask(someone("analyst"), case, sighted(case, b"gone since"))

    assert (answer.status_code, b"not what was recorded" in answer.content) == (409, True)
    assert PICTURE not in answer.content and OTHER not in answer.content


def test_nothing_is_fetched_without_a_purpose(make_case: MakeCase, someone: MakePerson, web: Web) -> None:
    case = make_case()

    answer = ask(someone("analyst"), case, sighted(case), purpose="curious")

    assert (answer.status_code, web.asked, Entry.objects.filter(verb="assess.reveal").count()) == (422, [], 0)


@pytest.mark.parametrize("role", ["administrator", "manager", "inspector", "police_liaison"])
def test_only_who_may_reveal_does(role: str, make_case: MakeCase, someone: MakePerson, web: Web) -> None:
    case = make_case()

    answer = ask(someone(role), case, sighted(case))

    assert (answer.status_code, web.asked) == (403, [])


def test_nothing_is_revealed_while_police_hold_the_case(
    make_case: MakeCase, someone: MakePerson, web: Web
) -> None:
    case = make_case()
    until = clock.now().replace(year=2027)
    Hold.objects.create(case=case, until=until, reference="", by=someone("police_liaison"), at=clock.now())

    answer = ask(someone("analyst"), case, sighted(case))

    assert (answer.status_code, web.asked) == (409, [])


def a_case() -> Case:
    """A case about the page of `web`, in a home of any kind."""
    now = clock.now()
    location = Location.objects.create(url="http://site1.example/page", host="site1.example", first_seen=now)
    return Case.objects.create(
        location=location, kind=ReportKind.MATERIAL, priority=0, received_at=now, changed_at=now
    )


@pytest.mark.usefixtures("real_home")
def test_a_real_home_reveals_nothing_without_a_mandate(someone: MakePerson, web: Web) -> None:
    case = a_case()

    with pytest.raises(Closed, match="no mandate"):
        reveal(case.pk, sighted(case).pk, someone("analyst"), RevealPurpose.GRADE, seat=Seat(None, ""))

    assert web.asked == []


@pytest.mark.parametrize(
    "mime", ["image/svg+xml", "text/html", "video/x-msvideo", "application/vnd.apple.mpegurl", ""]
)
def test_what_a_browser_might_run_is_not_shown(
    mime: str, make_case: MakeCase, someone: MakePerson, web: Web
) -> None:
    case = make_case()

    answer = ask(someone("analyst"), case, sighted(case, mime=mime))

    assert (answer.status_code, web.asked) == (409, [])


def test_a_video_is_given_as_it_is_and_kept_nowhere(
    make_case: MakeCase, someone: MakePerson, web: Web
) -> None:
    case, video = make_case(), film(1, codec="libvpx", container="webm")
    web.answers = {"http://site1.example/page": ("video/webm", video)}

    answer = ask(someone("analyst"), case, sighted(case, video, "video/webm"))

    assert (answer.content, answer["Content-Type"]) == (video, "video/webm")
    assert "no-store" in answer["Cache-Control"] and answer["Content-Disposition"] == "attachment"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Entry.objects.get(verb="assess.reveal").purpose == "grade"


@pytest.mark.parametrize("body", [b"#EXTM3U\nhttp://elsewhere.example/1.ts", b"<html>", PICTURE])
def test_what_calls_itself_a_video_and_begins_as_something_else_is_not_shown(
    body: bytes, make_case: MakeCase, someone: MakePerson, web: Web
) -> None:
    case = make_case()
    web.answers = {"http://site1.example/page": ("video/mp4", body)}

    answer = ask(someone("analyst"), case, sighted(case, body, "video/mp4"))

    assert (answer.status_code, body in answer.content) == (409, False)


def test_only_the_page_of_a_case_may_play_what_it_holds_and_nothing_from_an_address(
    make_case: MakeCase, someone: MakePerson
) -> None:
    case, client = make_case(), Client()
    client.force_login(someone("analyst"))

    of_case = client.get(f"/desk/cases/{case.pk}/")["Content-Security-Policy"]
    of_queue = client.get("/desk/")["Content-Security-Policy"]

    assert "media-src blob:;" in f"{of_case};" and "default-src 'none'" in of_case
    assert "media-src" not in of_queue


def test_a_medium_of_another_case_is_not_found(make_case: MakeCase, someone: MakePerson, web: Web) -> None:
    case, other = make_case(), make_case()

    answer = ask(someone("analyst"), case, sighted(other))

    assert (answer.status_code, web.asked) == (404, [])


def test_a_page_that_does_not_answer_is_said(make_case: MakeCase, someone: MakePerson, web: Web) -> None:
    make_case()
    case = make_case()

    answer = ask(someone("analyst"), case, sighted(case))

    assert (answer.status_code, b"can't be reached" in answer.content) == (409, True)
