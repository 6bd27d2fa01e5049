"""Fingerprints of pictures that the people shown gave: a list of their own, for members that agreed."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry as LogEntry
from nightlight.casebook import events, practices, retention, states
from nightlight.casebook.models import Case, Enrolment, Hold, Media, OwnPrint, Report, Subject
from nightlight.casebook.words import Outcome, ReportKind, State
from nightlight.intake import verbs as intake
from nightlight.intake.verbs import Hash, Received
from nightlight.referral.models import Referral
from nightlight.sharing import own_images, verbs
from nightlight.sharing.models import Entry, Member, OwnImageEntry
from nightlight.work import clock
from tests.casebook import cases
from tests.sharing.conftest import MemberClient

pytestmark = pytest.mark.usefixtures("home")
Work = Callable[..., int]
Ask = Callable[..., MemberClient]
OWN = "own-image-unseen"
SHA = "ab" * 32
PDQ = "0f" * 32  # half of its bits are ones, as in every PDQ
NEAR = "0e" * 8 + "0f" * 24  # eight bits away
FAR = "f0" * 32


def given(*hashes: Hash, kind: ReportKind = ReportKind.OWN_IMAGE, **more: Any) -> Received:
    """A report about somebody's own picture, with these fingerprints."""
    return intake.receive(kind, hashes=hashes or (Hash("sha256", SHA), Hash("pdq", PDQ, 90)), **more)


def agreed(member: Ask, name: str = "Example Ltd") -> MemberClient:
    """A member that agreed that a person looks at every match."""
    client = member(name)
    own_images.agree(verbs.member(name).pk, on=True, by=cases.analyst("manager"))
    return client


def entries(client: MemberClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.feed(OWN)["entries"]
    return found


def listed() -> set[str]:
    return set(OwnImageEntry.objects.filter(state="listed").values_list("value", flat=True))


def asked(client: MemberClient, *values: str) -> list[list[dict[str, Any]]]:
    answer = client.post("/match", {"hashes": [{"type": "pdq", "value": value} for value in values]})
    assert answer.status_code == 200, answer.content
    return [each["matches"] for each in answer.json()["hashes"]]


def test_a_member_gets_nothing_of_the_list_before_a_manager_recorded_its_agreement(
    member: Ask, work_until: Work
) -> None:
    given()
    work_until()
    client = member()

    before = client.get(f"/lists/{OWN}").status_code, asked(client, PDQ)
    own_images.agree(verbs.member("Example Ltd").pk, on=True, by=cases.analyst("manager"))
    during = client.get(f"/lists/{OWN}").status_code, len(asked(client, PDQ)[0])
    own_images.agree(verbs.member("Example Ltd").pk, on=False, by=cases.analyst("manager"))
    after = client.get(f"/lists/{OWN}").status_code, asked(client, PDQ)

    assert before == after == (403, [[]])
    assert during == (200, 1)


def test_fingerprints_are_put_on_their_own_list_and_say_that_nobody_saw_them(
    member: Ask, work_until: Work
) -> None:
    client = agreed(member)

    given()
    work_until()

    told = entries(client)
    assert {(each["op"], each["type"], each["value"]) for each in told} == {
        ("put", "sha256", SHA),
        ("put", "pdq", PDQ),
    }
    assert all(each["labels"]["list"] == OWN for each in told)
    assert all(each["labels"]["confirmed"] is each["labels"]["seen"] is False for each in told)
    assert client.feed("hashes")["entries"] == []


def test_a_near_picture_matches_with_the_label_of_its_list_and_a_far_one_does_not(
    member: Ask, work_until: Work
) -> None:
    given()
    work_until()

    near, far = asked(agreed(member), NEAR, FAR)

    assert [each["labels"]["list"] for each in near] == [OWN]
    assert far == []


def test_a_fingerprint_confirms_grades_and_reports_nothing(member: Ask, work_until: Work) -> None:
    client = agreed(member)
    given()
    work_until()
    page = cases.page_case("http://shapes.example/a")

    asked(client, PDQ)
    entries(client)
    work_until()

    assert [model.objects.count() for model in (Media, Entry, Enrolment, Subject, Referral)] == [0] * 5
    assert not page.assessments.exists() and Case.objects.get(pk=page.pk).priority == page.priority


def test_taken_back_with_the_receipt_it_is_a_tombstone_and_forgotten(member: Ask, work_until: Work) -> None:
    client = agreed(member)
    received = given()
    work_until()

    intake.withdraw(received.receipt)
    work_until()

    told = entries(client)
    assert [(each["op"], each["value"]) for each in told] == [("put", None)] * 2 + [("delete", None)] * 2
    assert {each["reason"] for each in told[2:]} == {"withdrawn"}
    assert asked(client, PDQ) == [[]]
    assert set(OwnImageEntry.objects.values_list("value", flat=True)) == {""}
    assert OwnPrint.objects.count() == 0 and Report.objects.get().hashes == []


def test_what_two_people_gave_stays_until_both_took_it_back(work_until: Work) -> None:
    first, second = given(), given()
    work_until()

    intake.withdraw(first.receipt)
    work_until()
    after_one = listed()
    intake.withdraw(second.receipt)
    work_until()

    assert (after_one, listed()) == ({SHA, PDQ}, set())


def test_given_again_after_it_was_forgotten_it_is_a_new_entry(work_until: Work) -> None:
    intake.withdraw(given().receipt)
    work_until()

    given()
    work_until()

    assert listed() == {SHA, PDQ}


@pytest.mark.parametrize(
    ("print_", "why"),
    [
        (Hash("pdq", PDQ, 49), "too_plain"),
        (Hash("pdq", "0" * 64), "too_plain"),
        (Hash("pdq", "f" * 64, 100), "too_plain"),
        (Hash("pdq", NEAR, 90), "never_match"),
        (Hash("sha256", "cd" * 32), "never_match"),
    ],
)
def test_what_could_hit_other_people_s_pictures_is_not_listed_and_says_so(
    work_until: Work, print_: Hash, why: str
) -> None:
    logo = Media.objects.create(sha256="cd" * 32, pdq=PDQ, quality=90, first_seen=clock.now())
    practices.never_match(logo, on=True, reason="a logo", by=cases.analyst("manager"))

    received = given(print_)
    work_until()

    assert [row.kept_off for row in received.own_prints] == [why]
    assert listed() == set()


def test_a_mark_made_later_takes_it_off_and_its_end_lists_it_again(work_until: Work) -> None:
    given()
    work_until()
    manager = cases.analyst("manager")
    logo = Media.objects.create(sha256="cd" * 32, pdq=NEAR, quality=90, first_seen=clock.now())

    verbs.never_match(logo.pk, on=True, reason="a logo", by=manager)
    work_until()
    marked = listed()
    verbs.never_match(logo.pk, on=False, reason="", by=manager)
    work_until()

    assert (marked, listed()) == ({SHA}, {SHA, PDQ})


def test_more_than_one_person_could_have_is_kept_with_the_report_only(work_until: Work) -> None:
    many = [Hash("sha256", secrets.token_hex(32)) for _ in range(203)]

    received = given(*many)
    work_until()
    again = given(Hash("sha256", SHA), too_many=True)
    work_until()

    assert [row.kept_off for row in received.own_prints].count("too_many") == 3
    assert [row.kept_off for row in again.own_prints] == ["too_many"]
    assert len(listed()) == 200
    assert len(Report.objects.order_by("pk")[0].hashes) == 203


def test_hashes_of_any_other_report_are_on_no_list(work_until: Work) -> None:
    given(kind=ReportKind.MATERIAL)
    work_until()

    assert OwnPrint.objects.count() == OwnImageEntry.objects.count() == 0


def test_while_police_hold_its_case_it_is_off_the_list(work_until: Work) -> None:
    report = given().report
    work_until()
    case = Case.objects.create(
        report=report, kind=report.kind, priority=1, received_at=clock.now(), changed_at=clock.now()
    )
    hold = Hold.objects.create(
        case=case, until=clock.now() + timedelta(days=3), by=cases.analyst(), at=clock.now()
    )

    events.hold_placed.send(sender=Case, case=case, hold=hold)
    work_until()
    during = listed()
    hold.lifted_at = clock.now()
    hold.save()
    events.hold_lifted.send(sender=Case, case=case, hold=hold)
    work_until()

    assert (during, listed()) == (set(), {SHA, PDQ})


@pytest.mark.parametrize(
    ("outcome", "stays"),
    [(Outcome.OUT_OF_REMIT, False), (Outcome.NOT_ILLEGAL, False), (Outcome.NOT_FOUND, True)],
)
def test_a_report_that_a_person_found_to_be_about_something_else_leaves_the_list(
    work_until: Work, outcome: Outcome, stays: bool
) -> None:
    report = given().report
    case = Case.objects.create(
        report=report, kind=report.kind, priority=1, received_at=clock.now(), changed_at=clock.now()
    )
    work_until()

    look = case.assessments.create(
        by=cases.analyst(), at=clock.now(), outcome=outcome, role="first", is_final=True
    )
    states.move(case, State.DISMISSED)
    events.case_dismissed.send(sender=Case, case=case, assessment=look)
    work_until()

    assert bool(listed()) is stays


def test_the_api_takes_them_the_same_way_and_says_what_it_does_not_list(
    client: Client, work_until: Work
) -> None:
    hashes = [{"type": "sha256", "value": SHA}, {"type": "pdq", "value": PDQ, "quality": 3}]

    plain = client.post("/api/v1/reports", {"kind": "own_image", "hashes": hashes[:1]}, "application/json")
    told = client.post("/api/v1/reports", {"kind": "own_image", "hashes": hashes}, "application/json")
    work_until()

    assert set(plain.json()) == {"receipt", "proof", "not_understood"}
    assert told.json()["not_listed"] == [{"type": "pdq", "value": PDQ, "why": "too_plain"}]
    assert listed() == {SHA}


def test_a_manager_records_the_agreement_on_the_members_page_and_nobody_else_may(
    home: None, someone: Callable[..., Person]
) -> None:
    found = verbs.member("Example Ltd")
    manager, analyst = Client(), Client()
    manager.force_login(someone("manager"))
    analyst.force_login(someone("analyst"))
    where = f"/desk/members/{found.pk}/own-images/"

    refused = analyst.post(where, {"on": "on"}).status_code
    page = manager.post(where, {"on": "on"}, follow=True).content.decode()

    assert refused == 403 and own_images.has_agreed(Member.objects.get())
    assert "The member agreed that a person looks at every match first" in page
    assert LogEntry.objects.filter(verb="sharing.agree_own_images").count() == 1


@pytest.mark.parametrize("kind", ["report_text", "dismissed_report"])
def test_fingerprints_end_with_what_the_reporter_wrote(member: Ask, work_until: Work, kind: str) -> None:
    received = given()
    work_until()
    client = agreed(member)
    Report.objects.update(sorted_at=clock.now())
    dates = {"received_at": clock.now(), "changed_at": clock.now()}
    Case.objects.create(report=received.report, kind="own_image", priority=5, state=State.DISMISSED, **dates)
    retention.record(kind, "", 90, "Law 7", by=cases.analyst("manager"))
    clock.run(clock.now() + timedelta(days=91), None)

    retention.purge()
    work_until()

    received.report.refresh_from_db()
    assert received.report.hashes == [] and not OwnPrint.objects.exists()
    assert not listed() and asked(client, PDQ) == [[]]
    assert [each["op"] for each in entries(client)] == ["put", "put", "delete", "delete"]
    assert {each["value"] for each in entries(client)} == {None}
