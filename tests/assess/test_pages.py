"""The desk's pages: who sees what, and that a decision is read back before it is taken."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.assess.models import Claim
from nightlight.audit.models import Entry
from nightlight.casebook import states
from nightlight.casebook.models import Assessment, Case, Child, Hold, Report
from nightlight.casebook.words import Outcome, State
from nightlight.vault.tokens import new_receipt, receipt_digest
from nightlight.work import clock
from nightlight.work.home import ring
from tests.assess.conftest import MakeCase, MakePerson, confirmed, sha256s


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def analyst(someone: MakePerson) -> Person:
    return someone("analyst")


def words(answer: Any) -> str:
    """The text of a page without tags, space folded."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_the_queue_shows_the_urgent_first_and_then_the_oldest(make_case: MakeCase, analyst: Person) -> None:
    later = clock.now().replace(hour=10)
    make_case(priority=2, received_at=later), make_case(priority=2), make_case(priority=0, received_at=later)

    answer = signed_in(analyst).get("/desk/")

    assert re.findall(r"site\d", words(answer)) == ["site3", "site2", "site1"]


def test_addresses_of_the_queue_are_no_links(make_case: MakeCase, analyst: Person) -> None:
    make_case()

    page = signed_in(analyst).get("/desk/").content.decode()

    assert "hxxp://site1[.]example/page" in page
    assert "http://site1" not in page


def test_the_queue_has_pages_of_fifty(make_case: MakeCase, analyst: Person) -> None:
    for _ in range(52):
        make_case(address=False)
    client = signed_in(analyst)

    first = client.get("/desk/").context
    second = client.get(f"/desk/?after={first['next']}").context

    assert (len(first["rows"]), len(second["rows"]), second["next"]) == (50, 2, None)
    assert not {row.case.pk for row in first["rows"]} & {row.case.pk for row in second["rows"]}


def test_the_queue_asks_as_often_for_many_cases_as_for_one(
    make_case: MakeCase, analyst: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        verbs.take(make_case(media=1).pk, analyst)
    client = signed_in(analyst)

    with django_assert_max_num_queries(23):
        client.get("/desk/")


def test_the_queue_can_show_one_state(make_case: MakeCase, analyst: Person) -> None:
    make_case(), make_case(state=State.GONE)

    answer = signed_in(analyst).get("/desk/?state=gone")

    assert [row.case.state for row in answer.context["rows"]] == ["gone"]


def test_a_waiting_case_is_listed_with_why(make_case: MakeCase, analyst: Person) -> None:
    states.move(make_case(state=State.NOTICED), State.WAITING, waiting_for="disputed")

    answer = signed_in(analyst).get("/desk/waiting/")

    assert "The provider disputes the notice" in words(answer)


def test_reading_a_case_is_in_the_log(make_case: MakeCase, analyst: Person) -> None:
    case = make_case(media=2)

    answer = signed_in(analyst).get(f"/desk/cases/{case.pk}/")

    entry = Entry.objects.get(verb="assess.open")
    assert (answer.status_code, entry.actor, entry.purpose) == (200, f"person:{analyst.pk}", "work")
    assert "no-store" in answer["Cache-Control"]


def test_a_decision_is_read_back_before_it_is_taken(make_case: MakeCase, analyst: Person) -> None:
    case, client = make_case(), signed_in(analyst)
    said = {"outcome": "confirmed", "severity": "C", "age": "7-10", "note": "two rooms"}

    back = client.post(f"/desk/cases/{case.pk}/decide/", {**said, "step": "look"})
    case.refresh_from_db()
    before = case.state
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', back.content.decode()))
    client.post(f"/desk/cases/{case.pk}/decide/", {**hidden, "step": "final"})

    case.refresh_from_db()
    assert "Is this right?" in words(back) and "7 to 10" in words(back)
    assert (before, case.state) == (State.OPEN, State.CONFIRMED)
    assert Assessment.objects.get().note == "two rooms"


def test_a_decision_may_be_changed_after_it_was_read_back(make_case: MakeCase, analyst: Person) -> None:
    case, client = make_case(), signed_in(analyst)

    again = client.post(
        f"/desk/cases/{case.pk}/decide/", {"outcome": "confirmed", "severity": "C", "step": "change"}
    )

    assert re.search(r'value="C"[^>]*checked', again.content.decode())
    assert not Assessment.objects.exists()


def test_a_decision_that_does_not_fit_names_its_field(make_case: MakeCase, analyst: Person) -> None:
    answer = signed_in(analyst).post(f"/desk/cases/{make_case().pk}/decide/", {"outcome": "confirmed"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["severity"])


def test_chosen_media_are_recorded_and_what_was_looked_at_is_counted(
    make_case: MakeCase, analyst: Person
) -> None:
    case = make_case(media=3)
    chosen, seen, _ = sha256s(case)

    signed_in(analyst).post(
        f"/desk/cases/{case.pk}/decide/",
        {"outcome": "confirmed", "severity": "C", "chosen": [chosen], "seen": [seen], "step": "final"},
    )

    look = Assessment.objects.get()
    assert (look.media.get().sha256, look.media_seen, look.media_total) == (chosen, 2, 3)


def test_reading_back_takes_the_case(make_case: MakeCase, analyst: Person, someone: MakePerson) -> None:
    case = make_case()

    signed_in(analyst).post(f"/desk/cases/{case.pk}/decide/", {"outcome": "not_found", "step": "look"})
    other = signed_in(someone("analyst")).post(
        f"/desk/cases/{case.pk}/decide/", {"outcome": "not_found", "step": "final"}
    )

    assert Claim.objects.get().by == analyst
    assert (other.status_code, Assessment.objects.count()) == (409, 0)


def test_the_second_look_is_another_persons_and_blind(
    make_case: MakeCase, analyst: Person, someone: MakePerson
) -> None:
    case = make_case()
    verbs.decide(case.pk, analyst, confirmed("A", note="by the pier"))

    mine = words(signed_in(analyst).get(f"/desk/cases/{case.pk}/"))
    theirs = words(signed_in(someone("analyst")).get(f"/desk/cases/{case.pk}/"))

    assert "another person" in mine and "by the pier" in mine
    assert "by the pier" not in theirs and "The second look is blind" in theirs


def test_a_senior_who_must_settle_sees_both_looks(
    make_case: MakeCase, analyst: Person, someone: MakePerson
) -> None:
    case = make_case()
    verbs.decide(case.pk, analyst, confirmed("A", note="by the pier"))
    verbs.decide(case.pk, someone("analyst"), confirmed("B", note="in a garden"))

    page = words(signed_in(someone("senior_analyst")).get(f"/desk/cases/{case.pk}/"))

    assert "by the pier" in page and "in a garden" in page


def test_the_same_person_is_told_why_they_can_not_look_twice(make_case: MakeCase, analyst: Person) -> None:
    case, client = make_case(), signed_in(analyst)
    verbs.decide(case.pk, analyst, confirmed("A"))

    answer = client.post(
        f"/desk/cases/{case.pk}/decide/", {"outcome": "confirmed", "severity": "A", "step": "final"}
    )

    assert (answer.status_code, "another person" in words(answer)) == (409, True)


def test_a_held_case_says_so_and_has_no_decision_form(
    make_case: MakeCase, analyst: Person, someone: MakePerson
) -> None:
    case = make_case()
    until = clock.now().replace(year=2027)
    Hold.objects.create(case=case, until=until, reference="", by=someone("police_liaison"), at=clock.now())

    page = signed_in(analyst).get(f"/desk/cases/{case.pk}/")

    assert "until 5 January 2027" in words(page)
    assert "data-decide" not in page.content.decode()


def test_a_manager_corrects_on_the_case_page(make_case: MakeCase, someone: MakePerson) -> None:
    case, client = make_case(state=State.CONFIRMED), signed_in(someone("manager"))
    said = {"outcome": "not_illegal", "reasons": "It shows an adult."}

    unsure = client.post(f"/desk/cases/{case.pk}/correct/", said)
    sure = client.post(f"/desk/cases/{case.pk}/correct/", {**said, "sure": "on"})

    case.refresh_from_db()
    assert (unsure.status_code, sure.status_code, case.state) == (422, 302, State.DISMISSED)


def test_children_and_accounts_are_added_on_the_case_page(make_case: MakeCase, analyst: Person) -> None:
    case = make_case()

    answer = signed_in(analyst).post(
        f"/desk/cases/{case.pk}/attach/",
        {"new_child": "on", "handle": "lantern-77", "service": "example chat", "may_be_child": "on"},
        follow=True,
    )

    assert Child.objects.get().label in words(answer)
    assert "Account that may be a child's lantern-77 on example chat" in words(answer)


def test_half_an_account_is_refused_and_said(make_case: MakeCase, analyst: Person) -> None:
    answer = signed_in(analyst).post(
        f"/desk/cases/{make_case().pk}/attach/", {"handle": "lantern-77"}, follow=True
    )

    assert "an account needs its handle and the service" in words(answer)


@pytest.mark.parametrize(
    "typed", ["http://site1.example/page", "hxxp://SITE1[.]example/page#x", "site1.example"]
)
def test_a_case_is_found_by_its_address_or_host(typed: str, make_case: MakeCase, analyst: Person) -> None:
    case = make_case()

    answer = signed_in(analyst).post("/desk/search/", {"text": typed, "purpose": "police"})

    entry = Entry.objects.get(verb="assess.search")
    assert [row.case.pk for row in answer.context["rows"]] == [case.pk]
    assert (entry.purpose, entry.facts["found"]) == ("police", 1)
    assert "site1" not in str(entry.facts)


def test_a_case_is_found_by_its_receipt_and_by_its_number(make_case: MakeCase, analyst: Person) -> None:
    case, receipt = make_case(), new_receipt()
    assert case.location
    report = Report.objects.get(allegations__location=case.location)
    Report.objects.filter(pk=report.pk).update(receipt_digest=receipt_digest(ring(), receipt))
    client = signed_in(analyst)

    found = [
        [
            row.case.pk
            for row in client.post("/desk/search/", {"text": text, "purpose": "work"}).context["rows"]
        ]
        for text in (receipt, str(case.pk), "0000-0000-0000-0000", "http://other.example/")
    ]

    assert found == [[case.pk], [case.pk], [], []]


def test_a_search_without_a_purpose_finds_nothing(make_case: MakeCase, analyst: Person) -> None:
    make_case()

    answer = signed_in(analyst).post("/desk/search/", {"text": "site1.example"})

    assert answer.context["rows"] is None
    assert not Entry.objects.filter(verb="assess.search").exists()


PAGES = ["/desk/", "/desk/waiting/", "/desk/search/", "/desk/cases/{}/"]
ACTS = ["decide", "take", "release", "attach"]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in(page: str, make_case: MakeCase) -> None:
    answer = Client().get(page.format(make_case().pk))

    assert (answer.status_code, "login" in answer["Location"]) == (302, True)


@pytest.mark.parametrize("page", PAGES[1:])
def test_an_administrator_sees_no_case(page: str, make_case: MakeCase, someone: MakePerson) -> None:
    answer = signed_in(someone("administrator")).get(page.format(make_case().pk))

    assert answer.status_code == 403


def test_an_administrator_is_led_to_where_they_may_be(make_case: MakeCase, someone: MakePerson) -> None:
    make_case()

    answer = signed_in(someone("administrator")).get("/desk/", follow=True)

    assert (answer.status_code, "site1" in words(answer)) == (200, False)


@pytest.mark.parametrize("act", [*ACTS, "correct"])
def test_who_only_reads_acts_on_no_case(act: str, make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case(state=State.CONFIRMED)

    answer = signed_in(someone("inspector")).post(f"/desk/cases/{case.pk}/{act}/", {"outcome": "not_found"})

    case.refresh_from_db()
    assert (answer.status_code, case.state) == (403, State.CONFIRMED)


def test_an_inspector_reads_and_is_offered_no_decision(make_case: MakeCase, someone: MakePerson) -> None:
    page = signed_in(someone("inspector")).get(f"/desk/cases/{make_case().pk}/")

    assert "data-decide" not in page.content.decode()


@pytest.mark.parametrize("act", [*ACTS, "correct"])
def test_acts_are_posted(act: str, make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()

    answer = signed_in(someone("senior_analyst")).get(f"/desk/cases/{case.pk}/{act}/")

    assert answer.status_code == 405


def test_an_unknown_case_is_not_found(analyst: Person, home: None) -> None:
    unknown = "01976a00-0000-7000-8000-000000000000"

    assert signed_in(analyst).get(f"/desk/cases/{unknown}/").status_code == 404
    assert signed_in(analyst).post(f"/desk/cases/{unknown}/take/").status_code == 404


def test_the_header_leads_only_where_one_may_go(make_case: MakeCase, analyst: Person) -> None:
    page = signed_in(analyst).get("/desk/").content.decode()

    assert 'href="/desk/waiting/"' in page
    assert 'href="/desk/work/"' not in page


def test_correcting_by_page_keeps_the_outcome_vocabulary(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case(state=State.CONFIRMED)

    page = signed_in(someone("manager")).get(f"/desk/cases/{case.pk}/").context["correction"]

    assert {value for value, _ in page.fields["outcome"].choices} == set(Outcome.values) - {"confirmed"}
    assert Case.objects.get().state == State.CONFIRMED
