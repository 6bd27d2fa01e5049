"""Contents go in time; records, counts and receipts stay."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook import retention, states
from nightlight.casebook.models import Case, Erased, Hold, KeepRule, Report
from nightlight.casebook.words import ReportKind, State
from nightlight.intake import contact, progress, returning, verbs
from nightlight.stats.headline import headline
from nightlight.triage import verbs as triage
from nightlight.work import clock

Someone = Callable[..., Person]
WorkUntil = Callable[..., int]
DAYS = 90


def sent(
    url: str = "http://old.example/1", country: str = "", state: State = State.DISMISSED
) -> tuple[Report, str]:
    """A report whose case is settled, and its receipt."""
    received = verbs.receive(
        ReportKind.MATERIAL, urls=[url], text="a square on a wall", contact={"email": "lark@post.example"}
    )
    triage.sort(received.report.pk)
    case = Case.objects.get(location__allegations__report=received.report)
    with transaction.atomic():
        if state != State.OPEN:
            states.move(case, state)
        Case.objects.filter(pk=case.pk).update(country=country)
    return Report.objects.get(pk=received.report.pk), received.receipt


def later(**span: int) -> None:
    clock.run(clock.now() + timedelta(**span), None)


def purged(work_until: WorkUntil) -> None:
    """What the daily purge does now."""
    with transaction.atomic():
        retention.purge()
    work_until()


def rule(someone: Someone, kind: str = "contact", country: str = "", days: int = DAYS) -> KeepRule:
    """A rule that holds already."""
    recorded = retention.record(kind, country, days, "Law 7, article 3", by=someone("manager"))
    later(hours=25)
    return recorded


def test_without_a_rule_nothing_is_ever_erased(home: None, work_until: WorkUntil) -> None:
    report, _ = sent()
    later(days=4000)

    purged(work_until)

    report.refresh_from_db()
    assert report.contact and report.text
    assert not Erased.objects.exists()


def test_a_contact_goes_in_time_and_its_report_stays(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    report, receipt = sent()
    later(days=DAYS)
    rule(someone)

    purged(work_until)

    report.refresh_from_db()
    assert report.contact == ""
    assert report.text == "a square on a wall"
    assert verbs.find(receipt) == report


def test_nothing_is_erased_before_its_time(home: None, someone: Someone, work_until: WorkUntil) -> None:
    report, _ = sent()
    rule(someone)
    later(days=DAYS - 3)

    purged(work_until)

    report.refresh_from_db()
    assert report.contact


def test_a_rule_rests_for_a_day_after_it_was_recorded(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    report, _ = sent()
    later(days=DAYS + 5)
    recorded = retention.record("contact", "", DAYS, "Law 7", by=someone("manager"))

    purged(work_until)
    retention.end(recorded.pk, someone("manager"))
    later(days=2)
    purged(work_until)

    report.refresh_from_db()
    assert report.contact


@pytest.mark.parametrize("state", [State.OPEN, State.SECOND_LOOK])
def test_a_case_that_is_not_settled_keeps_everything(
    home: None, someone: Someone, work_until: WorkUntil, state: State
) -> None:
    report, _ = sent(state=state)
    later(days=DAYS + 5)
    rule(someone)

    purged(work_until)

    report.refresh_from_db()
    assert report.contact


def test_what_police_hold_keeps_everything(home: None, someone: Someone, work_until: WorkUntil) -> None:
    report, _ = sent()
    later(days=DAYS + 5)
    case = Case.objects.get()
    Hold.objects.create(
        case=case, until=clock.now() + timedelta(days=30), by=someone("police_liaison"), at=clock.now()
    )
    rule(someone)

    purged(work_until)

    report.refresh_from_db()
    assert report.contact


def test_a_contact_that_somebody_may_read_today_stays(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    report, _ = sent()
    later(days=DAYS + 5)
    rule(someone)
    contact.ask(report.pk, someone("child_protection_officer"), "a reason")

    purged(work_until)

    report.refresh_from_db()
    assert report.contact


def test_a_country_s_own_rule_comes_before_the_general_one(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    german, _ = sent("http://a.example/1", "DE")
    dutch, _ = sent("http://b.example/1", "NL")
    later(days=DAYS)
    rule(someone, days=30)
    rule(someone, country="DE", days=3650)

    purged(work_until)

    german.refresh_from_db()
    dutch.refresh_from_db()
    assert (bool(german.contact), bool(dutch.contact)) == (True, False)


def test_what_was_erased_is_counted_for_each_country(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    for number, country in enumerate(("DE", "DE", "NL")):
        sent(f"http://site{number}.example/1", country)
    later(days=DAYS)
    rule(someone, days=60)
    rule(someone, country="DE", days=30)

    purged(work_until)

    assert retention.purged() == [
        retention.Purged("contact", "", rows=1, held=1),
        retention.Purged("contact", "DE", rows=2, held=2),
    ]


def test_reports_of_dismissed_cases_lose_all_their_words_and_those_of_others_none(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    dismissed, _ = sent("http://a.example/1")
    gone, _ = sent("http://b.example/1")
    Case.objects.filter(location__allegations__report=gone).update(state=State.GONE)
    later(days=DAYS)
    rule(someone, "dismissed_report")

    purged(work_until)

    dismissed.refresh_from_db()
    gone.refresh_from_db()
    assert (dismissed.text, dismissed.addresses, dismissed.contact) == ("", "", "")
    assert dismissed.allegations.get().as_reported == ""
    assert gone.text and gone.addresses


def test_a_purge_is_counted_in_the_log_as_it_was_foretold(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    for number in range(3):
        sent(f"http://a.example/{number}")
    _, receipt = sent("http://a.example/9")
    verbs.withdraw(receipt)
    later(days=DAYS)
    recorded = rule(someone)
    foretold = retention.preview("contact", "", DAYS)

    purged(work_until)
    purged(work_until)

    (entry,) = Entry.objects.filter(verb="casebook.purge")
    assert (entry.facts["rows"], entry.facts["held_something"]) == (foretold, 3) == (4, 3)
    assert entry.about == f"keeprule:{recorded.pk}"
    assert retention.totals()["contact"] == 4


def test_more_than_a_batch_goes_in_batches(
    home: None, someone: Someone, work_until: WorkUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        sent(f"http://a.example/{number}")
    later(days=DAYS)
    rule(someone)

    purged(work_until)

    assert [entry.facts["rows"] for entry in Entry.objects.filter(verb="casebook.purge").order_by("pk")] == [
        2,
        2,
        1,
    ]


def test_every_count_is_the_same_after_a_purge(home: None, someone: Someone, work_until: WorkUntil) -> None:
    report, _ = sent()
    later(days=DAYS)
    for kind in retention.all_kinds():
        retention.record(kind.name, "", DAYS, "Law 7", by=someone("manager"))
    later(hours=25)
    today = clock.now().date()
    before, stage = headline(today), progress.progress(report).stage

    purged(work_until)

    assert Erased.objects.exists()
    assert headline(today) == before
    assert progress.progress(Report.objects.get(pk=report.pk)).stage == stage
    assert Report.objects.count() == 1


def test_only_a_manager_decides(home: None, someone: Someone) -> None:
    with pytest.raises(PermissionDenied):
        retention.record("contact", "", DAYS, "Law 7", by=someone("administrator"))


@pytest.mark.parametrize(
    ("kind", "days", "grounds", "field"),
    [("nonsense", 90, "Law", "kind"), ("contact", 3, "Law", "days"), ("contact", 90, " ", "grounds")],
)
def test_a_rule_that_is_a_slip_is_refused(
    home: None, someone: Someone, kind: str, days: int, grounds: str, field: str
) -> None:
    with pytest.raises(retention.RuleRefused) as refused:
        retention.record(kind, "", days, grounds, by=someone("manager"))

    assert refused.value.field == field
    assert not KeepRule.objects.exists()


def test_what_was_asked_and_answered_goes_with_what_was_written(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    report, receipt = sent()
    analyst = someone("analyst")
    answered, waiting = (returning.ask(report.pk, analyst, "Which wall?") for _ in range(2))
    returning.answer(receipt, answered.pk, "the red one")
    later(days=DAYS)
    rule(someone, "report_text")

    purged(work_until)

    answered.refresh_from_db()
    waiting.refresh_from_db()
    assert (answered.text, answered.answer, waiting.text) == ("", "", "")
    assert progress.progress(verbs.find(receipt)).messages == ()


def test_the_case_page_says_that_the_words_were_erased(
    home: None, someone: Someone, work_until: WorkUntil
) -> None:
    sent()
    later(days=DAYS)
    rule(someone, "report_text")
    purged(work_until)
    client = Client()
    client.force_login(someone("analyst"), backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(f"/desk/cases/{Case.objects.get().pk}/").content.decode()

    assert "was erased on 6 Apr 2026" in page
    assert "a square on a wall" not in page
