"""The limits of care: what a person is shown, given and offered once they had enough."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import strain
from nightlight.accounts.models import Person
from nightlight.accounts.rota import Place, add
from nightlight.assess import queue, together, verbs, welfare, welfare_verbs
from nightlight.assess.decision import NotAllowed, Refused
from nightlight.assess.filters import Filters
from nightlight.assess.models import Sight, Together
from nightlight.assess.welfare import Rest, Why
from nightlight.assess.welfare_models import CareChoice
from nightlight.audit.models import Entry
from nightlight.casebook.models import Case
from nightlight.server.problems import REST
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed, dismissed, sha256s
from tests.assess.test_api import Desk
from tests.assess.test_reveal import Web, ask, sighted, web

__all__ = ["web"]

Blur = CareChoice.Blur
LIMITS = {"day_minutes": 240, "run_minutes": 60, "break_minutes": 10, "last_minutes": 60, "hold_seconds": 10}
NOON = datetime.fromisoformat("2026-03-02T12:00:00Z")


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Real time stands at NOON; `noon(moment)` sets it."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "real_now", lambda: moment)

    set_to(NOON)
    return set_to


@pytest.fixture
def case(make_case: MakeCase, web: Web) -> Case:
    return make_case()


def saw(person: Person, case: Case, minutes: int, until: datetime = NOON) -> None:
    """As if they had looked every four minutes for that long, up to a moment."""
    media = case.location.sightings.get().media_id  # type: ignore[union-attr]
    Sight.objects.bulk_create(
        Sight(person=person, case=case, media_id=media, at=until - timedelta(minutes=4 * n))
        for n in range(minutes // 4 + 1)
    )


def chosen(person: Person, **choices: Any) -> None:
    welfare_verbs.choose(
        person, **{"kinds_off": [], "blur": Blur.STRONG, "grey": True, "day_ends": None} | choices
    )


def test_a_reveal_is_counted_for_whoever_saw_it(case: Case, someone: MakePerson) -> None:
    ada, ben = someone("analyst"), someone("analyst")

    ask(ada, case, sighted(case))

    assert (welfare.standing(ada).tally.looks, welfare.standing(ben).tally.looks) == (1, 0)


def test_what_was_not_shown_is_not_counted(case: Case, someone: MakePerson) -> None:
    ada = someone("analyst")

    ask(ada, case, sighted(case, b"gone since"))

    assert welfare.standing(ada).tally.looks == 0


def test_after_an_hour_nothing_is_shown_until_the_break_is_over(
    case: Case, someone: MakePerson, web: Web, noon: Callable[[datetime], None]
) -> None:
    ada, sighting = someone("analyst"), sighted(case)
    saw(ada, case, 60)

    due = ask(ada, case, sighting)
    noon(NOON + timedelta(minutes=10))
    after = ask(ada, case, sighting)

    assert (due.status_code, due["X-Rest"], b"12:10" in due.content) == (409, Why.BREAK, True)
    assert after.status_code == 200


def test_after_a_break_the_minutes_until_the_next_one_begin_anew(
    case: Case, someone: MakePerson, noon: Callable[[datetime], None]
) -> None:
    ada = someone("analyst")
    sighted(case)
    saw(ada, case, 60)

    noon(NOON + timedelta(minutes=10))

    now = welfare.standing(ada)
    assert (now.break_until, now.until_break, now.minutes) == (None, 60, 61)


def test_after_the_minutes_of_a_day_nothing_is_shown_for_the_rest_of_it(
    case: Case, someone: MakePerson, web: Web, noon: Callable[[datetime], None]
) -> None:
    ada, sighting = someone("analyst"), sighted(case)
    saw(ada, case, 240)

    late = ask(ada, case, sighting)
    asked = list(web.asked)
    noon(NOON + timedelta(hours=11))
    evening = ask(ada, case, sighting)
    noon(NOON + timedelta(hours=21))
    morning = ask(ada, case, sighting)

    assert [each["X-Rest"] for each in (late, evening)] == [Why.DAY, Why.DAY]
    assert (asked, Entry.objects.filter(verb="assess.reveal").count()) == ([], 1)
    assert morning.status_code == 200


def test_whoever_had_enough_is_offered_only_what_needs_no_sight(
    case: Case, make_case: MakeCase, someone: MakePerson
) -> None:
    ada = someone("analyst")
    sighted(case)
    words, unread = make_case(address=False), make_case()
    before, _more = queue.page(Filters(), ada)
    saw(ada, case, 240)
    Sight.objects.update(case=make_case(state="dismissed"))  # an earlier case

    offered, _more = queue.page(Filters(), ada)

    assert [row.case for row in before] == [case, words, unread]
    assert [row.case for row in offered] == [words, unread]
    with pytest.raises(Rest, match="enough for today"):
        verbs.take(case.pk, ada)
    verbs.take(words.pk, ada)


def test_known_media_need_no_sight(make_case: MakeCase, someone: MakePerson) -> None:
    known, ada = make_case(media=1), someone("analyst")
    (sha256,) = sha256s(known)
    for person in (someone("analyst"), someone("analyst")):
        verbs.decide(known.pk, person, confirmed("B", media=(sha256,)))
    again = make_case()
    again.location.sightings.create(  # type: ignore[union-attr]
        media=known.location.sightings.get().media,  # type: ignore[union-attr]
        at=clock.now(),
    )

    needed = welfare.needs_sight(again)

    assert not needed
    assert welfare.needs_sight(make_case(media=1))
    verbs.take(again.pk, ada)


def test_what_was_begun_may_be_finished(case: Case, someone: MakePerson) -> None:
    ada = someone("analyst")
    sighted(case)
    saw(ada, case, 240)

    verbs.take(case.pk, ada)
    rows, _more = queue.page(Filters(), ada)

    assert [row.case for row in rows] == [case]


def test_a_kind_somebody_opted_out_of_is_neither_offered_nor_given_nor_shown(
    case: Case, make_case: MakeCase, someone: MakePerson
) -> None:
    ada, ben = someone("analyst"), someone("analyst")
    other = make_case(address=False, kind="grooming")
    chosen(ada, kinds_off=["material"])

    rows, _more = queue.page(Filters(), ada)
    shown = ask(ada, case, sighted(case))

    assert [row.case for row in rows] == [other]
    assert shown["X-Rest"] == Why.KIND
    with pytest.raises(Rest, match="opted out"):
        verbs.take(case.pk, ada)
    assert len(queue.page(Filters(), ben)[0]) == 2


def test_the_log_says_that_somebody_chose_and_not_what(case: Case, someone: MakePerson) -> None:
    ada = someone("analyst")

    chosen(ada, kinds_off=["own_image"])

    entry = Entry.objects.get(verb="assess.choose_care")
    assert "own_image" not in str(entry.__dict__)


def test_the_last_hour_of_a_day_is_without_new_material(
    case: Case, make_case: MakeCase, someone: MakePerson
) -> None:
    ada = someone("analyst")
    seen, new = sighted(case), make_case(media=1)
    chosen(ada, day_ends=time(9, 45))  # the hotline's clock says nine
    saw(ada, case, 0, NOON - timedelta(days=2))

    fresh = ask(ada, new, new.location.sightings.get())  # type: ignore[union-attr]
    again = ask(ada, case, seen)

    assert (fresh["X-Rest"], again.status_code) == (Why.LAST_HOUR, 200)
    with pytest.raises(Rest, match="last hour"):
        verbs.take(new.pk, ada)


@pytest.mark.parametrize(("ends", "late"), [(time(10, 30), False), (time(9, 45), True), (time(8, 0), True)])
def test_the_rota_or_their_own_word_says_when_a_shift_ends(
    ends: time, late: bool, case: Case, someone: MakePerson
) -> None:
    own, listed = someone("analyst"), someone("analyst")
    chosen(own, day_ends=ends)
    if ends.hour > 8:
        add(listed, Place.FIRST, [0], time(1), ends, someone("manager"))

    found = welfare.standing(own).late, welfare.standing(listed).late

    assert found == (late, late and ends.hour > 8)


def test_a_manager_sets_limits_and_nobody_else(case: Case, someone: MakePerson) -> None:
    ada, manager = someone("analyst"), someone("manager")
    saw(ada, case, 0) if sighted(case) else None

    welfare_verbs.set_rule(manager, **LIMITS | {"day_minutes": 15})
    saw(ada, case, 20)

    assert welfare.standing(ada).spent
    with pytest.raises(NotAllowed):
        welfare_verbs.set_rule(ada, **LIMITS)


@pytest.mark.parametrize(("name", "value"), [("day_minutes", 481), ("break_minutes", 0), ("hold_seconds", 0)])
def test_nobody_can_switch_care_off(name: str, value: int, home: None, someone: MakePerson) -> None:
    with pytest.raises(Refused) as refused:
        welfare_verbs.set_rule(someone("manager"), **LIMITS | {name: value})

    assert refused.value.field == name


def test_an_alarm_learns_who_had_enough_rests_or_is_about_to_go_home(case: Case, someone: MakePerson) -> None:
    spent, resting, late, ben, manager = (someone(role) for role in ("analyst",) * 4 + ("manager",))
    sighted(case)
    saw(spent, case, 240, NOON - timedelta(minutes=30))
    saw(resting, case, 60)
    chosen(late, day_ends=time(9, 45))
    for duty in (ben, manager):
        add(duty, Place.FIRST, [0], time(1), time(23) if duty == ben else time(9, 45), manager)

    found = strain.rested([spent, resting, late, ben, manager])

    assert found == [ben, manager]


@pytest.mark.parametrize(("minutes", "limit"), [(240, Why.DAY), (60, Why.BREAK)])
def test_past_the_limits_no_new_case_that_needs_sight_is_decided_through_the_api_either(
    minutes: int, limit: Why, case: Case, make_case: MakeCase, someone: MakePerson
) -> None:
    ada = someone("analyst")
    sighted(case)
    new, words = make_case(media=1), make_case(address=False)
    saw(ada, case, minutes)
    api = Desk(ada)

    refused = api.post(f"/cases/{new.pk}/assessments", outcome="not_illegal")
    free = api.post(f"/cases/{words.pk}/assessments", outcome="not_illegal")

    problem = refused.json()
    assert (refused.status_code, problem["type"], problem["limit"]) == (409, REST, limit)
    assert refused["Content-Type"] == "application/problem+json"
    assert not new.assessments.exists()
    assert free.status_code == 201


def test_a_decision_that_was_begun_is_not_lost_to_a_limit(
    case: Case, make_case: MakeCase, someone: MakePerson, noon: Callable[[datetime], None]
) -> None:
    ada = someone("analyst")
    sighted(case)
    taken, planned = make_case(media=1), make_case(media=1)
    verbs.take(taken.pk, ada)
    kept = together.plan(Together.Rule.SAME_MEDIA, [], ada, "A shop.", dismissed(), planned.pk)
    saw(ada, case, 240, NOON + timedelta(minutes=40))
    noon(NOON + timedelta(minutes=40))

    with pytest.raises(Rest, match="enough for today"):
        together.plan(Together.Rule.SAME_MEDIA, [], ada, "A shop.", dismissed(), make_case(media=1).pk)
    seen = verbs.decide(case.pk, ada, dismissed())
    claimed = verbs.decide(taken.pk, ada, dismissed())
    together.decide_part(str(kept.parts.get().pk))

    assert welfare.standing(ada).spent
    assert [look.by for look in (seen, claimed, planned.assessments.get())] == [ada] * 3


def test_sights_are_forgotten_in_time(case: Case, someone: MakePerson) -> None:
    ada = someone("analyst")
    sighted(case)
    saw(ada, case, 0, NOON - timedelta(days=40))
    saw(ada, case, 0, NOON - timedelta(days=20))

    welfare_verbs.forget()

    assert Sight.objects.get().at == NOON - timedelta(days=20)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_head_of_the_desk_counts_for_the_reader_alone(case: Case, someone: MakePerson) -> None:
    ada, ben = someone("analyst"), someone("analyst")
    sighted(case)
    saw(ada, case, 40)

    mine, theirs = (signed_in(each).get("/desk/search/").content.decode() for each in (ada, ben))

    assert "11 looks, 41 of 240 minutes" in mine
    assert "No material seen today" in theirs


def test_a_manager_sees_that_limits_are_kept_and_no_number_of_anybody(
    case: Case, someone: MakePerson
) -> None:
    ada = someone("analyst", email="ada@hotline.test")
    sighted(case)
    saw(ada, case, 40)
    manager = signed_in(someone("manager"))

    kept = manager.get("/desk/wellbeing/limits/").content.decode()
    saw(ada, case, 320, NOON - timedelta(hours=2))
    broken = manager.get("/desk/wellbeing/limits/").content.decode()

    assert ">kept<" in kept.replace(" ", "").replace("\n", "") and "not kept" not in kept
    assert "not kept: the minutes of a day, the break" in broken
    assert "ada@" not in kept + broken and "11 looks" not in kept + broken


def test_a_manager_learns_of_a_kind_that_nobody_takes_but_not_who_opted_out(
    case: Case, someone: MakePerson
) -> None:
    ada, ben = someone("analyst"), someone("senior_analyst")
    manager = signed_in(someone("manager"))
    chosen(ada, kinds_off=["grooming"])

    before = manager.get("/desk/wellbeing/limits/").content.decode()
    chosen(ben, kinds_off=["grooming"])
    after = manager.get("/desk/wellbeing/limits/").content.decode()

    assert ("Everybody has opted out" in before, "Everybody has opted out" in after) == (False, True)
    assert ada.email not in after and ben.email not in after


def test_choices_are_kept_and_shape_what_is_revealed(case: Case, someone: MakePerson) -> None:
    ada = someone("analyst")
    sighted(case)
    client = signed_in(ada)

    answer = client.post("/desk/wellbeing/choose/", {"blur": "light", "kinds_off": ["other"]})
    page = client.get(f"/desk/cases/{case.pk}/").content.decode()

    assert answer.status_code == 302
    assert 'data-blur="light"' in page and "data-grey" not in page
    assert "data-grey" in signed_in(someone("analyst")).get(f"/desk/cases/{case.pk}/").content.decode()


def test_one_known_medium_among_unknown_ones_still_needs_sight(
    make_case: MakeCase, someone: MakePerson
) -> None:
    known, mixed = make_case(media=1), make_case(media=1)
    for person in (someone("analyst"), someone("analyst")):
        verbs.decide(known.pk, person, confirmed("B", media=sha256s(known)))
    mixed.location.sightings.create(  # type: ignore[union-attr]
        media=known.location.sightings.get().media,  # type: ignore[union-attr]
        at=clock.now(),
    )

    needed = welfare.needs_sight(mixed)

    assert needed
