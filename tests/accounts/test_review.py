"""The inspector's review: what each rule lists, that nobody is ranked, and how an item is closed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from nightlight.accounts import review, review_rules
from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.audit.models import Entry
from nightlight.work import clock

ROOT = Path(review.__file__).parents[1]
NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)  # a Monday
WEEK = (NOW - timedelta(days=7), NOW)
Someone = Callable[..., Person]
Case = Person  # any row will do as what an entry is about


@pytest.fixture
def at(home: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Entry]]:
    """`at(moment, verb, by, about, **facts)` writes an entry as of that moment."""
    present = [NOW]
    monkeypatch.setattr(clock, "now", lambda: present[0])

    def write(moment: datetime, verb: str, by: Person, about: Case | None = None, **facts: object) -> Entry:
        present[0] = moment
        entry = log.record(verb, by=by, about=about or by, purpose="grade", **facts)
        present[0] = NOW
        return entry

    yield write


def listed(name: str) -> list[Entry]:
    (found,) = (each for each in review.lists(*WEEK) if each.rule.name == name)
    return [item.entry for item in found.open]


def test_a_reveal_without_a_decision_after_it_is_listed(at: Callable[..., Entry], someone: Someone) -> None:
    mira, left, decided = someone("analyst"), someone(), someone()
    lone = at(NOW - timedelta(days=2), "assess.reveal", mira, left, media=uuid4())
    at(NOW - timedelta(days=2), "assess.reveal", mira, decided, media=uuid4())
    at(NOW - timedelta(days=2, hours=-1), "assess.decide", mira, decided)

    found = listed("reveal_without_decision")

    assert found == [lone]


def test_somebody_else_s_decision_does_not_explain_a_reveal(
    at: Callable[..., Entry], someone: Someone
) -> None:
    mira, jonas, case = someone("analyst"), someone("analyst"), someone()
    lone = at(NOW - timedelta(days=2), "assess.reveal", mira, case, media=uuid4())
    at(NOW - timedelta(days=2, hours=-1), "assess.decide", jonas, case)

    assert listed("reveal_without_decision") == [lone]


def test_a_reveal_of_this_morning_may_still_be_decided(at: Callable[..., Entry], someone: Someone) -> None:
    at(NOW - timedelta(hours=1), "assess.reveal", someone("analyst"), media=uuid4())

    assert listed("reveal_without_decision") == []


def test_a_reveal_at_night_of_somebody_who_works_by_day_is_listed(
    at: Callable[..., Entry], someone: Someone
) -> None:
    mira = someone("analyst")
    noon = NOW.replace(hour=12) - timedelta(days=3)
    for week in range(1, 8):
        at(noon - week * timedelta(weeks=1), "assess.take", mira)
    usual = at(noon, "assess.reveal", mira, media=uuid4())
    night = at(noon.replace(hour=2), "assess.reveal", mira, media=uuid4())

    found = listed("reveal_at_unusual_hour")

    assert night in found
    assert usual not in found


def test_nobody_s_night_is_compared_with_another_s_day(at: Callable[..., Entry], someone: Someone) -> None:
    mira, jonas = someone("analyst"), someone("analyst")
    two = NOW.replace(hour=2) - timedelta(days=3)
    for week in range(1, 8):
        at(two - week * timedelta(weeks=1), "assess.take", mira)
        at(two.replace(hour=12) - week * timedelta(weeks=1), "assess.take", jonas)
    at(two, "assess.reveal", mira, media=uuid4())

    assert listed("reveal_at_unusual_hour") == []


def test_who_has_just_begun_has_no_pattern_to_differ_from(at: Callable[..., Entry], someone: Someone) -> None:
    mira = someone("analyst")
    at(NOW - timedelta(days=9), "assess.take", mira)
    at(NOW - timedelta(days=3, hours=7), "assess.reveal", mira, media=uuid4())

    assert listed("reveal_at_unusual_hour") == []


def test_the_search_beyond_the_daily_number_is_listed_once(
    at: Callable[..., Entry], someone: Someone
) -> None:
    mira = someone("analyst")
    noon = NOW.replace(hour=12) - timedelta(days=2)
    made = [
        at(noon + timedelta(minutes=n), "assess.search", mira) for n in range(review_rules.MOST_SEARCHES + 5)
    ]

    assert listed("many_searches") == [made[review_rules.MOST_SEARCHES]]


def test_a_medium_revealed_again_and_again_is_listed(at: Callable[..., Entry], someone: Someone) -> None:
    mira, jonas, medium = someone("analyst"), someone("analyst"), uuid4()
    made = [
        at(NOW - timedelta(days=6 - n), "assess.reveal", mira, media=medium)
        for n in range(review_rules.MOST_REVEALS + 1)
    ]
    at(NOW - timedelta(days=1), "assess.reveal", jonas, media=medium)

    assert listed("reveal_repeated") == made[review_rules.MOST_REVEALS :]


@pytest.mark.parametrize(
    ("rule", "verb"),
    [("export", "audit.export"), ("export", "referral.fetch"), ("identity_read", "intake.read_contact")],
)
def test_every_export_and_identity_read_is_listed(
    at: Callable[..., Entry], someone: Someone, rule: str, verb: str
) -> None:
    taken = at(NOW - timedelta(days=1), verb, someone("manager"))

    assert listed(rule) == [taken]


def test_lists_are_in_the_order_of_time_and_count_nobody(at: Callable[..., Entry], someone: Someone) -> None:
    mira, jonas = someone("analyst"), someone("analyst")
    for day, who in ((5, mira), (4, jonas), (3, mira), (2, mira), (1, jonas)):
        at(NOW - timedelta(days=day), "audit.export", who)

    entries = listed("export")

    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def test_every_rule_tells_its_reason_and_names_verbs_that_are_recorded() -> None:
    source = "".join(path.read_text() for path in ROOT.rglob("*.py") if "review" not in path.name)
    verbs = {
        *review_rules.AT_THE_DESK,
        *review_rules.SEARCHES,
        *review_rules.EXPORTS,
        *review_rules.IDENTITY_READS,
    }

    unknown = {verb for verb in verbs if f'"{verb}"' not in source}

    assert unknown == set()
    assert all(str(rule.why) and str(rule.label) for rule in review_rules.RULES)


def test_a_note_closes_an_item_and_is_sealed_in_the_log(at: Callable[..., Entry], someone: Someone) -> None:
    taken = at(NOW - timedelta(days=1), "audit.export", someone("manager"))

    marked = review.mark(taken.pk, "export", by=someone("inspector"), note="the court order of March")

    assert listed("export") == []
    assert marked.purpose == "the court order of March"
    assert b"court" not in bytes(Entry.objects.get(pk=marked.pk).sealed_purpose)


def test_marked_again_the_first_review_stays(at: Callable[..., Entry], someone: Someone) -> None:
    taken, inspector = at(NOW - timedelta(days=1), "audit.export", someone("manager")), someone("inspector")

    first = review.mark(taken.pk, "export", by=inspector, note="seen")
    second = review.mark(taken.pk, "export", by=inspector, note="seen again")

    assert first.pk == second.pk


@pytest.mark.parametrize("roles", [("manager",), ("analyst",), ("inspector", "analyst")])
def test_only_somebody_outside_the_desk_marks(
    at: Callable[..., Entry], someone: Someone, roles: tuple[str, ...]
) -> None:
    taken = at(NOW - timedelta(days=1), "audit.export", someone("manager"))

    with pytest.raises(PermissionDenied):
        review.mark(taken.pk, "export", by=someone(*roles), note="fine")


def test_nobody_reviews_what_they_did_themselves(at: Callable[..., Entry], someone: Someone) -> None:
    inspector = someone("inspector")
    taken = at(NOW - timedelta(days=1), "audit.export", inspector)

    with pytest.raises(review.NotReviewed):
        review.mark(taken.pk, "export", by=inspector, note="fine")


@pytest.mark.parametrize(("rule", "note"), [("export", " "), ("many_searches", "x"), ("nonsense", "x")])
def test_what_is_on_no_list_or_has_no_note_is_not_marked(
    at: Callable[..., Entry], someone: Someone, rule: str, note: str
) -> None:
    taken = at(NOW - timedelta(days=1), "audit.export", someone("manager"))

    with pytest.raises(review.NotReviewed):
        review.mark(taken.pk, rule, by=someone("inspector"), note=note)


def test_the_page_shows_the_lists_and_takes_the_note(
    at: Callable[..., Entry], someone: Someone, sign_in: Callable[..., Client]
) -> None:
    manager = someone("manager")
    taken = at(NOW - timedelta(days=1), "audit.export", manager)
    client = sign_in(someone("inspector"))

    before = client.get("/desk/review/").content.decode()
    answer = client.post(
        f"/desk/review/{taken.pk}/", {"rule": "export", "first": "2026-03-10", "note": "the court order"}
    )
    after = client.get("/desk/review/?first=2026-03-10").content.decode()

    assert manager.email in before and "the court order" not in before
    assert answer["Location"].endswith("?first=2026-03-10")
    assert "the court order" in after
