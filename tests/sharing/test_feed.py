"""The feed: its form, its cursor, who may read it, and that no change is skipped or repeated."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.accounts.models import Mandate
from nightlight.audit.models import Entry as LogEntry
from nightlight.audit.models import Pending
from nightlight.audit.sequencer import sequence_once
from nightlight.casebook import events, states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.net.address import canonical, digests
from nightlight.sharing import feed, verbs
from nightlight.sharing.models import Change, Entry, ListName, Member
from nightlight.work import clock
from nightlight.work.home import establish
from nightlight.work.models import Home
from tests.casebook import cases
from tests.examples import SHARED_FIXTURES
from tests.sharing.conftest import MemberClient

Ask = Callable[..., MemberClient]
Work = Callable[..., int]


def _listed_page(number: int) -> Case:
    case = cases.page_case(f"http://shapes.example/{number}")
    cases.confirm(case)
    return case


def test_a_hash_is_given_with_its_type_value_and_labels(member: Ask, work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    media = cases.medium(case)
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(media,), severity="A")
    work_until()

    page = member().feed("hashes")

    assert {(entry["op"], entry["type"], entry["value"]) for entry in page["entries"]} == {
        ("put", "sha256", media.sha256),
        ("put", "sha1", media.sha1),
        ("put", "md5", media.md5),
        ("put", "pdq", media.pdq),
    }
    assert page["entries"][0]["labels"] == {
        "scheme": "UK",
        "severity": "A",
        "age": "11-13",
        "sex": "girls",
        "made_by": "adult_present",
    }
    assert page["more"] is False


def test_an_address_is_given_as_digests_of_its_canonical_form_and_prefixes(
    member: Ask, work_until: Work
) -> None:
    url = "http://shapes.example/a/b.html?x=1"
    cases.confirm(cases.page_case(url))
    work_until()

    entry = member().feed("urls")["entries"][0]

    expected = [digest.hex() for digest in digests(canonical(url))]
    assert (entry["digest"], entry["prefixes"]) == (expected[0], expected[1:])
    assert "url" not in entry


def test_the_clear_address_needs_its_own_scope(member: Ask, work_until: Work) -> None:
    cases.confirm(cases.page_case("http://shapes.example/a"))
    work_until()

    entry = member("Example Ltd", "urls_clear").feed("urls")["entries"][0]

    assert entry["url"] == "http://shapes.example/a"


def test_pages_of_any_size_give_every_change_once_and_in_order(member: Ask, work_until: Work) -> None:
    for number in range(7):
        _listed_page(number)
    work_until()
    client, cursor, seen, more = member(), "", [], True

    while more:
        page = client.feed("urls", cursor, limit=2)
        seen += [entry["id"] for entry in page["entries"]]
        cursor, more = page["next"], page["more"]

    assert len(seen) == len(set(seen)) == 7
    assert client.feed("urls", cursor)["entries"] == []


def test_a_reader_at_the_end_gets_only_what_is_new(member: Ask, work_until: Work) -> None:
    case = _listed_page(1)
    work_until()
    client = member()
    cursor = client.feed("urls")["next"]
    cases.correct(case)
    work_until()

    page = client.feed("urls", cursor)

    assert [(entry["op"], entry["reason"]) for entry in page["entries"]] == [("delete", "corrected")]


@pytest.mark.parametrize("hold", [True, False])
def test_what_was_taken_off_is_given_away_to_no_later_reader(
    member: Ask, work_until: Work, hold: bool
) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(cases.medium(case),))
    work_until()
    if hold:
        states.move(case, State.ON_HOLD)
        events.hold_placed.send(sender=Case, case=case, hold=None)
    else:
        cases.correct(case)
    work_until()

    client = member("Example Ltd", "urls_clear")
    hashes, urls = client.feed("hashes")["entries"], client.feed("urls")["entries"]

    assert [entry["op"] for entry in urls] == ["put", "delete"]
    assert all(entry["value"] is None and entry["labels"] == {} for entry in hashes)
    assert all(entry["digest"] is None and entry["prefixes"] == [] for entry in urls)
    assert not any("url" in entry for entry in urls)


@pytest.mark.parametrize("cursor", ["x", "hashes.0", "urls.ffffff", "urls.-1", "urls.", "0", "urls.0\n"])
def test_a_cursor_this_list_never_gave_is_refused(member: Ask, cursor: str) -> None:
    answer = member().get("/lists/urls", since=cursor)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_out_of_range_is_refused(member: Ask, limit: str) -> None:
    answer = member().get("/lists/urls", limit=limit)

    assert answer.status_code == 422


def test_a_limit_that_is_empty_is_the_usual_one(member: Ask) -> None:
    answer = member().get("/lists/urls", since="", limit="")

    assert answer.status_code == 200


def test_without_a_token_of_a_member_there_is_no_list(client: Any, home: None) -> None:
    answer = client.get("/api/v1/lists/hashes")

    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/lists/hashes", "/lists/urls"])
def test_a_real_home_shares_nothing_before_a_mandate(real_home: None, path: str) -> None:
    answer = MemberClient("Example Ltd").get(path)

    assert (answer.status_code, answer.json()["title"]) == (403, "closed: no mandate to share")


def test_a_recorded_mandate_to_share_opens_the_lists(real_home: None) -> None:
    Mandate.objects.create(
        share=True, signed_on=clock.now().date(), by=cases.analyst("manager"), at=clock.now()
    )

    answer = MemberClient("Example Ltd").get("/lists/hashes")

    assert answer.status_code == 200


def test_a_list_that_is_not_agreed_is_refused(member: Ask) -> None:
    client = member()
    client.feed("urls")
    verbs.agree(Member.objects.get().pk, [ListName.HASHES], by=cases.analyst("manager"))

    answer = client.get("/lists/urls")

    assert answer.status_code == 403


def test_each_call_of_a_member_is_one_entry_of_the_log(member: Ask, work_until: Work) -> None:
    _listed_page(1)
    work_until()

    member().feed("urls")

    entry = LogEntry.objects.get(verb="sharing.read_list")
    assert (entry.actor, entry.facts) == ("member:Example Ltd", {"list": "urls", "count": 1})


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(
    steps=st.lists(st.sampled_from(["begin", "commit first", "commit last", "place", "read"]), max_size=25)
)
@settings(max_examples=25, suppress_health_check=SHARED_FIXTURES)
def test_changes_that_commit_in_any_order_are_neither_skipped_nor_repeated(
    home: None, steps: list[str]
) -> None:
    with _undone():
        case = _listed_page(1)
        verbs.settle(case.pk)
        entry, who = Entry.objects.get(), verbs.member("Example Ltd")
        begun: list[object] = []  # written, but not yet seen by the sequencer: as in an open transaction
        cursor = [""]
        seen = [change.pk for change in _read(who, cursor)]

        for step in [*steps, *["commit last"] * len(steps), "place", "read"]:
            if step == "begin":
                begun.append(_write_change(entry))
            elif step.startswith("commit") and begun:
                Pending.objects.create(entry_id=begun.pop(0 if step == "commit first" else -1))
            elif step == "place":
                sequence_once()
            elif step == "read":
                seen += [change.pk for change in _read(who, cursor)]

        assert sorted(seen) == sorted(Change.objects.values_list("pk", flat=True))


def _write_change(entry: Entry) -> object:
    from nightlight.audit import log

    written = log.record("sharing.put", by="system", about=entry)
    Pending.objects.filter(entry_id=written.pk).delete()
    Change.objects.create(
        entry=entry, list_name=entry.list_name, op="put", at=clock.now(), audit_entry=written.pk
    )
    return written.pk


def _read(who: Member, cursor: list[str]) -> list[Change]:
    page = feed.read(ListName.URLS, who, cursor[0], limit=1000)
    cursor[0] = page.next
    return page.changes


def _rehearsal() -> None:
    establish(Home.Kind.REHEARSAL)
    clock.apply("2026-01-05T09:00:00Z jump")


@pytest.mark.django_db(transaction=True)
def test_a_change_whose_transaction_ends_late_is_not_jumped_over() -> None:
    _rehearsal()
    early, late = _listed_page(1), _listed_page(2)
    who, written, may_end = verbs.member("Example Ltd"), threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            verbs.settle(late.pk)
            written.set()
            may_end.wait(60)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(60)
    if connection.vendor == "sqlite":  # one writer at a time: nothing can overtake
        may_end.set()
        writer.join()
    verbs.settle(early.pk)
    sequence_once()
    cursor = [""]
    first = _read(who, cursor)
    may_end.set()
    writer.join()
    sequence_once()
    second = _read(who, cursor)

    assert len(first) + len(second) == 2
    assert {change.entry.case_id for change in first + second} == {early.pk, late.pk}


def _in_thread(act: Callable[[], object], failures: list[Exception]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _read_until(done: threading.Event, who: Member) -> list[Any]:
    """Reads page after page until there is nothing more to come."""
    cursor, seen, last = [""], [], False
    while not last:
        last = done.is_set()
        sequence_once()
        seen += [change.pk for change in _read(who, cursor)]
    return seen


@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_at_the_same_time_lose_nothing() -> None:
    _rehearsal()
    everything = [_listed_page(number).pk for number in range(12)]
    who, done = verbs.member("Example Ltd"), threading.Event()
    failures: list[Exception] = []
    seen: list[list[Any]] = []

    writers = [
        _in_thread(lambda part=everything[n::3]: [verbs.settle(pk) for pk in part], failures)
        for n in range(3)
    ]
    readers = [_in_thread(lambda: seen.append(_read_until(done, who)), failures) for _ in range(2)]
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()

    expected = sorted(Change.objects.values_list("pk", flat=True))
    assert failures == []
    assert len(expected) == 12
    assert [sorted(found) for found in seen] == [expected, expected]
