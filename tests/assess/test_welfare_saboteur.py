"""Without the guards of care and of the reveal their tests turn red."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse

from nightlight.accounts import access, devices, networks, uncached
from nightlight.accounts.models import Person
from nightlight.assess import reveal, views, welfare
from nightlight.casebook import good_news
from nightlight.casebook.models import Case
from tests.accounts import test_devices as seats
from tests.assess import test_good_news as told
from tests.assess import test_media_only_there as there
from tests.assess import test_reveal as shows
from tests.assess import test_welfare as held
from tests.assess.conftest import MakeCase, MakePerson
from tests.assess.test_reveal import PICTURE, Web
from tests.saboteur import turns_red

__all__ = ["case", "gone", "noon", "shown", "web"]
case, noon, web = held.case, held.noon, held.web
gone, shown = told.gone, there.shown

Noon = Callable[[datetime], None]
Someone = Callable[..., Person]


def test_without_the_limits_of_care_a_person_is_shown_ever_more(
    case: Case, someone: MakePerson, web: Web, noon: Noon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welfare, "require_sight", lambda person, case, media: None)

    turns_red(
        held.test_after_the_minutes_of_a_day_nothing_is_shown_for_the_rest_of_it,
        case,
        someone,
        web,
        noon,
        by=(KeyError,),
    )


def test_without_the_limits_of_care_no_break_is_taken(
    case: Case, someone: MakePerson, web: Web, noon: Noon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welfare, "require_sight", lambda person, case, media: None)

    turns_red(
        held.test_after_an_hour_nothing_is_shown_until_the_break_is_over,
        case,
        someone,
        web,
        noon,
        by=(KeyError,),
    )


def test_a_queue_that_offers_material_to_whoever_had_enough_is_noticed(
    case: Case, make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welfare, "offered", lambda cases, person, now: cases)

    turns_red(held.test_whoever_had_enough_is_offered_only_what_needs_no_sight, case, make_case, someone)


def test_a_look_that_is_not_counted_is_noticed(
    case: Case, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welfare, "saw", lambda person, case, media: None)

    turns_red(held.test_a_reveal_is_counted_for_whoever_saw_it, case, someone)


def test_without_the_named_places_a_real_home_shows_media_anywhere(
    real_home: None, someone: MakePerson, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "require", lambda seat: None)

    turns_red(
        there.test_a_real_home_shows_it_only_on_a_named_device_in_a_named_network,
        someone,
        web,
        monkeypatch,
    )


def test_without_the_named_networks_a_device_alone_would_do(
    real_home: None, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "admits", lambda address: True)

    turns_red(seats.test_a_named_device_outside_the_named_networks_is_not_enough, None, someone)


def test_without_asking_for_holds_news_of_a_held_case_would_be_told(
    gone: Case, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(good_news.Hold.objects, "filter", lambda **which: good_news.Hold.objects.none())

    turns_red(told.test_nothing_is_told_while_police_hold_the_case, gone, someone)


def test_a_medium_in_another_answer_is_noticed(
    shown: object, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the page of a case carried the bytes itself."""
    monkeypatch.setattr(
        views, "case_page", lambda request, case, **more: HttpResponse(b"<p>" + PICTURE + b"</p>")
    )

    turns_red(there.test_no_answer_but_the_reveal_carries_a_medium, shown, someone)


def test_a_desk_that_a_cache_may_keep_is_noticed(
    shown: object, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (access, uncached):
        monkeypatch.setattr(room, "add_never_cache_headers", lambda answer: None)

    turns_red(there.test_no_answer_of_the_desk_is_kept_by_a_cache, shown, someone)


def test_an_api_that_takes_decisions_past_the_limits_is_noticed(
    case: Case, make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welfare, "require_decision", lambda person, case: None)

    turns_red(
        held.test_past_the_limits_no_new_case_that_needs_sight_is_decided_through_the_api_either,
        240,
        welfare.Why.DAY,
        case,
        make_case,
        someone,
        by=(KeyError,),
    )


def test_a_limit_that_loses_a_decision_already_made_is_noticed(
    case: Case, make_case: MakeCase, someone: MakePerson, noon: Noon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welfare, "require_decision", lambda person, case: welfare.require_offer(person, case))

    turns_red(
        held.test_a_decision_that_was_begun_is_not_lost_to_a_limit,
        case,
        make_case,
        someone,
        noon,
        by=(welfare.Rest,),
    )


def test_a_playlist_that_were_played_is_noticed(
    make_case: MakeCase, someone: MakePerson, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveal, "sniff", lambda head: reveal.MP4)

    turns_red(
        shows.test_what_calls_itself_a_video_and_begins_as_something_else_is_not_shown,
        b"#EXTM3U\nhttp://elsewhere.example/1.ts",
        make_case,
        someone,
        web,
    )
