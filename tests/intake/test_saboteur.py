"""Without its reticence a receipt tells what we knew before, one person reads who reported, whoever took a call holds
the caller's receipt, a browser's language decides whom to call, and a changed proof holds: tests turn red."""

from collections.abc import Callable

import pytest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.casebook import post
from nightlight.casebook.models import Assessment, Case, Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import calls, contact, contact_mail, filing, helplines, limits, progress
from tests.intake import (
    test_calls,
    test_contact,
    test_contact_mail,
    test_helplines,
    test_own_image,
    test_returning,
)
from tests.intake import test_progress as held
from tests.saboteur import turns_red
from tests.triage.test_alarm_clock import sent as sent


@pytest.mark.parametrize("kind", [ReportKind.MATERIAL, ReportKind.OWN_IMAGE])
def test_a_receipt_that_told_of_earlier_decisions_would_be_noticed(
    home: None, someone: Callable[..., Person], kind: ReportKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decided(case: Case, report: Report) -> QuerySet[Assessment]:
        """Whenever that was."""
        return Assessment.objects.filter(case=case, is_final=True).order_by("pk")

    monkeypatch.setattr(progress, "_decided_since", decided)

    turns_red(held.test_a_decision_from_before_the_report_does_not_show, None, someone, kind)


def test_without_the_other_person_one_person_alone_reads_who_reported(
    home: None, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact, "is_another", lambda row, by: True)

    turns_red(test_contact.test_nobody_approves_what_they_asked_for, None, someone)


def test_a_mail_that_tells_why_somebody_asks_is_noticed(
    home: None,
    someone: Callable[..., Person],
    sent: list[post.Letter],
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contact_mail, "TEXT", test_contact_mail.REASON)

    turns_red(
        test_contact_mail.test_every_custodian_but_whoever_asked_is_told_that_something_waits,
        None,
        someone,
        sent,
        work_until,
    )


def test_without_a_fresh_receipt_whoever_took_the_call_goes_on_holding_it(
    home: None, client: Client, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "renew", lambda report: None)

    turns_red(
        test_calls.test_the_first_return_replaces_the_number_that_the_analyst_knows, None, client, someone
    )


def test_a_country_guessed_from_the_language_is_noticed(
    home: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def guessed(request: HttpRequest) -> str:
        return "DE" if request.headers.get("Accept-Language", "").startswith("de") else ""

    monkeypatch.setattr(helplines, "asked_for", guessed)

    turns_red(
        test_helplines.test_the_country_the_reader_chose_decides_and_the_browsers_language_does_not,
        None,
        client,
        monkeypatch,
    )


def test_a_proof_whose_words_are_not_compared_is_noticed(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "SIGNED", ())

    turns_red(test_returning.test_a_proof_somebody_changed_does_not_hold, None, "number")


def test_without_the_stamp_a_form_sent_again_is_a_second_report(
    client: Client, home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "check_stamp", lambda stamp, nonce="": "")

    turns_red(
        test_own_image.test_the_same_answers_sent_again_are_one_report_and_give_the_same_receipt, client
    )
