"""A reported page is taken apart beside the service: what breaks its reader is a name, and the case goes on."""

from collections.abc import Iterator
from typing import Any

import pytest

from nightlight.casebook import pages
from nightlight.fingerprint.sandbox import Busy, Sandbox
from nightlight.net import page
from nightlight.net.fetch import Fetched
from nightlight.takedown import looks
from nightlight.takedown.verdict import Reason, State
from nightlight.triage.models import Reading
from nightlight.triage.reading import look
from tests.takedown.small_web import case_about

HOSTILE = "tests.casebook.hostile_page:examine"
URL = "http://trap.example/a"
PAGE = b"<title>A gallery</title><p>Shapes</p><img src=/1.png><a href=/next>next</a>"
ATTACKS = {
    "hoard": "out_of_memory",
    "segfault": "unreadable",
    "quiet": "unreadable",
    "deep": "unreadable",
    "half": "unreadable",
    "many": "unreadable",
    "lie": "unreadable",
}


def answer(body: bytes = PAGE, kind: str = "text/html", status: int = 200) -> Fetched:
    return Fetched(URL, status, {"content-type": kind}, body, (), "192.0.2.1", False)


class Answers:
    """A fetcher whose every answer is the same."""

    def __init__(self, found: Fetched) -> None:
        self.found = found

    def fetch(self, _url: str, **_: Any) -> Fetched:
        return self.found


@pytest.fixture(scope="module")
def hostile() -> Iterator[Sandbox]:
    made = Sandbox(workers=1, seconds=60, megabytes=256, examine=HOSTILE)
    yield made
    made.close()


@pytest.fixture
def breakable(hostile: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of this test are read by a reader that they can break."""
    monkeypatch.setattr(pages, "sandbox", lambda: hostile)


def test_a_page_reads_beside_the_service_as_it_would_within() -> None:
    for found in (answer(), answer(b"words", "text/plain; charset=utf-16"), answer(b"\x89PNG", "image/png")):
        assert pages.read(found) == page.read(found)


def test_nothing_of_a_picture_is_opened_to_list_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "sandbox", lambda: pytest.fail("a process was asked"))

    assert pages.read(answer(b"\x89PNG", "image/png")).media == (URL,)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_that_breaks_its_reader_is_named_and_the_next_is_read(breakable: None, attack: str) -> None:
    with pytest.raises(pages.Unreadable) as told:
        pages.read(answer(PAGE + b"attack:" + attack.encode()))

    assert told.value.name == ATTACKS[attack]
    assert pages.read(answer()).title == "A gallery"


@pytest.mark.parametrize("attack", ["spin", "linger"])
def test_a_page_that_never_ends_is_named_and_the_next_is_read(
    breakable: None, hostile: Sandbox, attack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as impatient, pytest.raises(pages.Unreadable) as told:
        impatient.setattr(hostile, "seconds", 1)
        pages.read(answer(PAGE + b"attack:" + attack.encode()))

    assert told.value.name == "timed_out"
    assert pages.read(answer()).title == "A gallery"


def test_a_page_waits_for_its_turn_while_hostile_ones_hold_the_reader(
    breakable: None, hostile: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, waited = hostile._place, []

    def held_until_the_last_turn(deadline: float) -> object:
        waited.append(deadline)
        if len(waited) < pages.TURNS:
            raise Busy("other files held every process for too long")
        return place(deadline)

    monkeypatch.setattr(hostile, "_place", held_until_the_last_turn)

    found = pages.read(answer())

    assert found.title == "A gallery"
    assert len(waited) == pages.TURNS


def test_the_reader_of_pages_inherits_no_secret(breakable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLIGHT_EMAIL_URL", "smtp://user:secret@127.0.0.1:25")

    assert pages.read(answer(b"attack:secret")).title == "nothing"


def test_a_case_whose_page_breaks_the_reader_waits_for_a_person_with_the_reason(breakable: None) -> None:
    seen = look(URL, Answers(answer(PAGE + b"attack:deep")))  # type: ignore[arg-type]

    assert (seen.outcome, seen.status, seen.shown) == (Reading.Outcome.UNREADABLE, 200, ())


def test_without_a_process_to_read_in_it_is_said_and_nothing_is_read_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nowhere = Sandbox(examine="nowhere:examine")
    monkeypatch.setattr(pages, "sandbox", lambda: nowhere)

    seen = look(URL, Answers(answer()))  # type: ignore[arg-type]

    assert (seen.outcome, seen.title) == (Reading.Outcome.NO_READER, "")
    nowhere.close()


@pytest.mark.parametrize("status", [200, 404])
def test_a_look_at_a_page_that_breaks_the_reader_cannot_tell(
    home: None, breakable: None, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    case = case_about(URL)
    monkeypatch.setattr(looks.egress, "resolver", lambda: _Names())
    monkeypatch.setattr(looks, "_get", lambda *_: answer(PAGE + b"attack:quiet", status=status))

    seen = looks.take(case)

    assert (seen.state, seen.reason) == (State.CANNOT_TELL, Reason.UNREADABLE)


class _Names:
    """A resolver that knows every name."""

    def addresses(self, _host: str) -> list[str]:
        return ["192.0.2.1"]
