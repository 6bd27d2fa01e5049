"""Whom to tell: the defaults, a manager's rows, and the contacts that must not be written to."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from nightlight.casebook.models import Case
from nightlight.casebook.words import ReportKind, State
from nightlight.takedown import desk, routes, verbs
from nightlight.takedown.models import Notice, Route, Trace
from nightlight.takedown.routes import NoWay, Way
from nightlight.takedown.verbs import NotNow
from nightlight.work import clock
from tests.takedown.conftest import ABUSE, Confirmed

R = Notice.Role


def traced_to(case: Case, country: str, *contacts: tuple[str, str], key: str = "NET-1") -> Trace:
    trace = Trace.objects.get(case=case, is_current=True)
    trace.country, trace.provider_key = country, key
    if contacts:
        trace.contacts = json.dumps([{"email": email, "scope": scope} for email, scope in contacts])
    trace.save()
    return trace


def row(first: Route.First, contact: str = "", **fields: Any) -> Route:
    return Route.objects.create(first=first, contact=contact, at=clock.now(), **fields)


def way(case: Case) -> Way | NoWay:
    assert case.location
    return routes.choose(case, case.location, Trace.objects.get(case=case, is_current=True))


def test_a_page_in_our_own_country_goes_to_its_host(confirmed: Confirmed) -> None:
    case = confirmed()

    found = way(case)

    assert found == Way(R.HOST, ABUSE)


def test_a_page_abroad_is_told_to_nobody_without_a_row(confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "JP")

    found = way(case)

    assert found == NoWay("no_route")


def test_a_page_abroad_goes_to_the_partner_before_the_police(confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "CA")
    row(Route.First.POLICE, "desk@police.example", country="CA")
    row(Route.First.PARTNER, "desk@partner.example", country="CA")

    found = way(case)

    assert found == Way(R.PARTNER, "desk@partner.example")


def test_the_row_of_a_country_comes_before_the_row_for_every_other(confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "BR")
    row(Route.First.PARTNER, "world@partner.example")
    row(Route.First.POLICE, "liaison@police.example", country="BR")

    found = way(case)

    assert found == Way(R.POLICE, "liaison@police.example")


def test_a_row_for_every_other_country_is_not_for_our_own(confirmed: Confirmed) -> None:
    case = confirmed()
    row(Route.First.POLICE, "liaison@police.example")

    found = way(case)

    assert found == Way(R.HOST, ABUSE)


def test_a_country_nobody_knows_needs_a_row(confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "")

    found = way(case)

    assert found == NoWay("no_route")


def test_police_may_come_first_at_home_and_for_one_kind_only(confirmed: Confirmed) -> None:
    material, stream = confirmed("http://a.example/1"), confirmed("http://b.example/2")
    stream.kind = ReportKind.LIVE_STREAM
    row(Route.First.POLICE, "children@police.example", country="DE", kind=ReportKind.LIVE_STREAM)

    found = way(material), way(stream)

    assert found == (Way(R.HOST, ABUSE), Way(R.POLICE, "children@police.example"))


def test_a_relay_is_asked_by_its_network_wherever_it_stands(confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "FR", key="NET-CDN-1")
    row(Route.First.RELAY, "abuse@other.example", network="NET-CDN-1")

    found = way(case)

    assert found == Way(R.RELAY, "abuse@other.example")


def test_an_ended_row_counts_no_more(confirmed: Confirmed, someone: Callable[..., Any]) -> None:
    case = confirmed()
    traced_to(case, "CA")
    old = row(Route.First.PARTNER, "desk@partner.example", country="CA")

    desk.end_route(old.pk, someone("manager"))

    assert way(case) == NoWay("no_route")


@pytest.mark.parametrize(
    "contacts",
    [
        [("abuse@album.test", "network")],
        [("abuse@mail.album.test", "network")],
        [("owner@freemail.example", "operator")],
    ],
)
def test_a_contact_near_the_site_is_not_written_to_before_a_person_confirmed_it(
    contacts: list[tuple[str, str]], confirmed: Confirmed, someone: Callable[..., Any]
) -> None:
    case = confirmed()
    traced_to(case, "DE", *contacts)
    verbs.queue_notice(case.pk)
    case.refresh_from_db()
    waited = (case.state, case.waiting_for, Notice.objects.count())

    desk.confirm_contact(case.pk, contacts[0][0], someone("analyst"))

    case.refresh_from_db()
    assert waited == (State.WAITING, "no_contact", 0)
    assert (case.state, Notice.objects.get().recipient) == (State.CONFIRMED, contacts[0][0])


def test_only_a_contact_of_the_trace_can_be_confirmed(
    confirmed: Confirmed, someone: Callable[..., Any]
) -> None:
    case = confirmed()

    with pytest.raises(NotNow):
        desk.confirm_contact(case.pk, "someone@else.example", someone("analyst"))


def test_without_a_contact_of_its_own_the_network_above_is_told(confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "NL", ("abuse@other.example", "upstream"), ("abuse@registrar.example", "registrar"))

    found = way(case)

    assert found == Way(R.UPSTREAM, "abuse@other.example")


def test_a_registrar_alone_is_nobody_to_tell_first(confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "NL", ("abuse@registrar.example", "registrar"))

    found = way(case)

    assert found == NoWay("no_contact")


@pytest.mark.parametrize(
    "email", ["no address", "a@host.example\r\nBcc: x@evil.example", "ä@host.example", "a@b@c.example", ""]
)
def test_what_is_no_plain_mail_address_is_no_contact(email: str, confirmed: Confirmed) -> None:
    case = confirmed()
    traced_to(case, "DE", (email, "network"))

    found = way(case)

    assert found == NoWay("no_contact")


def test_a_new_row_lets_the_cases_that_waited_for_it_go_on(
    confirmed: Confirmed, someone: Callable[..., Any]
) -> None:
    case = confirmed()
    traced_to(case, "CA")
    verbs.queue_notice(case.pk)

    desk.add_route(
        country="ca",
        kind="",
        first=Route.First.PARTNER,
        contact="Desk@Partner.example",
        by=someone("manager"),
    )

    assert Notice.objects.get().recipient == "desk@partner.example"


def test_a_row_for_a_hotline_needs_its_address(confirmed: Confirmed, someone: Callable[..., Any]) -> None:
    with pytest.raises(NotNow):
        desk.add_route(country="CA", kind="", first=Route.First.PARTNER, contact="", by=someone("manager"))
