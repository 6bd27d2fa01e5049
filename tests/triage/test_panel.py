"""What the desk sees of triage, and asking for another reading."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.casebook.models import Case
from nightlight.casebook.words import ReportKind
from nightlight.intake.verbs import receive
from nightlight.triage.models import Reading
from nightlight.triage.rank import WHY, Reason
from nightlight.triage.reading import Seen
from nightlight.triage.verbs import record_reading, sort
from nightlight.work.models import Work


@pytest.fixture
def case(home: None) -> Case:
    sort(receive(ReportKind.GROOMING, urls=["http://a.example/x"]).report.pk)
    return Case.objects.get()


def test_the_page_of_a_case_says_why_it_comes_when_it_comes(
    case: Case, someone: Callable[..., Person], client: Client
) -> None:
    client.force_login(someone("analyst"))

    content = client.get(f"/desk/cases/{case.pk}/").content.decode()

    assert str(WHY[Reason.GROOMING]) in content
    assert "has not been read yet" in content


def test_the_page_of_a_case_shows_the_latest_reading(
    case: Case, someone: Callable[..., Person], client: Client
) -> None:
    record_reading(case.pk, Seen(Reading.Outcome.TIMED_OUT))
    record_reading(case.pk, Seen(Reading.Outcome.READ, 200, "A <i>title</i>", "Words on the page", listed=3))
    client.force_login(someone("analyst"))

    content = client.get(f"/desk/cases/{case.pk}/").content.decode()

    assert "A &lt;i&gt;title&lt;/i&gt;" in content and "Words on the page" in content
    assert "3 named, 0 read" in content
    assert "No complete answer" not in content


def test_an_analyst_can_ask_for_another_reading(
    case: Case, someone: Callable[..., Person], client: Client
) -> None:
    Work.objects.all().delete()
    client.force_login(someone("analyst"))

    answer = client.post(f"/desk/cases/{case.pk}/read/")

    assert (answer.status_code, answer["Location"]) == (302, f"/desk/cases/{case.pk}/")
    assert Work.objects.get().task == "triage.read"


@pytest.mark.parametrize("role", ["inspector", "administrator", "manager"])
def test_whoever_may_not_assess_cannot_have_a_page_read(
    case: Case, someone: Callable[..., Person], client: Client, role: str
) -> None:
    Work.objects.all().delete()
    client.force_login(someone(role))

    answer = client.post(f"/desk/cases/{case.pk}/read/")

    assert answer.status_code in (302, 403) and not answer.get("Location", "").startswith("/desk/cases")
    assert Work.objects.count() == 0
