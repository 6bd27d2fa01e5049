"""What the desk sees of takedown and what it can do there; what the API tells."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import panel, rules, verbs, watch
from nightlight.takedown.models import Check, Notice, Route, Rule
from nightlight.work import clock
from tests.takedown.conftest import ABUSE, Confirmed, Mail
from tests.takedown.small_web import case_about

Someone = Callable[..., Any]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    cases: list[Case] = []
    monkeypatch.setattr(watch, "look_now", cases.append)
    monkeypatch.setattr(watch, "schedule", lambda case: None)
    return cases


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_api_tells_nothing_where_nothing_is_known(home: None) -> None:
    told = panel.as_json(case_about("http://album.test/a/7", State.OPEN))

    assert told == {
        "trace": {"addresses": [], "country": None, "provider": None, "contacts": []},
        "notices": [],
        "checks": [],
    }


def test_the_api_tells_trace_notices_and_checks(confirmed: Confirmed) -> None:
    case = confirmed()
    notice = verbs.queue_notice(case.pk)
    assert notice

    told = panel.as_json(case)

    assert told["trace"] == {
        "addresses": ["192.0.2.5"],
        "country": "DE",
        "provider": None,
        "contacts": [ABUSE],
    }
    assert told["notices"] == [{"serial": notice.serial, "to": ABUSE, "sent_at": None, "state": "queued"}]
    assert [check["state"] for check in told["checks"]] == ["up"]


@pytest.mark.parametrize("state", [Notice.State.SENDING, Notice.State.IN_DOUBT])
def test_what_has_not_demonstrably_left_is_queued_to_the_outside(
    state: Notice.State, confirmed: Confirmed
) -> None:
    case = confirmed()
    verbs.queue_notice(case.pk)
    Notice.objects.update(state=state)

    told = panel.as_json(case)

    assert told["notices"][0]["state"] == "queued"


def test_the_panel_shows_whom_we_told_and_offers_the_acts(confirmed: Confirmed, someone: Someone) -> None:
    case = confirmed()
    verbs.queue_notice(case.pk)
    request = RequestFactory().get("/")
    request.user = someone("analyst")

    from django.template.loader import render_to_string

    words = panel.context(request, case)
    html = render_to_string("takedown/panel.html", words, request)

    assert ABUSE in html and "NL-2026-" in html and f"/desk/cases/{case.pk}/look-again/" in html


def test_whoever_may_only_read_is_offered_no_act(confirmed: Confirmed, someone: Someone) -> None:
    case = confirmed()
    request = RequestFactory().get("/")
    request.user = someone("inspector")

    words = panel.context(request, case)

    assert words and not words["may_act"] and not words["may_look"]


ACTS = ("look-again", "send-again", "close", "contact", "real-host")


@pytest.mark.parametrize("act", ACTS)
def test_acts_need_their_permission(act: str, confirmed: Confirmed, someone: Someone) -> None:
    case = confirmed()

    answers = [
        signed_in(someone(role)).post(f"/desk/cases/{case.pk}/{act}/")
        for role in ("inspector", "administrator")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_looking_now(confirmed: Confirmed, someone: Someone, looked: list[Case]) -> None:
    case = confirmed()

    signed_in(someone("analyst")).post(f"/desk/cases/{case.pk}/look-again/")

    assert looked == [case]


def test_closing_by_hand_is_gone_for_everybody(
    confirmed: Confirmed, someone: Someone, looked: list[Case], mail: Mail, work_until: Callable[..., int]
) -> None:
    case = confirmed(danger_now=True)
    verbs.queue_notice(case.pk)
    work_until()

    signed_in(someone("analyst")).post(f"/desk/cases/{case.pk}/close/")

    case.refresh_from_db()
    assert (case.state, case.gone_at) == (State.GONE, clock.now())
    assert Notice.objects.get().state == Notice.State.CLOSED


def test_the_true_host_and_a_confirmed_contact_come_from_the_case_page(
    confirmed: Confirmed, someone: Someone
) -> None:
    case = confirmed()
    trace = case.traces.get()
    trace.contacts = json.dumps([{"email": "abuse@album.test", "scope": "operator"}])
    trace.save()
    desk = signed_in(someone("analyst"))

    desk.post(f"/desk/cases/{case.pk}/contact/", {"email": "abuse@album.test"})
    desk.post(f"/desk/cases/{case.pk}/real-host/", {"real_host": "192.0.2.20"})
    desk.post(f"/desk/cases/{case.pk}/real-host/", {"real_host": "no host at all"})

    assert [row.contact for row in case_contacts()] == ["abuse@album.test"]
    assert [row.host for row in case.traces.filter(is_current=False)] == ["192.0.2.20"]


def case_contacts() -> list[Any]:
    from nightlight.takedown.models import ConfirmedContact

    return list(ConfirmedContact.objects.all())


def test_a_doubt_is_settled_on_the_list_of_notices(
    confirmed: Confirmed, someone: Someone, looked: list[Case]
) -> None:
    notice = verbs.queue_notice(confirmed().pk)
    assert notice
    Notice.objects.update(state=Notice.State.IN_DOUBT)
    desk = signed_in(someone("analyst"))
    listed = desk.get("/desk/notices/")

    desk.post(f"/desk/notices/{notice.pk}/settle/", {"arrived": "yes"})

    notice.refresh_from_db()
    assert notice.serial in listed.text and "It did not arrive" in listed.text
    assert notice.state == Notice.State.SENT


def test_a_manager_adds_a_route_and_ends_it(home: None, someone: Someone) -> None:
    desk = signed_in(someone("manager"))

    added = desk.post(
        "/desk/routes/", {"country": "ca", "first": "partner", "contact": "desk@partner.example"}
    )
    route = Route.objects.get()
    listed = desk.get("/desk/routes/")
    desk.post(f"/desk/routes/{route.pk}/end/")

    route.refresh_from_db()
    assert added.status_code == 302 and "desk@partner.example" in listed.text
    assert (route.country, route.first) == ("CA", "partner") and route.ended_at is not None


def test_hidden_services_have_a_route_of_their_own(home: None, someone: Someone) -> None:
    signed_in(someone("manager")).post(
        "/desk/routes/", {"country": "onion", "first": "police", "contact": "desk@police.example"}
    )

    assert Route.objects.get().country == "onion"


@pytest.mark.parametrize(
    "fields",
    [
        {"country": "Canada", "first": "partner", "contact": "a@b.example"},
        {"country": "CA", "first": "partner", "contact": ""},
        {"country": "CA", "first": "nobody", "contact": "a@b.example"},
        {"country": "CA", "first": "police", "contact": "no address"},
        {"country": "CA", "first": "police", "contact": "hotline@localhost"},
    ],
)
def test_a_route_that_leads_nowhere_is_refused_beside_the_field(
    fields: dict[str, str], home: None, someone: Someone
) -> None:
    answer = signed_in(someone("manager")).post("/desk/routes/", fields)

    assert answer.status_code == 422 and 'class="errors"' in answer.text
    assert not Route.objects.exists()


def test_routes_are_the_managers(home: None, someone: Someone) -> None:
    answer = signed_in(someone("analyst")).get("/desk/routes/")

    assert answer.status_code == 403


def test_a_manager_switches_what_happens_by_itself(home: None, someone: Someone) -> None:
    desk = signed_in(someone("manager"))

    desk.post("/desk/routes/rules/", {"rule": "follow_moves", "on": "on"})
    on = rules.is_on(Rule.Name.FOLLOW_MOVES)
    desk.post("/desk/routes/rules/", {"rule": "follow_moves"})

    assert on and not rules.is_on(Rule.Name.FOLLOW_MOVES)


def test_the_list_of_notices_is_paged_and_says_what_blocks(
    confirmed: Confirmed, someone: Someone, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nightlight.takedown import desk_views

    monkeypatch.setattr(desk_views, "PAGE", 2)
    for number in range(3):
        case = confirmed(f"http://album.test/{number}")
        trace = case.traces.get()
        trace.contacts = json.dumps([{"email": f"abuse@host{number}.example", "scope": "network"}])
        trace.save()
        verbs.queue_notice(case.pk)
    desk = signed_in(someone("analyst"))

    first = desk.get("/desk/notices/")
    second = desk.get(f"/desk/notices/?after={first.context['next']}")

    assert "No mail server is set" in first.text
    assert [len(page.context["rows"]) for page in (first, second)] == [2, 1]
    assert Check.objects.count() == 3
