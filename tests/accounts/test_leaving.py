"""Somebody leaves: what they had goes back or over, and nothing of theirs opens a door."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from nightlight.accounts import duties, leaving, people, tokens
from nightlight.accounts.models import Handed, Person
from nightlight.accounts.people import PersonRefused
from nightlight.assess import verbs as desk
from nightlight.assess.models import Claim
from nightlight.audit.models import Entry
from nightlight.intake import contact
from nightlight.intake.models import ContactRequest
from nightlight.referral import holds
from nightlight.work import clock
from tests.casebook.cases import reported

Someone = Callable[..., Person]
SignIn = Callable[..., Client]


def busy(someone: Someone) -> Person:
    """Somebody with something of everything open."""
    whom = someone("analyst", "police_liaison", "child_protection_officer")
    case = reported("http://open.example/1")
    desk.take(case.pk, whom)
    holds.place(reported("http://held.example/1").pk, clock.now() + timedelta(days=5), "ref 7", whom)
    contact.ask(case.location.allegations.get().report_id, whom, "a reason")  # type: ignore[union-attr]
    return whom


def test_claims_go_back_and_duties_go_to_somebody(home: None, someone: Someone) -> None:
    whom, taker = busy(someone), someone("manager")

    left = leaving.leave(whom, someone("administrator"), {"holds": taker})

    assert not Claim.objects.exists()
    assert ContactRequest.objects.get().state == ContactRequest.State.CLOSED
    assert left.given_back == {"claims": 1, "contact_requests": 1}
    assert [row.line for row, _ in duties.handed_to(taker)] == ["Police hold until 10 Jan 2026"]


def test_sessions_tokens_password_and_factors_end_and_stay_ended(
    home: None, someone: Someone, sign_in: SignIn
) -> None:
    whom, other = someone("analyst"), someone("analyst")
    client, stays = sign_in(whom), sign_in(other)
    secret = tokens.issue("script", ["desk"], whom)

    left = leaving.leave(whom, "system", {})
    people.activate(whom, "system")

    assert (left.sessions, left.tokens) == (1, 1)
    assert client.get("/desk/").status_code == 302
    assert tokens.read(secret) is None
    assert not Person.objects.get(pk=whom.pk).has_usable_password()
    assert stays.get("/desk/").status_code == 200
    assert Session.objects.count() == 1


def test_the_log_says_what_was_ended_and_who_has_the_rest(home: None, someone: Someone) -> None:
    whom, taker, admin = busy(someone), someone("manager"), someone("administrator")

    leaving.leave(whom, admin, {"holds": taker})

    entry = Entry.objects.get(verb="accounts.leave")
    assert entry.actor == f"person:{admin.pk}"
    assert entry.facts["given_back"] == {"claims": 1, "contact_requests": 1}
    assert entry.facts["handed"] == {"holds": 1}
    assert entry.facts["handed_to"] == {"holds": f"person:{taker.pk}"}


def test_what_nobody_takes_over_stays_in_sight_until_somebody_does(home: None, someone: Someone) -> None:
    whom, liaison, admin = busy(someone), someone("police_liaison"), someone("administrator")

    leaving.leave(whom, admin, {})
    loose = Handed.objects.get(to=None)
    leaving.give(loose.pk, liaison, admin)
    leaving.done(loose.pk, liaison)

    assert list(duties.handed_to(liaison)) == []
    assert Handed.objects.get().done_at is not None


def test_who_may_not_do_the_work_does_not_get_the_duty(home: None, someone: Someone) -> None:
    whom = busy(someone)

    with pytest.raises(PersonRefused):
        leaving.leave(whom, someone("administrator"), {"holds": someone("analyst")})

    whom.refresh_from_db()
    assert whom.is_active
    assert Claim.objects.exists()


def test_what_was_handed_to_somebody_who_leaves_too_goes_on(home: None, someone: Someone) -> None:
    whom, first, second = busy(someone), someone("manager"), someone("police_liaison")
    someone("manager")  # so that the first manager is not the last

    leaving.leave(whom, "system", {"holds": first})
    leaving.leave(first, "system", {"holds": second})

    assert list(duties.handed_to(first)) == []
    assert len(list(duties.handed_to(second))) == 1


def test_the_last_manager_does_not_leave(home: None, someone: Someone) -> None:
    with pytest.raises(PersonRefused):
        leaving.leave(someone("manager"), "system", {})

    assert not Entry.objects.filter(verb="accounts.leave").exists()


def test_the_page_lists_what_is_open_and_hands_it_over(home: None, someone: Someone, sign_in: SignIn) -> None:
    whom, taker = busy(someone), someone("manager")
    client = sign_in(someone("administrator"))

    page = client.get(f"/desk/people/{whom.pk}/leaving/").content.decode()
    client.post(f"/desk/people/{whom.pk}/leaving/", {"holds": str(taker.pk)})
    mine = sign_in(taker).get("/desk/duties/").content.decode()

    assert "Police hold until 10 Jan 2026" in page and "Cases taken" in page
    assert "Nobody else has the role" in page
    assert "Police hold until 10 Jan 2026" in mine


def test_nobody_lets_themselves_go(home: None, someone: Someone, sign_in: SignIn) -> None:
    someone("administrator")
    admin = someone("administrator")

    answer = sign_in(admin).post(f"/desk/people/{admin.pk}/leaving/", {})

    assert answer.status_code == 422
    admin.refresh_from_db()
    assert admin.is_active
