"""Without what makes a mail leave once, to whom it may, the tests of notices turn red; so do those of looks."""

from collections.abc import Callable
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.casebook import holds, post, texts
from nightlight.casebook.words import State
from nightlight.takedown import contacts, gates, packing, rhythm
from nightlight.takedown.packing import Packed
from tests.saboteur import turns_red
from tests.takedown import test_queue, test_routes, test_send_once, test_texts, test_watch_rhythm
from tests.takedown.conftest import Confirmed, Mail


@pytest.mark.parametrize("kill", test_send_once.ARRIVED)
def test_without_the_last_safe_moment_a_crash_sends_twice(
    kill: Callable[[pytest.MonkeyPatch], None],
    mail: Mail,
    confirmed: Confirmed,
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def commit(packed: Packed) -> bool:
        """Nothing is written down before the dot."""
        return True

    monkeypatch.setattr(packing, "commit", commit)

    turns_red(
        test_send_once.test_a_crash_after_the_last_safe_moment_asks_a_person_and_sends_nothing_by_itself,
        kill,
        mail,
        confirmed,
        work_until,
    )


def test_without_asking_for_holds_a_mail_leaves_that_police_held_back(
    mail: Mail,
    confirmed: Confirmed,
    work_until: Callable[..., int],
    someone: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(holds, "active_until", lambda case: None)
    monkeypatch.setattr(packing, "TELLING", frozenset(State))  # the state alone would stop the mail too

    turns_red(
        test_queue.test_nothing_leaves_while_police_hold_the_case_and_it_leaves_after,
        mail,
        confirmed,
        work_until,
        someone,
    )


def test_without_its_gate_a_rehearsal_mails_elsewhere(
    mail: Mail,
    confirmed: Confirmed,
    settings: Any,
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "_is_loopback", lambda host: True)
    monkeypatch.setattr("nightlight.casebook.post._connect", _nobody_there)

    turns_red(test_queue.test_a_rehearsal_mails_only_this_machine, mail, confirmed, settings, work_until)


def _nobody_there(*where: object) -> None:
    raise post.NotNow


def test_without_a_person_s_word_a_contact_near_the_site_is_written_to(
    confirmed: Confirmed, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "is_confirmed", lambda *about: True)
    near = [("abuse@album.test", "network")]

    turns_red(
        test_routes.test_a_contact_near_the_site_is_not_written_to_before_a_person_confirmed_it,
        near,
        confirmed,
        someone,
    )


def test_two_looks_that_would_do_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rhythm, "AGREEING", 2)

    turns_red(test_watch_rhythm.test_two_looks_are_not_enough)


def test_without_asking_what_a_text_must_hold_a_notice_leaves_without_it(
    home: None, mail: Mail, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "faults", lambda text, words: [])

    turns_red(test_texts.test_a_notice_whose_text_lacks_something_waits_and_says_so, None, mail, someone)
