"""Without asking what is known of a child, and whether an account may be a child's, the tests turn red."""

from collections.abc import Callable

import pytest

from nightlight.casebook.series import Seen
from nightlight.referral import rules
from tests.referral import test_children as held
from tests.saboteur import turns_red

Work = Callable[..., int]


def test_a_known_child_that_is_referred_as_new_is_noticed(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seen, "known", False)

    turns_red(
        held.test_a_child_known_to_police_is_not_referred_as_new, "identified", "known", home, work_until
    )


def test_child_protection_that_is_not_asked_first_is_noticed(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "child_protection_first", lambda case: False)

    turns_red(held.test_where_an_account_may_be_a_child_s_child_protection_comes_first, home, work_until)
