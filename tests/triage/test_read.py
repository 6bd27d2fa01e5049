"""Reading a reported page: its words, the hashes of what it shows, and every way it can fail by name."""

import io
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image

from nightlight.accounts.models import Mandate, Person
from nightlight.audit.models import Entry
from nightlight.casebook import egress
from nightlight.casebook.models import Assessment, Case, Hold, Media, Sighting
from nightlight.casebook.states import move
from nightlight.casebook.words import Outcome, ReportKind, State
from nightlight.fingerprint import digests
from nightlight.intake.verbs import receive
from nightlight.net.errors import (
    FetchError,
    Obstacle,
    Refused,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from nightlight.net.fetch import Fetched
from nightlight.triage import reading
from nightlight.triage.models import Reading
from nightlight.triage.rank import RANKS, Reason
from nightlight.work import clock
from nightlight.work.models import Work

PAGE = "http://a.example/x"
Worker = Callable[..., int]


def square(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


class Web:
    """Stands for the fetcher: pages by address, or the error a look at them ends in."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, str, bytes] | FetchError] = {}
        self.asked: list[str] = []

    def show(self, url: str, body: bytes | str, kind: str = "text/html", status: int = 200) -> None:
        self.pages[url] = (status, kind, body.encode() if isinstance(body, str) else body)

    def fetch(self, url: str, **_: object) -> Fetched:
        self.asked.append(url)
        found = self.pages.get(url, (404, "text/html", b"not found"))
        if isinstance(found, FetchError):
            raise found
        status, kind, body = found
        return Fetched(url, status, {"content-type": kind}, body, (), "192.0.2.1", False)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    found = Web()
    monkeypatch.setattr(egress, "fetcher", lambda: found)
    return found


def gallery(*names: str) -> str:
    return "<title>A gallery</title><p>Shapes</p>" + "".join(f'<img src="/{name}">' for name in names)


def reported(work_until: Worker, url: str = PAGE) -> Case:
    receive(ReportKind.MATERIAL, urls=[url])
    work_until()
    return Case.objects.get(location__url_index=_index(url))


def _index(url: str) -> str:
    from nightlight.casebook.sealed import find

    return find("url", url)


def test_the_page_of_a_new_case_is_read_and_its_media_are_hashed(
    home: None, web: Web, work_until: Worker
) -> None:
    web.show(PAGE, gallery("1.png", "2.png"))
    web.show("http://a.example/1.png", square("red"), "image/png")
    web.show("http://a.example/2.png", square("blue"), "image/png; charset=binary")

    case = reported(work_until)

    found = Reading.objects.get(case=case)
    assert (found.outcome, found.status, found.title) == ("read", 200, "A gallery")
    assert (found.media_listed, found.media_read, found.media_known) == (2, 2, 0)
    assert set(Media.objects.values_list("sha256", "mime")) == {
        (digests(square("red")).sha256, "image/png"),
        (digests(square("blue")).sha256, "image/png"),
    }
    assert Sighting.objects.filter(location=case.location).count() == 2


def test_an_address_of_an_image_is_hashed_from_the_one_look(home: None, web: Web, work_until: Worker) -> None:
    web.show(PAGE, square("red"), "image/png")

    reported(work_until)

    assert Media.objects.get().sha256 == digests(square("red")).sha256
    assert web.asked == [PAGE]


def test_the_same_medium_on_two_pages_is_one_medium_seen_twice(
    home: None, web: Web, work_until: Worker
) -> None:
    web.show(PAGE, square("red"), "image/png")
    web.show("http://b.example/", gallery("1.png", "1-again.png"))
    web.show("http://b.example/1.png", square("red"), "image/png")
    web.show("http://b.example/1-again.png", square("red"), "image/png")

    reported(work_until)
    reported(work_until, "http://b.example/")

    assert (Media.objects.count(), Sighting.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Refused("inside"), "refused"),
        (Unreachable(Obstacle.NO_SUCH_NAME), "no_such_name"),
        (Unreachable(Obstacle.TLS), "unreachable"),
        (TooLarge("more"), "too_large"),
        (TimedOut("late"), "timed_out"),
        (TooManyRedirects("round"), "too_many_redirects"),
    ],
)
def test_a_page_that_cannot_be_read_is_a_recorded_outcome_and_the_case_stays_open(
    home: None, web: Web, work_until: Worker, error: FetchError, outcome: str
) -> None:
    web.pages[PAGE] = error

    case = reported(work_until)

    assert Reading.objects.get(case=case).outcome == outcome
    assert Entry.objects.get(verb="triage.read").facts["outcome"] == outcome
    assert case.state == State.OPEN
    assert Work.objects.count() == 0


def test_a_page_that_reads_as_removed_or_turns_us_away_says_so(
    home: None, web: Web, work_until: Worker
) -> None:
    web.show(PAGE, "<p>gone</p>", status=410)
    web.show("http://b.example/", gallery("1.png"), status=429)

    cases = [reported(work_until), reported(work_until, "http://b.example/")]

    assert [Reading.objects.get(case=case).outcome for case in cases] == ["removed", "turned_away"]
    assert "http://b.example/1.png" not in web.asked


def test_media_that_cannot_be_read_are_missing_in_the_count_only(
    home: None, web: Web, work_until: Worker
) -> None:
    web.show(PAGE, gallery("1.png", "2.png", "3.png", "4.png"))
    web.show("http://a.example/1.png", square("red"), "image/png")
    web.pages["http://a.example/2.png"] = TooLarge("more")
    web.show("http://a.example/3.png", "an error page", "text/html")

    case = reported(work_until)

    found = Reading.objects.get(case=case)
    assert (found.outcome, found.media_listed, found.media_read) == ("read", 4, 1)


def test_no_more_media_are_read_than_the_caps_allow(home: None, web: Web, work_until: Worker) -> None:
    web.show(PAGE, gallery(*(f"{number}.png" for number in range(reading.MOST_MEDIA + 5))))

    reported(work_until)

    assert len(web.asked) == 1 + reading.MOST_MEDIA


def test_reading_media_ends_when_its_time_is_over(web: Web) -> None:
    web.show(PAGE, gallery("1.png", "2.png"))
    times = iter([0.0, 1.0, reading.MEDIA_SECONDS + 1])

    seen = reading.look(PAGE, web, lambda: next(times))  # type: ignore[arg-type]

    assert web.asked == [PAGE, "http://a.example/1.png"]
    assert seen.listed == 2


def test_without_a_mandate_nothing_is_fetched_and_the_reading_says_so(
    real_home: None, web: Web, work_until: Worker
) -> None:
    case = reported(work_until)

    assert Reading.objects.get(case=case).outcome == "no_mandate"
    assert web.asked == []


def test_a_mandate_opens_reading_only_with_a_way_out(
    real_home: None, web: Web, work_until: Worker, someone: Callable[..., Person]
) -> None:
    Mandate.objects.create(at=clock.now(), signed_on=clock.now().date(), by=someone("manager"), fetch=True)

    case = reported(work_until)

    assert Reading.objects.get(case=case).outcome == "no_mandate"
    assert web.asked == []


def test_on_hold_nothing_is_fetched(
    home: None, web: Web, work_until: Worker, someone: Callable[..., Person]
) -> None:
    from nightlight.triage.verbs import read_again

    case = reported(work_until)
    web.asked.clear()
    Hold.objects.create(
        case=case, until=clock.now() + timedelta(days=1), by=someone("police_liaison"), at=clock.now()
    )

    read_again(case, someone("analyst"))
    work_until()

    assert Reading.objects.filter(case=case).latest("pk").outcome == "on_hold"
    assert web.asked == []


def confirmed_elsewhere(web: Web, work_until: Worker, by: Person) -> Case:
    web.show("http://b.example/", square("red"), "image/png")
    other = reported(work_until, "http://b.example/")
    assessment = Assessment.objects.create(
        case=other, by=by, at=clock.now(), outcome=Outcome.CONFIRMED, is_final=True
    )
    assessment.media.set(Media.objects.all())
    return move(other, State.CONFIRMED)


def test_media_confirmed_in_another_case_raise_the_urgency_and_decide_nothing(
    home: None, web: Web, work_until: Worker, someone: Callable[..., Person]
) -> None:
    confirmed_elsewhere(web, work_until, someone("analyst"))
    web.show(PAGE, square("red"), "image/png")

    case = reported(work_until)

    assert (case.priority, case.state) == (RANKS[Reason.KNOWN_MEDIA], State.OPEN)
    assert Reading.objects.get(case=case).media_known == 1


def test_a_corrected_case_makes_nothing_known(
    home: None, web: Web, work_until: Worker, someone: Callable[..., Person]
) -> None:
    move(confirmed_elsewhere(web, work_until, someone("analyst")), State.DISMISSED)
    web.show(PAGE, square("red"), "image/png")

    case = reported(work_until)

    assert case.priority == RANKS[Reason.MATERIAL]


def test_known_media_never_make_a_case_less_urgent(
    home: None, web: Web, work_until: Worker, someone: Callable[..., Person]
) -> None:
    confirmed_elsewhere(web, work_until, someone("analyst"))
    web.show(PAGE, square("red"), "image/png")
    receive(ReportKind.LIVE_STREAM, urls=[PAGE])

    work_until()

    assert Case.objects.get(location__url_index=_index(PAGE)).priority == RANKS[Reason.LIVE_STREAM]


def test_what_a_page_says_stands_in_no_log(
    home: None, web: Web, work_until: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    web.show(PAGE, gallery("1.png"))

    with caplog.at_level(logging.DEBUG, logger="nightlight"):
        reported(work_until)

    assert "a.example" not in caplog.text and "gallery" not in caplog.text
    assert "a.example" not in str([entry.facts for entry in Entry.objects.all()])
