"""Without permissions, the second factor, the networks or the mandate the tests of who gets in turn red."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts import leaving, mandate, networks, review, second_factor, sessions
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import MATRIX, Permission, Role
from tests.accounts import test_access, test_leaving, test_mandate, test_review, test_tokens
from tests.accounts.test_mandate import direct as direct
from tests.accounts.test_review import at as at
from tests.saboteur import turns_red

Browser = Callable[..., Client]


def test_without_permissions_everyone_who_is_signed_in_gets_in(
    home: None, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Person, "may", lambda person, permission: True)

    turns_red(test_access.test_a_person_without_the_role_is_refused, None, browser)


def test_an_administrator_who_may_see_material_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MATRIX, Permission.MEDIA_REVEAL, frozenset({Role.ADMINISTRATOR}))

    turns_red(test_access.test_an_administrator_has_no_sight_of_material)


def test_without_the_second_factor_a_password_opens_the_desk(
    real_home: None, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factor, "asked", lambda request: None)

    turns_red(test_access.test_in_a_real_home_who_has_no_second_factor_is_sent_to_set_one_up, None, browser)


def test_without_the_networks_a_desk_token_works_from_everywhere(
    real_home: None, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "admits", lambda address: True)

    turns_red(test_tokens.test_in_a_real_home_a_desk_token_works_from_named_networks_only, None, someone)


@pytest.mark.parametrize("switch", mandate.Switch)
def test_without_the_mandate_a_real_home_acts(
    real_home: None, direct: None, switch: mandate.Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mandate, "is_rehearsal", lambda: True)

    turns_red(test_mandate.test_a_real_home_without_a_mandate_refuses_every_act, None, None, switch)


def test_without_being_outside_the_desk_analysts_review_themselves(
    at: object, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "may_mark", lambda person: True)

    turns_red(test_review.test_only_somebody_outside_the_desk_marks, at, someone, ("inspector", "analyst"))


def test_a_leaver_whose_doors_stay_open_is_noticed(
    home: None,
    someone: Callable[..., Person],
    sign_in: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "end_all", lambda person: 1)
    monkeypatch.setattr(leaving, "_end_tokens", lambda person, by: 1)
    monkeypatch.setattr(leaving, "_end_secrets", lambda person: 0)

    turns_red(
        test_leaving.test_sessions_tokens_password_and_factors_end_and_stay_ended, None, someone, sign_in
    )
