"""However much junk waits, what can't wait for its turn is sorted, and told, before it."""

from collections.abc import Callable

import pytest

from nightlight.accounts.models import Person
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake.verbs import receive
from nightlight.triage import alarms, flood, verbs
from nightlight.work import due
from nightlight.work.models import Work
from tests.saboteur import turns_red
from tests.triage.test_alarm_clock import duty as duty
from tests.triage.test_flood import flooded

JUNK = 70  # more than one worker claims at once


@pytest.mark.parametrize(
    ("kind", "now"), [(ReportKind.OTHER, True), (ReportKind.OWN_IMAGE, False), (ReportKind.GROOMING, False)]
)
def test_a_report_that_can_t_wait_is_sorted_before_what_came_before_it(
    home: None, kind: ReportKind, now: bool
) -> None:
    for number in range(JUNK):
        receive(ReportKind.MATERIAL, urls=[f"https://h{number}.example/a"])
    urgent = receive(kind, text="Please look at this today.", happening_now=now).report

    works = due.claim_all("worker")

    assert [(work.task, work.args) for work in works] == [(verbs.SORT, {"report_id": str(urgent.pk)})]


def test_the_alarm_it_raises_is_told_before_the_rest_is_sorted(duty: object) -> None:
    receive(ReportKind.MATERIAL, urls=["https://a.example/a"])
    urgent = receive(ReportKind.OTHER, text="Please look at this today.", happening_now=True).report

    due.perform(due.claim_all("worker")[0])

    assert Report.objects.get(pk=urgent.pk).sorted_at is not None
    assert due.claim_all("worker")[0].task != verbs.SORT


def test_what_can_t_wait_goes_first_too_when_a_flood_is_released(
    home: None, someone: Callable[..., Person]
) -> None:
    found = flooded()
    held = Report.objects.filter(held__flood=found)
    urgent = held.order_by("-pk").values_list("pk", flat=True)[0]
    Report.objects.filter(pk=urgent).update(happening_now=True)
    Work.objects.all().delete()  # as they are once they were sorted

    flood.release(found.pk, someone("analyst"))

    first = due.claim_all("worker")
    assert [work.args["report_id"] for work in first if work.task == verbs.SORT] == [str(urgent)]


def test_urgent_reports_in_the_order_they_came_would_be_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason: Callable[[Report], object] = lambda report: None  # noqa: E731
    monkeypatch.setattr(alarms, "reason_of", reason)

    turns_red(
        test_a_report_that_can_t_wait_is_sorted_before_what_came_before_it, None, ReportKind.OTHER, True
    )
