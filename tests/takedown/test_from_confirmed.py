"""From a confirmed case to its end, on the small internet: DNS, registries, proxy, mail and providers as in life."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from nightlight.casebook import events
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.demo.conduct import Answer
from nightlight.demo.internet import SmallInternet
from nightlight.takedown import desk, gates, panel, rules, tracing
from nightlight.takedown.models import Notice, Route, Rule, Trace
from nightlight.work import clock
from tests.takedown.small_web import case_about
from tests.takedown.test_queue import correct, hold, lift

WorkUntil = Callable[..., int]
ELBE = "abuse@elbe-hosting.example"


def confirmed_now(url: str, **fields: Any) -> Case:
    """An assessment confirmed the case: what follows is takedown's."""
    with transaction.atomic():
        case = case_about(url, **fields)
        events.case_confirmed.send(sender=Case, case=case, assessment=None)
    return case


def hours(count: float) -> datetime:
    return clock.now() + timedelta(hours=count)


def providers_answer(internet: SmallInternet) -> list[Answer]:
    """Every provider that owes an answer by now gives it on its notice's page."""
    given = []
    for due in internet.pending_answers():
        Client().post(due.notice_url.removeprefix("http://localhost:8000"), due.form)
        given.append(due.answer)
    return given


def test_a_page_at_home_is_traced_seen_told_and_gone(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    case = confirmed_now("http://pixelbarn.test/a/k3v9")

    work_until(hours(1 / 6))
    case.refresh_from_db()
    told = case.state
    work_until(hours(36))

    case.refresh_from_db()
    (message,) = internet.mail.deliveries()
    facts = panel.as_json(case)
    assert (message.mailbox, message.notice.urls) == (ELBE, ("http://pixelbarn.test/a/k3v9",))
    assert (told, case.state, case.country) == (State.NOTICED, State.GONE, "DE")
    assert facts["trace"]["provider"] == "Elbe Hosting GmbH" and facts["trace"]["contacts"][0] == ELBE
    assert [check["state"] for check in facts["checks"][:1]] == ["up"]
    assert facts["checks"][0]["at"] < message.received_at


def test_pages_of_one_provider_share_a_mail_and_others_get_their_own(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    for url in (
        "http://pixelbarn.test/a/k3v9",
        "http://quickpic.example/v/20418",
        "http://boxcar-files.test/d/7f31",
    ):
        confirmed_now(url)

    work_until(hours(1))

    assert {message.mailbox: len(message.notice.urls) for message in internet.mail.deliveries()} == {
        ELBE: 2,
        "abuse@polder-dc.example": 1,
    }


def test_a_network_without_a_desk_is_told_through_the_one_above(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    confirmed_now("http://quietrack.test/t/2210", danger_now=True)

    work_until()

    assert [message.mailbox for message in internet.mail.deliveries()] == ["abuse@kanaal-transit.example"]
    assert Notice.objects.get().role == Notice.Role.UPSTREAM


def test_abroad_the_partner_hotline_is_told_and_the_page_watched(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    Route.objects.create(
        country="CA", first=Route.First.PARTNER, contact="exchange@maple-hotline.example", at=clock.now()
    )
    case = confirmed_now("http://maplebox.test/s/31ff", danger_now=True)
    work_until()
    case.refresh_from_db()
    handed = case.state

    work_until(hours(48))

    case.refresh_from_db()
    assert (handed, case.state) == (State.HANDED_OVER, State.GONE)
    assert [message.mailbox for message in internet.mail.deliveries()] == ["exchange@maple-hotline.example"]


def test_a_country_without_a_route_waits_for_the_desk(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    case = confirmed_now("http://petal-board.test/p/660", danger_now=True)

    work_until()

    case.refresh_from_db()
    assert (case.state, case.waiting_for, internet.mail.deliveries()) == (State.WAITING, "no_route", [])


def test_a_relay_names_the_true_host_and_that_one_takes_the_page_down(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    relay = internet.providers["shieldway"]
    for network in relay.networks:
        Route.objects.create(network=relay.handle(network), first=Route.First.RELAY, at=clock.now())
    case = confirmed_now("http://veilpics.test/g/808", danger_now=True)
    work_until(hours(1.5))

    answers = providers_answer(internet)
    work_until(hours(48))

    case.refresh_from_db()
    assert answers == [Answer.REAL_HOST]
    assert [message.mailbox for message in internet.mail.deliveries()] == [str(relay.mailbox), ELBE]
    assert (case.state, case.traces.filter(of=Trace.Of.TRUE_HOST).count()) == (State.GONE, 1)


def test_a_provider_that_never_heard_of_the_page_has_it_traced_again(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    case = confirmed_now("http://pixelbarn.test/a/k3v9", danger_now=True)
    work_until()

    Client().post(
        internet.mail.deliveries()[0].notice.links[0].removeprefix("http://localhost:8000"),
        {"answer": "not_ours"},
    )
    work_until()

    case.refresh_from_db()
    assert (case.traces.count(), case.state, case.waiting_for) == (2, State.WAITING, "disputed")


def test_a_page_that_flees_is_followed_where_a_manager_allowed_it(
    home: None, internet: SmallInternet, work_until: WorkUntil, someone: Callable[..., Any]
) -> None:
    rules.switch(Rule.Name.FOLLOW_MOVES, on=True, by=someone("manager"))
    case = confirmed_now("http://driftpage.test/set/5", danger_now=True)

    work_until(hours(72))

    case.refresh_from_db()
    assert [message.mailbox for message in internet.mail.deliveries()] == [
        "noc@windmill-colo.example",
        "signalement@loire-serveurs.example",
    ]
    assert (case.state, case.country) == (State.GONE, "FR")
    assert Notice.objects.order_by("id").first().why_not == "moved"  # type: ignore[union-attr]


def test_a_host_that_needs_a_reminder_gets_exactly_one(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    case = confirmed_now("http://forum-du-quai.test/sujet/118", danger_now=True)

    work_until(hours(60))

    case.refresh_from_db()
    kinds = [str(message.parsed["X-Notice-Kind"]) for message in internet.mail.deliveries()]
    assert (case.state, kinds) == (State.GONE, ["notice", "reminder"])


def test_a_hold_stops_the_chain_and_its_end_lets_it_go_on(
    home: None, internet: SmallInternet, work_until: WorkUntil, someone: Callable[..., Any]
) -> None:
    case = confirmed_now("http://pixelbarn.test/a/k3v9")
    placed = hold(case, someone("police_liaison"), hours=24)
    work_until(hours(23))
    during = (case.traces.count(), case.checks.count(), len(internet.mail.deliveries()))

    lift(placed)
    work_until(hours(1))

    case.refresh_from_db()
    assert during == (0, 0, 0)
    assert (case.state, len(internet.mail.deliveries())) == (State.NOTICED, 1)


def test_a_hold_after_the_trace_takes_the_queued_notice_back_until_it_ends(
    home: None, internet: SmallInternet, work_until: WorkUntil, someone: Callable[..., Any]
) -> None:
    case = confirmed_now("http://pixelbarn.test/a/k3v9")
    work_until()
    placed = hold(case, someone("police_liaison"), hours=24)
    work_until(hours(23))
    during = (Notice.objects.get().why_not, len(internet.mail.deliveries()))

    lift(placed)
    work_until(hours(1))

    assert during == ("hold", 0)
    assert len(internet.mail.deliveries()) == 1


def test_a_corrected_decision_reaches_whoever_was_told(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    case = confirmed_now("http://stonewall-board.example/b/res/90211.html", danger_now=True)
    work_until()

    correct(case)
    work_until(hours(24))

    withdrawn = [message.notice.withdrawn for message in internet.mail.deliveries()]
    assert withdrawn == [False, True]
    assert internet.course.answers() == []


def test_a_case_without_an_address_asks_nobody(home: None, work_until: WorkUntil) -> None:
    with transaction.atomic():
        case = case_about("http://pixelbarn.test/a/k3v9")
        case.location = None
        case.save()
        events.case_confirmed.send(sender=Case, case=case, assessment=None)

    work_until()

    assert not Trace.objects.exists() and not Notice.objects.exists()


def test_a_closed_home_asks_no_registry_and_says_so(
    real_home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    case = confirmed_now("http://pixelbarn.test/a/k3v9")

    work_until()

    trace = case.traces.get()
    assert (trace.why_not, trace.addresses) == ("closed_no_mandate", "")
    assert panel.as_json(case)["trace"]["contacts"] == []
    assert gates.blocked() == {"closed_no_mandate": 1}


def test_what_was_closed_is_traced_once_a_mandate_opens(
    home: None, internet: SmallInternet, work_until: WorkUntil
) -> None:
    case = confirmed_now("http://pixelbarn.test/a/k3v9", danger_now=True)
    with pytest.MonkeyPatch.context() as closed:
        closed.setattr(tracing, "may_trace", lambda: False)
        work_until()

    tracing.trace_what_was_closed()
    work_until()

    case.refresh_from_db()
    assert (case.state, case.traces.count()) == (State.NOTICED, 2)


def test_a_notice_that_waited_for_a_mail_server_leaves_when_there_is_one(
    home: None, internet: SmallInternet, work_until: WorkUntil, settings: Any
) -> None:
    from nightlight.takedown import send

    server = settings.NIGHTLIGHT.mail
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=None)
    case = confirmed_now("http://pixelbarn.test/a/k3v9", danger_now=True)
    work_until()
    waited = panel.as_json(case)["notices"][0]["state"]
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=server)

    send.unblock()
    work_until()

    assert (waited, len(internet.mail.deliveries())) == ("queued", 1)


@pytest.mark.parametrize("url", ["http://contestable.example/p/exhibition"])
def test_a_dispute_waits_for_the_desk_which_may_write_once_more(
    url: str, home: None, internet: SmallInternet, work_until: WorkUntil, someone: Callable[..., Any]
) -> None:
    case = confirmed_now(url, danger_now=True)
    work_until(hours(6))
    providers_answer(internet)
    case.refresh_from_db()
    waited = (case.state, case.waiting_for)

    desk.send_again(case.pk, someone("analyst"))
    work_until(hours(36))

    case.refresh_from_db()
    assert waited == (State.WAITING, "disputed")
    assert case.state == State.GONE
