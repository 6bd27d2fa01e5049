"""The provider's page: whoever holds the link sees the addresses and answers; everybody else finds nothing."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from nightlight.audit.models import Entry
from nightlight.casebook import states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import answers, packing, verbs, watch
from nightlight.takedown.models import Answer, Notice, Trace
from nightlight.takedown.views import OPEN_FOR
from nightlight.vault.tokens import signed_link
from nightlight.work import clock
from nightlight.work.home import ring
from nightlight.work.models import Work
from tests.takedown.conftest import Confirmed, Mail

WorkUntil = Callable[..., int]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """The cases that are looked at at once."""
    cases: list[Case] = []
    monkeypatch.setattr(watch, "schedule", lambda case: None)
    monkeypatch.setattr(watch, "look_now", cases.append)
    return cases


@pytest.fixture
def told(mail: Mail, confirmed: Confirmed, work_until: WorkUntil, looked: list[Case]) -> Notice:
    """A notice that was sent."""
    notice = verbs.queue_notice(confirmed(danger_now=True).pk)
    assert notice
    work_until()
    notice.refresh_from_db()
    return notice


def page_of(notice: Notice) -> str:
    return packing.link(notice).removeprefix("http://localhost:8000")


def say(notice: Notice, **fields: str) -> Any:
    return Client().post(page_of(notice), fields)


def case_of(notice: Notice) -> Case:
    return notice.pages.get().case


def test_the_link_in_the_mail_opens_the_page(told: Notice, mail: Mail) -> None:
    (link,) = mail.deliveries()[0].notice.links

    page = Client().get(link.removeprefix("http://localhost:8000"))

    assert page.status_code == 200
    assert told.serial in page.text and "hxxp://album[.]test/a/7" in page.text
    assert "http://album.test" not in page.text and "Directive 2011/93/EU" in page.text


def test_the_page_is_found_by_no_search_engine_kept_by_no_cache_and_sets_no_session(told: Notice) -> None:
    page = Client().get(page_of(told))

    assert "noindex" in page["X-Robots-Tag"] and page["Cache-Control"] == "no-store"
    assert set(page.cookies) <= {"csrftoken"}


def test_the_exact_addresses_come_as_a_table(told: Notice) -> None:
    table = Client().get(f"{page_of(told)}addresses.csv")

    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [row["url"] for row in rows] == ["http://album.test/a/7"]
    assert table["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("kind", ["garbage", "cut", "other_purpose", "no_such_notice"])
def test_every_wrong_link_gets_the_same_404(kind: str, told: Notice) -> None:
    token = page_of(told).split("/")[2]
    wrong = {
        "garbage": "x" * 70,
        "cut": token[:-1],
        "other_purpose": signed_link(ring(), "receipt", str(told.pk)),
        "no_such_notice": signed_link(ring(), "notice", "01990000-0000-7000-8000-000000000000"),
    }[kind]

    pages = [Client().get(f"/notice/{each}/") for each in (wrong, "never")]

    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].text == pages[1].text


def test_the_link_of_a_closed_notice_runs_out(told: Notice) -> None:
    Notice.objects.filter(pk=told.pk).update(state=Notice.State.CLOSED)
    fresh = Client().get(page_of(told))
    Notice.objects.filter(pk=told.pk).update(sent_at=clock.now() - OPEN_FOR - timedelta(seconds=1))

    page, table = Client().get(page_of(told)), Client().get(f"{page_of(told)}addresses.csv")
    answered = say(told, answer="removed")

    assert [each.status_code for each in (fresh, page, table, answered)] == [200, 410, 410, 410]
    assert "album" in fresh.text
    assert "album" not in page.text + table.text + answered.text
    assert told.serial in page.text
    assert not Answer.objects.exists()


def test_the_link_of_a_notice_that_is_not_closed_stays_open(told: Notice) -> None:
    Notice.objects.filter(pk=told.pk).update(sent_at=clock.now() - 10 * OPEN_FOR)

    page = Client().get(page_of(told))

    assert (told.state, page.status_code) == (Notice.State.SENT, 200)


def test_removed_is_believed_only_by_looking(told: Notice, looked: list[Case]) -> None:
    answer = say(told, answer="removed", note="Account closed.")

    told.refresh_from_db()
    assert answer.status_code == 302
    assert (told.state, case_of(told).state, looked) == (
        Notice.State.ANSWERED,
        State.NOTICED,
        [case_of(told)],
    )
    assert Entry.objects.get(verb="takedown.answer").actor == "provider"


def test_the_same_answer_twice_is_one(told: Notice, looked: list[Case]) -> None:
    for _ in range(2):
        say(told, answer="removed", note="Account closed.")

    assert (Answer.objects.count(), len(looked)) == (1, 1)


def test_a_dispute_is_for_the_desk(told: Notice) -> None:
    say(told, answer="disputed", note="This is an exhibition.")

    told.refresh_from_db()
    case = case_of(told)
    assert (told.state, case.state, case.waiting_for) == (Notice.State.DISPUTED, State.WAITING, "disputed")


def test_not_ours_has_the_page_traced_again(told: Notice) -> None:
    say(told, answer="not_ours")

    work = Work.objects.get(task="takedown.trace")
    assert work.args == {"case": str(case_of(told).pk), "after": "not_ours"}


def test_not_ours_on_the_same_network_is_for_the_desk(
    told: Notice, work_until: WorkUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nightlight.hosting.rdap import Network
    from nightlight.hosting.trace import HostingTrace
    from nightlight.takedown import tracing

    network = Network("NET-1", "HOST", "Host", "192.0.2.0", "192.0.2.31", "DE", None, (), None)
    found = HostingTrace("album.test", ("192.0.2.5",), (), (network,), "DE", "Host", (), "", True, ())
    monkeypatch.setattr(tracing, "look_up", lambda host: found)
    Case.objects.update(provider_key="NET-1")

    say(told, answer="not_ours")
    work_until()

    case = case_of(told)
    assert (case.state, case.waiting_for) == (State.WAITING, "disputed")


def test_the_true_host_is_traced(told: Notice) -> None:
    say(told, answer="real_host", real_host="192.0.2.20")

    trace = Trace.objects.get(of=Trace.Of.TRUE_HOST)
    assert trace.host == "192.0.2.20"
    assert Work.objects.get(task="takedown.trace_true_host").args == {"trace": str(trace.pk)}


def test_true_hosts_are_not_followed_for_ever(told: Notice) -> None:
    for number in range(answers.MOST_TRUE_HOSTS + 1):
        say(told, answer="real_host", real_host=f"192.0.2.{number}")

    case = case_of(told)
    assert Trace.objects.filter(of=Trace.Of.TRUE_HOST).count() == answers.MOST_TRUE_HOSTS
    assert (case.state, case.waiting_for) == (State.WAITING, "relay")


def test_a_link_that_went_round_fills_no_database(told: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_ANSWERS", 2)

    said = [say(told, answer="disputed", note=str(number)) for number in range(3)]

    assert [answer.status_code for answer in said] == [302, 302, 422]
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("host", ["", "not a host", "javascript:alert(1)"])
def test_a_true_host_that_is_none_is_asked_for_again(host: str, told: Notice) -> None:
    answer = say(told, answer="real_host", real_host=host)

    assert answer.status_code == 422
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("fields", [{}, {"answer": "gone"}, {"note": "hello"}])
def test_what_is_no_answer_is_asked_for_again(fields: dict[str, str], told: Notice) -> None:
    answer = say(told, **fields)

    assert answer.status_code == 422
    assert Answer.objects.count() == 0


def test_an_answer_to_a_withdrawn_notice_changes_nothing(
    told: Notice, looked: list[Case], work_until: WorkUntil
) -> None:
    case = case_of(told)
    states.move(case, State.DISMISSED)
    verbs.retract(case.pk)
    work_until(clock.now() + timedelta(minutes=1))

    say(told, answer="disputed")

    page = Client().get(page_of(told))
    assert case_of(told).state == State.DISMISSED
    assert "hxxp" not in page.text and "withdrew" in page.text
    assert "album.test" not in Client().get(f"{page_of(told)}addresses.csv").text


def test_a_form_from_another_site_is_refused(told: Notice) -> None:
    answer = Client(enforce_csrf_checks=True).post(page_of(told), {"answer": "removed"})

    assert answer.status_code == 403
    assert Answer.objects.count() == 0
