"""Without their guards, fingerprints of people's own pictures reach whoever asks, or outlive their withdrawal."""

from collections.abc import Callable

import pytest

from nightlight.casebook import own_prints
from nightlight.intake.verbs import Hash
from nightlight.sharing import own_images
from tests.saboteur import turns_red
from tests.sharing import test_own_images as held

Work = Callable[..., int]


def test_without_the_agreement_every_member_gets_the_list(
    member: held.Ask, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_images, "has_agreed", lambda who: True)

    turns_red(
        held.test_a_member_gets_nothing_of_the_list_before_a_manager_recorded_its_agreement,
        member,
        work_until,
    )


def test_without_the_checks_a_plain_picture_would_be_listed(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_prints, "why_not", lambda each, marked: None)

    turns_red(
        held.test_what_could_hit_other_people_s_pictures_is_not_listed_and_says_so,
        work_until,
        Hash("pdq", held.PDQ, 49),
        "too_plain",
    )


def test_without_a_limit_one_person_fills_the_list(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_prints, "MOST_OF_A_REPORT", 1000)

    turns_red(held.test_more_than_one_person_could_have_is_kept_with_the_report_only, work_until)


def test_fingerprints_that_are_not_forgotten_stay_listed(
    member: held.Ask, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_prints, "forget", lambda report: 0)

    turns_red(held.test_taken_back_with_the_receipt_it_is_a_tombstone_and_forgotten, member, work_until)


def test_a_list_that_made_entries_of_the_hash_list_is_noticed(
    member: held.Ask, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nightlight.casebook.models import Media
    from nightlight.work import clock

    real = own_images.settle

    def and_a_medium(report_id: object) -> int:
        Media.objects.get_or_create(sha256=held.SHA, defaults={"first_seen": clock.now()})
        return real(report_id)  # type: ignore[arg-type]

    monkeypatch.setattr(own_images, "settle", and_a_medium)

    turns_red(held.test_a_fingerprint_confirms_grades_and_reports_nothing, member, work_until)
