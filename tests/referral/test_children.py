"""Who is new to police stands out, who is known is not referred as new, and a child comes first."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.casebook import series
from nightlight.casebook.models import Case, Child, Subject
from nightlight.referral import verbs
from nightlight.referral.models import Referral
from nightlight.work import clock
from tests.casebook import cases

Work = Callable[..., int]


def child(label: str = "C-2026-0007", status: str = Child.Status.UNKNOWN) -> Child:
    return Child.objects.create(label=label, status=status, created_at=clock.now())


def given(case: Case) -> list[dict[str, Any]]:
    """The children in the referral of a case, as its package has them."""
    facts: dict[str, Any] = json.loads(Referral.objects.get(case=case).package)["facts"]
    found: list[dict[str, Any]] = facts["children"]
    return found


@pytest.mark.parametrize(
    ("status", "standing"),
    [("unknown", "new"), ("known_to_police", "known"), ("identified", "known"), ("safeguarded", "known")],
)
def test_a_child_known_to_police_is_not_referred_as_new(
    status: str, standing: str, home: None, work_until: Work
) -> None:
    case = cases.page_case("http://shapes.example/a")
    child(status=status).cases.add(case)
    cases.confirm(case)

    work_until()

    assert [each["standing"] for each in given(case)] == [standing]


def test_a_child_of_whom_the_same_police_fetched_a_referral_is_not_new(home: None, work_until: Work) -> None:
    first, second = cases.page_case("http://shapes.example/a"), cases.page_case("http://shapes.example/b")
    seen = child()
    for case in (first, second):
        seen.cases.add(case)
    cases.confirm(first)
    work_until()
    earlier = verbs.fetch(Referral.objects.get().pk, cases.analyst("police_liaison"))
    cases.confirm(second)

    work_until()

    assert [(each["standing"], each["given_before"]) for each in given(second)] == [
        ("given_before", [earlier.number])
    ]


def test_a_child_is_told_of_by_the_media_of_their_series_alone(home: None, work_until: Work) -> None:
    first, second = cases.page_case("http://shapes.example/a"), cases.page_case("http://shapes.example/b")
    medium, by = cases.medium(first), cases.analyst()
    assert second.location is not None
    second.location.sightings.create(media=medium, at=clock.now())
    series.tie(child(status="identified"), [medium], first, by)
    cases.confirm(second)

    work_until()

    assert [(each["standing"], each["media"]) for each in given(second)] == [("known", [medium.sha256])]


def _account(case: Case, *, may_be_child: bool) -> None:
    row = Subject.objects.create(
        handle="lantern", service="chat", may_be_child=may_be_child, created_at=clock.now()
    )
    row.cases.add(case)


def test_where_an_account_may_be_a_child_s_child_protection_comes_first(home: None, work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    _account(case, may_be_child=True)
    cases.confirm(case)

    work_until()

    assert list(Referral.objects.order_by("number").values_list("to", flat=True)) == [
        "child_protection",
        "police",
    ]


def test_any_other_account_changes_nothing_of_who_is_told(home: None, work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    _account(case, may_be_child=False)
    cases.confirm(case)

    work_until()

    assert [row.to for row in Referral.objects.all()] == ["police"]


def test_a_child_s_account_named_after_the_decision_brings_child_protection_in(
    home: None, work_until: Work
) -> None:
    from nightlight.casebook import events

    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)
    work_until()
    _account(case, may_be_child=True)

    events.person_named.send(sender=Case, case=Case.objects.get(pk=case.pk))
    work_until()

    assert sorted(row.to for row in Referral.objects.all()) == ["child_protection", "police"]


def test_a_letter_in_the_package_is_printed_with_its_scheme(home: None, work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case, severity="A")

    work_until()

    facts = json.loads(Referral.objects.get().package)["facts"]
    assert facts["assessments"][0]["printed"] == ["UK: Category A"]


def test_somebody_new_stands_out_on_the_case_page(
    home: None, work_until: Work, someone: Callable[..., Person]
) -> None:
    from django.test import Client

    case = cases.page_case("http://shapes.example/a")
    child().cases.add(case)
    cases.confirm(case)
    work_until()
    client = Client()
    client.force_login(someone("police_liaison"))

    page = client.get(f"/desk/cases/{case.pk}/").content.decode()

    assert "<strong>New: not known to police and not given before</strong>" in page
