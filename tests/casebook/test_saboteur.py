"""Without encryption, a narrowed way out, or an index in step, the tests of the casebook turn red."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from nightlight.accounts.models import Person
from nightlight.casebook import egress, retention, sealed, tally
from nightlight.casebook import index as index_room
from nightlight.casebook.words import State
from nightlight.fingerprint import saved as index_file
from nightlight.vault import seal, unseal
from tests.casebook import test_egress, test_known_index, test_retention, test_sealed
from tests.casebook import test_tally as numbers
from tests.casebook.test_egress import wide as wide
from tests.saboteur import turns_red


def test_without_encryption_a_row_shows_its_text(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "seal", lambda ring, text, **place: text.encode())
    monkeypatch.setattr(sealed, "unseal", lambda ring, raw, **place: raw.decode())

    turns_red(test_sealed.test_a_sealed_text_is_read_back_and_is_not_in_the_row, None)


def test_without_being_bound_to_its_row_a_ciphertext_can_be_moved(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {"table": "", "column": "", "row": ""}
    monkeypatch.setattr(sealed, "seal", lambda ring, text, **place: seal(ring, text, **nowhere))
    monkeypatch.setattr(sealed, "unseal", lambda ring, raw, **place: unseal(ring, raw, **nowhere))

    turns_red(test_sealed.test_ciphertext_moved_to_another_row_does_not_open, None)


def test_without_its_bounds_a_rehearsal_reaches_whatever_is_named(
    home: None, wide: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "allowed_networks", lambda: settings.NIGHTLIGHT.egress_allow)

    turns_red(test_egress.test_a_rehearsal_keeps_to_the_documentation_networks_it_names, None, None)


def test_without_writing_changes_down_no_process_learns_of_a_decision(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a process only read the database when it starts."""
    index = test_known_index.known_index()
    index.in_step()
    monkeypatch.setattr(index_room, "_changes", lambda held: [])

    turns_red(test_known_index.test_the_first_question_after_a_correction_finds_it_no_more)


def test_an_index_that_is_believed_unread_is_noticed(
    home: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "check", lambda path: None)

    turns_red(
        test_known_index.test_a_saved_index_that_is_not_whole_is_built_anew,
        tmp_path,
        test_known_index.flip_a_byte,
    )


def test_an_index_of_another_history_that_is_believed_is_noticed(
    home: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_room, "_is_ours", lambda head: True)
    real = index_room._changes
    monkeypatch.setattr(index_room, "_changes", lambda held: real(held) or [])

    turns_red(test_known_index.test_an_index_of_another_history_of_the_database_is_built_anew, tmp_path)


def test_a_purge_that_does_not_wait_for_a_decision_is_noticed(
    home: None,
    someone: Callable[..., Person],
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "SETTLED", tuple(State))

    turns_red(
        test_retention.test_a_case_that_is_not_settled_keeps_everything, None, someone, work_until, State.OPEN
    )


def test_a_purge_of_what_police_hold_is_noticed(
    home: None,
    someone: Callable[..., Person],
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "held_by_police", lambda at: retention.Hold.objects.none())

    turns_red(test_retention.test_what_police_hold_keeps_everything, None, someone, work_until)


def test_without_its_triggers_the_numbers_of_cases_are_wrong(home: None) -> None:
    on = " ON casebook_case" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in tally.TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}{on}")

    turns_red(numbers.test_numbers_follow_every_way_in_which_cases_change, home)
