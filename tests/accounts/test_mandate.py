"""Closed until there is a mandate: a real home refuses each act by its own switch."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client

from nightlight.accounts import mandate
from nightlight.accounts.mandate import Closed, Switch
from nightlight.accounts.models import Mandate, Person
from nightlight.audit.models import Entry
from nightlight.work import clock

GROUNDS: dict[str, Any] = {
    "law": "Protection of Minors Act, section 12",
    "police_agreement": "Federal police, 2025-11-03",
    "jurisdictions": "DE, NL",
    "data_protection": "DPIA 7 of 2025-10-01",
    "safeguarding_lead": "A. Example",
    "signed_on": date(2020, 1, 6),
}


@pytest.fixture
def manager(someone: Callable[..., Person]) -> Person:
    return someone("manager")


@pytest.fixture
def direct(settings: Any) -> None:
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, direct=True)


@pytest.mark.parametrize("switch", Switch)
def test_a_real_home_without_a_mandate_refuses_every_act(
    real_home: None, direct: None, switch: Switch
) -> None:
    with pytest.raises(Closed, match=f"closed: no mandate to {switch}"):
        mandate.require(switch)

    assert not mandate.is_open(switch)


@pytest.mark.parametrize("switch", Switch)
def test_a_rehearsal_is_open(home: None, switch: Switch) -> None:
    mandate.require(switch)

    assert mandate.is_open(switch)


@pytest.mark.parametrize("opened", Switch)
def test_each_switch_opens_its_own_act_only(
    real_home: None, direct: None, manager: Person, opened: Switch
) -> None:
    mandate.record(manager, **GROUNDS, switches=[opened])

    assert [switch for switch in Switch if mandate.is_open(switch)] == [opened]


@pytest.mark.parametrize("switch", [Switch.FETCH, Switch.REVEAL])
def test_fetching_also_needs_a_way_out(real_home: None, manager: Person, switch: Switch) -> None:
    mandate.record(manager, **GROUNDS, switches=[switch])

    with pytest.raises(Closed, match="closed: no egress proxy"):
        mandate.require(switch)


def test_the_newest_mandate_holds_and_the_earlier_stay(real_home: None, manager: Person) -> None:
    mandate.record(manager, **GROUNDS, switches=[Switch.NOTIFY])

    mandate.record(manager, **GROUNDS, switches=[])

    assert not mandate.is_open(Switch.NOTIFY)
    assert Mandate.objects.count() == 2


def test_mandates_of_the_same_moment_follow_in_the_order_of_recording(home: None, manager: Person) -> None:
    for switches in ([], [Switch.NOTIFY], [], [Switch.SHARE]):
        last = mandate.record(manager, **GROUNDS, switches=switches)

    assert mandate.current() == last


@pytest.mark.parametrize("role", ["analyst", "administrator", "inspector"])
def test_only_a_manager_records_one(real_home: None, someone: Callable[..., Person], role: str) -> None:
    with pytest.raises(PermissionDenied):
        mandate.record(someone(role), **GROUNDS, switches=[Switch.FETCH])

    assert not Mandate.objects.exists()


@pytest.mark.parametrize("missing", mandate.GROUNDS)
def test_nothing_opens_while_a_ground_is_missing(real_home: None, manager: Person, missing: str) -> None:
    with pytest.raises(mandate.MandateRefused) as refused:
        mandate.record(manager, **{**GROUNDS, missing: "  "}, switches=[Switch.NOTIFY])

    assert refused.value.field == missing
    assert not mandate.is_open(Switch.NOTIFY)


def test_a_mandate_does_not_hold_before_it_is_signed(
    real_home: None, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # so that midnight does not come in between
    tomorrow = now.date() + timedelta(days=1)

    with pytest.raises(mandate.MandateRefused) as refused:
        mandate.record(manager, **{**GROUNDS, "signed_on": tomorrow}, switches=[Switch.NOTIFY])

    assert refused.value.field == "signed_on"


def test_recording_is_an_entry_that_says_what_opened(home: None, manager: Person) -> None:
    mandate.record(manager, **GROUNDS, switches=[Switch.SHARE, Switch.FETCH])

    entry = Entry.objects.get(verb="accounts.record_mandate")
    assert entry.facts == {"opened": ["fetch", "share"], "signed_on": "2020-01-06"}
    assert entry.actor == f"person:{manager.pk}"


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_mandate SET sweep = notify", "DELETE FROM accounts_mandate"]
)
def test_the_database_refuses_to_change_a_mandate(home: None, manager: Person, statement: str) -> None:
    mandate.record(manager, **GROUNDS, switches=[Switch.NOTIFY])

    with (
        pytest.raises(IntegrityError, match="insert-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Mandate.objects.count() == 1


def test_the_page_records_what_was_ticked(real_home: None, browser: Callable[..., Client]) -> None:
    client = browser("manager", factor=True)

    client.post("/desk/mandate/", {**GROUNDS, "notify": "on", "share": "on"})

    assert {switch for switch in Switch if mandate.is_open(switch)} == {Switch.NOTIFY, Switch.SHARE}


def test_the_page_starts_from_the_mandate_that_holds(
    real_home: None, browser: Callable[..., Client], manager: Person
) -> None:
    mandate.record(manager, **GROUNDS, switches=[Switch.NOTIFY])

    page = browser("manager", factor=True).get("/desk/mandate/").content.decode()

    assert GROUNDS["law"] in page
    assert page.count(" checked") == 1


def test_the_page_says_beside_the_field_what_is_missing(
    real_home: None, browser: Callable[..., Client]
) -> None:
    client = browser("manager", factor=True)

    answer = client.post("/desk/mandate/", {**GROUNDS, "law": "", "notify": "on"})

    assert answer.status_code == 422
    assert 'id="id_law_error"' in answer.content.decode()


def test_the_page_is_the_managers(home: None, browser: Callable[..., Client]) -> None:
    assert browser("administrator").get("/desk/mandate/").status_code == 403
