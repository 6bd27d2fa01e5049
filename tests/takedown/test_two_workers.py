"""Several workers on one database: nothing is told twice, nobody deadlocks, pages that arrive together share a mail."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import packing, verbs, watch
from nightlight.takedown.models import Notice
from nightlight.work import due
from nightlight.work.worker import Worker
from tests.takedown.conftest import Confirmed, Mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "schedule", lambda case: None)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts at the same moment, each in a thread with a connection of its own; returns what they returned,
    or raised."""
    gate = threading.Barrier(len(acts))
    came: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            came[number] = act()
        except Exception as error:
            came[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def each(act: Callable[[UUID], Any], ids: list[UUID]) -> Iterator[Callable[[], Any]]:
    for one in ids:
        yield partial(act, one)


def test_four_workers_tell_each_host_once(mail: Mail, confirmed: Confirmed) -> None:
    for number in range(12):
        case = confirmed(f"http://album.test/{number}", danger_now=True)
        trace = case.traces.get()
        trace.contacts = f'[{{"email": "abuse{number}@host.example", "scope": "network"}}]'
        trace.save()
        verbs.queue_notice(case.pk)

    together(*[Worker().run_until_idle] * 4)

    assert Counter(message.mailbox for message in mail.deliveries()) == {
        f"abuse{number}@host.example": 1 for number in range(12)
    }
    assert set(Case.objects.values_list("state", flat=True)) == {State.NOTICED}


def test_pages_queued_at_the_same_moment_share_one_notice(confirmed: Confirmed) -> None:
    ids = [confirmed(f"http://album.test/{number}").pk for number in range(6)]

    came = together(*each(verbs.queue_notice, ids))

    assert all(isinstance(notice, Notice) for notice in came), came
    assert [notice.pages.count() for notice in Notice.objects.all()] == [6]


def test_one_case_queued_twice_at_the_same_moment_is_in_one_notice(confirmed: Confirmed) -> None:
    case = confirmed()

    together(*[lambda: verbs.queue_notice(case.pk)] * 3)

    assert [notice.pages.count() for notice in Notice.objects.all()] == [1]


def test_two_senders_of_one_notice_deliver_once(mail: Mail, confirmed: Confirmed) -> None:
    notice = verbs.queue_notice(confirmed(danger_now=True).pk)
    assert notice
    send = due.TASKS["takedown.send"].run

    together(*[lambda: send(str(notice.pk))] * 3)

    assert len(mail.deliveries()) <= 1


def test_a_correction_while_the_mail_leaves_is_told_or_the_mail_does_not_leave(
    mail: Mail, confirmed: Confirmed
) -> None:
    ids = [confirmed(f"http://album.test/{number}", danger_now=True).pk for number in range(4)]
    for one in ids:
        verbs.queue_notice(one)

    def correct(one: UUID) -> None:
        Case.objects.filter(pk=one).update(state=State.DISMISSED)
        verbs.retract(one)

    came = together(Worker().run_until_idle, *each(correct, ids))
    Worker().run_until_idle()

    assert not [answer for answer in came if isinstance(answer, Exception)]
    told = Counter(url for message in mail.deliveries() for url in message.notice.urls)
    taken_back = Counter(
        url for message in mail.deliveries() if message.notice.withdrawn for url in message.notice.urls
    )
    assert all(told[url] == 2 * taken_back[url] for url in told)


def test_packing_waits_for_a_case_that_somebody_changes(confirmed: Confirmed) -> None:
    cases = [confirmed(f"http://album.test/{number}", danger_now=True) for number in range(3)]
    for case in cases:
        verbs.queue_notice(case.pk)
    notice = Notice.objects.get()

    came = together(
        lambda: packing.pack(notice.pk),
        lambda: verbs.close_notices(cases[0], "moved"),
        lambda: verbs.close_notices(cases[1], "moved"),
        lambda: packing.pack(notice.pk),
    )

    assert not [answer for answer in came if isinstance(answer, Exception)], came
    assert notice.pages.count() == 1
