"""The members page of the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

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
    shown = render_to_string(panel.template, panel.context(None, case))  # type: ignore[arg-type]

    assert "only shapes" in page
    assert "only shapes" in shown
