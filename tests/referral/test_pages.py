"""The desk's pages of referral."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.casebook import events
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.referral.models import Outcome, Referral
from nightlight.work import clock
from tests.casebook import cases

Work = Callable[..., int]
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def enter(client: Client, someone: Callable[..., Person]) -> Callable[..., Client]:
    """`enter("police_liaison")` signs somebody in with this role."""

    def sign_in(*roles: str) -> Client:
        client.force_login(someone(*roles))
        return client

    return sign_in


@pytest.fixture
def case(work_until: Work) -> Case:
    """A confirmed case with its referral."""
    made = cases.page_case("http://shapes.example/a")
    cases.confirm(made)
    work_until()
    return made


def test_a_liaison_sees_fetches_and_acknowledges_a_referral(enter: Callable[..., Client], case: Case) -> None:
    client, referral = enter("police_liaison"), Referral.objects.get()

    page = client.get("/desk/referrals/").content.decode()
    file = client.post(f"/desk/referrals/{referral.pk}/fetch/")
    client.post(f"/desk/referrals/{referral.pk}/acknowledge/")

    assert referral.number in page
    assert json.loads(file.content)["facts"]["addresses"] == ["http://shapes.example/a"]
    assert Referral.objects.get().state == "acknowledged"


def test_a_package_is_not_fetched_by_merely_following_a_link(
    enter: Callable[..., Client], case: Case
) -> None:
    answer = enter("police_liaison").get(f"/desk/referrals/{Referral.objects.get().pk}/fetch/")

    assert answer.status_code == 405
    assert Referral.objects.get().state == "ready"


@pytest.mark.parametrize("role", ["analyst", "administrator", "inspector"])
def test_others_may_neither_list_nor_fetch(enter: Callable[..., Client], case: Case, role: str) -> None:
    client = enter(role)

    listed = client.get("/desk/referrals/")
    fetched = client.post(f"/desk/referrals/{Referral.objects.get().pk}/fetch/")

    assert (listed.status_code, fetched.status_code) == (403, 403)


def test_the_list_is_paged(
    enter: Callable[..., Client], case: Case, monkeypatch: pytest.MonkeyPatch, work_until: Work
) -> None:
    from nightlight.referral import views

    cases.confirm(cases.page_case("http://shapes.example/b"))
    work_until()
    monkeypatch.setattr(views, "PAGE", 1)
    client = enter("manager")

    first = client.get("/desk/referrals/")
    second = client.get("/desk/referrals/", {"after": first.context["next"]})

    assert [row.number for row in first.context["referrals"]] == ["R-2026-0002"]
    assert [row.number for row in second.context["referrals"]] == ["R-2026-0001"]
    assert second.context["next"] is None


def _outcome(day: str, **more: Any) -> dict[str, Any]:
    return {"outcome-what": "child_safeguarded", "outcome-day": day, "outcome-count": "1", **more}


def test_an_outcome_is_recorded_and_announced(enter: Callable[..., Client], case: Case) -> None:
    heard: list[object] = []

    def hear(sender: object, outcome_id: object, **_: Any) -> None:
        heard.append(outcome_id)

    events.outcome_recorded.connect(hear)
    enter("child_protection_officer").post(
        f"/desk/cases/{case.pk}/outcome/", _outcome("2026-01-05", **{"outcome-tellable": "on"})
    )
    events.outcome_recorded.disconnect(hear)

    outcome = Outcome.objects.get()
    assert (outcome.what, outcome.count, outcome.tellable) == ("child_safeguarded", 1, True)
    assert heard == [outcome.pk]


@pytest.mark.parametrize(
    "given",
    [
        _outcome("2026-01-06"),  # tomorrow
        _outcome("2026-01-04"),  # before the report came in
        _outcome("2026-01-05", **{"outcome-what": "award"}),
        _outcome("2026-01-05", **{"outcome-count": "0"}),
        _outcome("yesterday"),
    ],
)
def test_an_outcome_that_makes_no_sense_is_refused(
    enter: Callable[..., Client], case: Case, given: dict[str, Any]
) -> None:
    enter("police_liaison").post(f"/desk/cases/{case.pk}/outcome/", given)

    assert Outcome.objects.count() == 0


def test_an_analyst_records_no_outcome_and_places_no_hold(enter: Callable[..., Client], case: Case) -> None:
    client = enter("analyst")

    outcome = client.post(f"/desk/cases/{case.pk}/outcome/", _outcome("2026-01-05"))
    hold = client.post(f"/desk/cases/{case.pk}/hold/", {"hold-until": "2026-02-01", "hold-reference": "x"})

    assert (outcome.status_code, hold.status_code) == (403, 403)


def test_a_liaison_holds_a_case_and_lifts_the_hold(enter: Callable[..., Client], case: Case) -> None:
    client = enter("police_liaison")

    client.post(f"/desk/cases/{case.pk}/hold/", {"hold-until": "2026-02-01", "hold-reference": "file 7"})
    case.refresh_from_db()
    during, hold = case.state, Hold.objects.get()
    client.post(f"/desk/holds/{hold.pk}/lift/")

    case.refresh_from_db()
    assert (during, case.state) == (State.ON_HOLD, State.CONFIRMED)
    assert hold.reference == "file 7"
    assert hold.until > clock.now() + timedelta(days=26)


def test_the_case_page_shows_what_police_were_given(enter: Callable[..., Client], case: Case) -> None:
    page = enter("police_liaison").get(f"/desk/cases/{case.pk}/").content.decode()

    assert Referral.objects.get().number in page
    assert "Place a police hold" in page
