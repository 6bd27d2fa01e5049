"""The members page of the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nightlight.casebook import practices
from nightlight.casebook.models import Case, Media, NeverMatch
from nightlight.casebook.panels import all_panels
from nightlight.sharing.models import Entry, Member, Opinion
from nightlight.work import clock
from tests.casebook import cases
from tests.sharing.conftest import MemberClient

Ask = Callable[..., MemberClient]


@pytest.fixture
def manager(client: Client, someone: Callable[..., Any]) -> Client:
    """A signed-in manager."""
    client.force_login(someone("manager"))
    return client


def test_a_member_appears_with_its_first_call(member: Ask, manager: Client) -> None:
    before = manager.get("/desk/members/").content.decode()
    member("Example Ltd").feed("urls")

    after = manager.get("/desk/members/").content.decode()

    assert "Example Ltd" not in before
    assert "Example Ltd" in after


def test_a_manager_settles_which_lists_a_member_takes(member: Ask, manager: Client) -> None:
    member().feed("urls")
    found = Member.objects.get()

    manager.post(f"/desk/members/{found.pk}/", {f"{found.pk}-lists": ["hashes"]})

    found.refresh_from_db()
    assert found.lists == ["hashes"]


def test_a_list_that_does_not_exist_changes_nothing(member: Ask, manager: Client) -> None:
    member().feed("urls")
    found = Member.objects.get()

    manager.post(f"/desk/members/{found.pk}/", {f"{found.pk}-lists": ["names"]})

    found.refresh_from_db()
    assert found.lists == ["hashes", "urls"]


@pytest.mark.parametrize("role", ["analyst", "administrator", "inspector", "police_liaison"])
def test_others_than_managers_may_not_open_it(
    client: Client, home: None, someone: Callable[..., Any], role: str
) -> None:
    client.force_login(someone(role))

    answer = client.get("/desk/members/")

    assert answer.status_code == 403


def test_a_dispute_shows_on_the_page_and_on_the_case(
    member: Ask, manager: Client, work_until: Callable[..., int]
) -> None:
    from django.template.loader import render_to_string

    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)
    work_until()
    member().feed("urls")
    Opinion.objects.create(
        entry=Entry.objects.get(),
        member=Member.objects.get(),
        opinion="dispute",
        reason="only shapes",
        at=clock.now(),
    )

    page = manager.get("/desk/members/").content.decode()
    panel = next(panel for panel in all_panels() if panel.name == "sharing")
    shown = render_to_string(panel.template, panel.context(cases.asked_by(cases.analyst()), case))

    assert "only shapes" in page
    assert "only shapes" in shown


def listed_case(work_until: Callable[..., int]) -> Case:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(cases.medium(case, quality=90),))
    work_until()
    return case


def test_a_media_that_is_to_match_nothing_leaves_the_list_and_no_member_s_hash_matches_it(
    member: Ask, manager: Client, work_until: Callable[..., int]
) -> None:
    case = listed_case(work_until)
    media = Media.objects.get()
    asking = member()
    asked = {"hashes": [{"type": "pdq", "value": media.pdq}, {"type": "md5", "value": media.md5}]}
    before = asking.post("/match", asked).json()["hashes"]

    answer = manager.post(
        f"/desk/members/media/{media.pk}/", {"on": "on", "reason": "a logo", "case": str(case.pk)}
    )

    after = asking.post("/match", asked).json()["hashes"]
    deleted = {entry["reason"] for entry in asking.feed("hashes")["entries"] if entry["op"] == "delete"}
    assert answer["Location"] == f"/desk/cases/{case.pk}/"
    assert [len(item["matches"]) for item in before] == [1, 1]
    assert [len(item["matches"]) for item in after] == [0, 0]
    assert deleted == {"never_match"}
    assert "a logo" in manager.get("/desk/members/").content.decode()


def test_a_mark_that_is_taken_back_lists_it_again(manager: Client, work_until: Callable[..., int]) -> None:
    listed_case(work_until)
    media = Media.objects.get()
    manager.post(f"/desk/members/media/{media.pk}/", {"on": "on", "reason": "a logo"})

    manager.post(f"/desk/members/media/{media.pk}/", {})

    assert set(Entry.objects.filter(media=media).values_list("state", flat=True)) == {"listed"}


def test_a_mark_needs_its_reason(manager: Client, work_until: Callable[..., int]) -> None:
    listed_case(work_until)
    media = Media.objects.get()

    manager.post(f"/desk/members/media/{media.pk}/", {"on": "on", "reason": " "})

    assert not NeverMatch.objects.exists()


def test_seeing_through_edits_is_a_manager_s_switch_and_off_at_first(home: None, manager: Client) -> None:
    before = practices.is_on(practices.THROUGH_EDITS)

    manager.post(
        "/desk/members/practices/",
        {"through_edits-practice": "through_edits", "through_edits-on": "on"},
    )

    assert (before, practices.is_on(practices.THROUGH_EDITS)) == (False, True)
