"""An analyst who wants to do alone, unseen, or against a police hold what takes another person, a purpose, or leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import appeal, verbs
from nightlight.assess.appeal_models import Appeal
from nightlight.assess.decision import Decision, GoldenRule, NotAllowed, NotNow, Refused
from nightlight.assess.models import Claim
from nightlight.audit.models import Entry
from nightlight.casebook import egress
from nightlight.casebook.models import Assessment, Case, Location, Media
from nightlight.casebook.words import Outcome, Severity
from nightlight.referral import holds
from nightlight.sharing.models import Entry as ListEntry
from nightlight.takedown.models import Notice
from nightlight.work import clock
from tests.casebook import cases

Browser = Callable[..., Client]
Someone = Callable[..., Person]
Work = Callable[..., int]
URL = "http://album.test/a"


def confirmed(severity: str = "A", **more: Any) -> Decision:
    return Decision(Outcome.CONFIRMED, Severity(severity), **more)


def test_nobody_confirms_category_a_alone_however_often_they_ask(home: None, someone: Someone) -> None:
    case, person = cases.page_case(URL), someone("analyst", "senior_analyst", "manager")
    verbs.decide(case.pk, person, confirmed())

    for _ in range(3):
        with pytest.raises(GoldenRule):
            verbs.decide(case.pk, person, confirmed())
    with pytest.raises((NotNow, Refused)):
        verbs.correct(case.pk, person, Outcome.NOT_ILLEGAL, "reasons")

    assert Case.objects.get(pk=case.pk).state == "second_look"
    assert not Notice.objects.exists()


def test_a_senior_cannot_settle_category_a_alone_against_two_others(home: None, someone: Someone) -> None:
    case, senior = cases.page_case(URL), someone("analyst", "senior_analyst")
    verbs.decide(case.pk, someone("analyst"), confirmed("B", media=(_medium(case).sha256,)))
    verbs.decide(case.pk, someone("analyst"), Decision(Outcome.NOT_ILLEGAL))

    verbs.decide(case.pk, senior, confirmed("A"))

    assert Case.objects.get(pk=case.pk).state == "second_look"


def test_one_person_lists_no_hash_by_confirming_it_in_many_cases(
    home: None, someone: Someone, work_until: Work
) -> None:
    person, other = someone("analyst"), someone("analyst")
    for number in range(3):
        case = cases.page_case(f"{URL}{number}")
        media = cases.medium(case, "the same")
        verbs.decide(case.pk, person, confirmed("B", media=(media.sha256,)))
        verbs.decide(case.pk, other, confirmed("B"))
    work_until()

    assert not ListEntry.objects.filter(list_name="hashes", state="listed").exists()


def test_a_medium_of_another_case_is_confirmed_nowhere_else(home: None, someone: Someone) -> None:
    case, elsewhere = cases.page_case(URL), cases.page_case("http://album.test/b")
    media = _medium(elsewhere)

    with pytest.raises(Refused):
        verbs.decide(case.pk, someone("analyst"), confirmed("B", media=(media.sha256,)))


def test_what_somebody_else_took_stays_theirs(home: None, someone: Someone, browser: Browser) -> None:
    case, holder = cases.page_case(URL), someone("analyst")
    verbs.take(case.pk, holder)
    client = browser("analyst", "senior_analyst", "manager")

    for act in ("take", "release"):
        client.post(f"/desk/cases/{case.pk}/{act}/")
    client.post(f"/desk/cases/{case.pk}/decide/", {"outcome": "not_found", "step": "final"})

    assert Claim.objects.get().by == holder
    assert not Assessment.objects.exists()


ACTS = {
    "decide": {"outcome": "not_found", "step": "final"},
    "correct": {"outcome": "not_illegal", "reasons": "x", "sure": "on"},
    "look-again": {},
    "send-again": {},
    "close": {},
    "real-host": {"real_host": "192.0.2.7"},
    "contact": {"email": "abuse@album.test"},
    "read": {},
}


@pytest.mark.parametrize("begun", ["open", "confirmed"])
def test_while_police_hold_a_case_nothing_anybody_presses_reaches_out(
    begun: str,
    home: None,
    someone: Someone,
    browser: Browser,
    work_until: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = cases.reported(URL)
    media = _medium(case)
    if begun == "confirmed":
        cases.confirm(case, someone("analyst"), someone("analyst"), media=(media,))
    holds.place(case.pk, clock.now() + timedelta(days=30), "reference", someone("police_liaison"))
    client = browser("analyst", "senior_analyst", "manager")

    def out(*_: object, **__: object) -> None:
        raise AssertionError("something reached out during a hold")

    monkeypatch.setattr(egress, "fetcher", out)
    monkeypatch.setattr(egress, "resolver", out)
    before = Assessment.objects.count()
    for act, body in ACTS.items():
        assert client.post(f"/desk/cases/{case.pk}/{act}/", body).status_code < 500, act
    sighting = media.sightings.get()
    shown = client.post(f"/desk/cases/{case.pk}/media/{sighting.pk}/reveal", {"purpose": "grade"})
    work_until()

    assert shown.status_code == 409
    assert Assessment.objects.count() == before
    assert Case.objects.get(pk=case.pk).state == "on_hold"
    assert not Notice.objects.filter(state__in=["sent", "sending"]).exists()
    assert not ListEntry.objects.filter(state="listed").exists()


def test_an_analyst_lifts_and_places_no_hold(home: None, someone: Someone, browser: Browser) -> None:
    case = cases.page_case(URL)
    hold = holds.place(case.pk, clock.now() + timedelta(days=1), "reference", someone("police_liaison"))
    client = browser("analyst", "senior_analyst")

    lifted = client.post(f"/desk/holds/{hold.pk}/lift/")
    placed = client.post(f"/desk/cases/{case.pk}/hold/", {"hold-until": "2027-01-01", "hold-reference": "x"})

    hold.refresh_from_db()
    assert (lifted.status_code, placed.status_code, hold.lifted_at) == (403, 403, None)


@pytest.mark.parametrize("body", [{}, {"purpose": ""}, {"purpose": "curiosity"}, {"purpose": "grade\x00"}])
def test_nothing_is_revealed_without_a_purpose_of_the_list(
    body: dict[str, str], home: None, browser: Browser
) -> None:
    case = cases.page_case(URL)
    sighting = _medium(case).sightings.get()
    client = browser("analyst")

    posted = client.post(f"/desk/cases/{case.pk}/media/{sighting.pk}/reveal", body)
    asked = client.get(f"/desk/cases/{case.pk}/media/{sighting.pk}/reveal", {"purpose": "grade"})

    assert (posted.status_code, asked.status_code) == (422, 405)
    assert not Entry.objects.filter(verb="assess.reveal").exists()


def test_a_sighting_is_shown_under_its_own_case_only(home: None, browser: Browser) -> None:
    case, other = cases.page_case(URL), cases.page_case("http://album.test/b")
    sighting = _medium(case).sightings.get()

    answer = browser("analyst").post(
        f"/desk/cases/{other.pk}/media/{sighting.pk}/reveal", {"purpose": "grade"}
    )

    assert answer.status_code == 404


def test_who_assessed_a_case_cannot_lead_its_appeal_to_another_and_decide_it_there(
    home: None, someone: Someone, work_until: Work
) -> None:
    senior = someone("analyst", "senior_analyst")
    theirs, other = cases.page_case(URL), cases.page_case("http://album.test/b")
    cases.confirm(theirs, senior)
    cases.confirm(other)
    made = appeal.make(Appeal.Who.OWNER, "only shapes", address=URL)
    work_until()

    with pytest.raises(appeal.Involved):
        appeal.link(made.appeal.pk, "http://album.test/b", senior)

    assert Appeal.objects.get().case == theirs


@pytest.mark.parametrize("role", ["manager", "administrator", "inspector", "police_liaison", "member"])
def test_no_other_role_looks_decides_or_reveals(role: str, home: None, someone: Someone) -> None:
    case, person = cases.page_case(URL), someone(role)

    for act in (
        lambda: verbs.take(case.pk, person),
        lambda: verbs.decide(case.pk, person, Decision(Outcome.NOT_FOUND)),
        lambda: verbs.attach(case.pk, person, ["new"]),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_every_reading_of_a_case_is_an_entry(home: None, browser: Browser) -> None:
    case = cases.page_case(URL)

    browser("inspector").get(f"/desk/cases/{case.pk}/")

    assert Entry.objects.filter(verb="assess.open", about=f"case:{case.pk}").count() == 1


def _medium(case: Case) -> Media:
    assert isinstance(case.location, Location)
    return cases.medium(case, mime="image/png")
