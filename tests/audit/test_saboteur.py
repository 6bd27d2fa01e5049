"""Without its triggers, or without the tree, the tests of the log turn red."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from nightlight.audit import checkpoints, log, triggers, verify
from nightlight.audit.models import Entry
from tests.audit import test_log, test_triggers, test_verify
from tests.audit.test_triggers import written as written
from tests.saboteur import turns_red, turns_red_in_database


@pytest.fixture
def signed(own_home: Path, write: Callable[[int], list[Entry]]) -> Path:
    """What the tests of `verify` start from."""
    for _ in range(3):
        write(2)
        checkpoints.checkpoint_now()
    for table in triggers.GUARDED:
        triggers.lift(connection, table)
    return own_home


@pytest.mark.parametrize("table", test_triggers.MODELS)
@pytest.mark.parametrize(
    "held",
    [
        test_triggers.test_rows_of_the_log_are_not_updated,
        test_triggers.test_rows_of_the_log_are_not_deleted,
    ],
)
def test_without_its_triggers_the_log_can_be_changed(
    written: None, held: Callable[..., None], table: str
) -> None:
    triggers.lift(connection, table)

    turns_red_in_database(held, None, table)


def test_without_the_rule_of_words_text_gets_into_the_log(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_WORD", re.compile(r"(?s).*"))

    turns_red(test_log.test_text_addresses_and_contacts_are_refused, None, "https://a.example/x")


def test_without_comparing_the_hashes_an_edit_is_not_found(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "_check_entry", lambda leaf, entry, report: None)

    turns_red(test_verify.test_an_edit_is_found, signed, "verb = 'test.other'")


def test_without_what_was_signed_a_log_written_anew_is_not_found(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify._Heads, "_check", lambda heads, size, found, root: None)

    turns_red(test_verify.test_an_edit_that_also_rewrites_the_leaves_is_found_by_what_was_signed, signed)
