"""The queue narrowed, put in order and kept as a view; what it counts is right; no site stands in an address."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import filters, queue, saved, verbs
from nightlight.assess.decision import Refused
from nightlight.assess.filters import Filters
from nightlight.audit.models import Entry
from nightlight.casebook.models import Case
from nightlight.casebook.sealed import find
from nightlight.casebook.words import SiteType
from nightlight.triage.models import Alarm
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed


@pytest.fixture
def reader(someone: MakePerson) -> Person:
    return someone("analyst")


def shown(chosen: Filters, reader: Person) -> list[Any]:
    return [row.case.pk for row in queue.page(chosen, reader)[0]]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    "chosen",
    [
        Filters(kind="grooming"),
        Filters(country="SE"),
        Filters(hours="24"),
        Filters(sieve="alarm"),
        Filters(mine="1"),
        Filters(site_type="forum"),
        Filters(state="second_look"),
    ],
    ids=lambda chosen: "-".join(filters.said(chosen)),
)
def test_a_view_shows_what_it_is_narrowed_to_and_counts_it(
    make_case: MakeCase, reader: Person, someone: MakePerson, chosen: Filters
) -> None:
    make_case()
    case = make_case(kind="grooming", country="SE", received_at=clock.now() - timedelta(hours=30))
    Alarm.objects.create(
        case=case, reason="contact", raised_at=clock.now(), answer_by=clock.now(), touched_at=clock.now()
    )
    settled = make_case()
    verbs.decide(settled.pk, someone("analyst"), confirmed(site_type=SiteType.FORUM))
    type(settled.location).objects.filter(pk=settled.location_id).update(host_index=case.location.host_index)
    verbs.decide(case.pk, someone("analyst"), confirmed("A"))
    verbs.take(case.pk, reader)

    assert shown(chosen, reader) == [case.pk]
    assert queue.counted(chosen, reader) == (1, True)


def test_a_site_is_found_by_its_digest_and_stands_in_no_address(make_case: MakeCase, reader: Person) -> None:
    make_case()
    case, client = make_case(), signed_in(reader)

    answer = client.post("/desk/narrow/", {"domain": "site2.example"}, follow=True)

    address = answer.redirect_chain[-1][0]
    assert "site2" not in address
    assert find("domain", "site2.example") in address
    assert [row.case.pk for row in answer.context["rows"]] == [case.pk]
    assert 'value="site2.example"' in answer.content.decode()


def test_narrowing_to_a_site_is_a_search_and_an_entry_with_its_purpose(
    make_case: MakeCase, reader: Person
) -> None:
    make_case()

    signed_in(reader).post("/desk/narrow/", {"domain": "site1.example"})

    entry = Entry.objects.get(verb="assess.search")
    assert (entry.purpose, entry.facts["ways"]) == ("work", ["domain"])
    assert "site1" not in str(entry.facts)


def test_by_the_clock_the_longest_waiting_comes_first(make_case: MakeCase, reader: Person) -> None:
    urgent = make_case(priority=0)
    old = make_case(priority=7, received_at=clock.now() - timedelta(days=2))

    assert shown(Filters(order="clock"), reader) == [old.pk, urgent.pk]
    assert shown(Filters(), reader) == [urgent.pk, old.pk]


@pytest.mark.parametrize("order", ["", "clock"])
def test_pages_follow_one_another_in_either_order(make_case: MakeCase, reader: Person, order: str) -> None:
    moment = clock.now()
    for number in range(60):
        make_case(address=False, priority=number % 3, received_at=moment - timedelta(hours=number % 4))
    chosen = Filters(order=order)

    first, next_id = queue.page(chosen, reader)
    second, _ = queue.page(chosen, reader, Case.objects.get(pk=next_id))

    assert [row.case for row in [*first, *second]] == list(filters.cases(chosen, reader))


def test_what_makes_no_sense_does_not_narrow() -> None:
    read = filters.read({"state": "nowhere", "hours": "-3", "sieve": "x", "order": "name", "mine": "2"})
    control = filters.read({"country": "\x00", "domain": "a\x00"})

    assert read == control == Filters()


def test_a_view_is_kept_for_its_person_only_and_sealed(reader: Person, someone: MakePerson) -> None:
    view = saved.save(reader, "Shops of Site", Filters(country="SE"), domain="shop.example")

    assert [kept.name for kept in saved.views_of(reader)] == ["Shops of Site"]
    assert saved.views_of(someone("analyst")) == []
    assert saved.chosen(view) == Filters(country="SE", domain=find("domain", "shop.example"))


def test_the_same_name_replaces_and_twenty_are_enough(reader: Person) -> None:
    for number in range(saved.MOST):
        saved.save(reader, f"view {number}", Filters())
    saved.save(reader, "view 0", Filters(country="SE"))

    with pytest.raises(Refused):
        saved.save(reader, "one more", Filters())

    assert saved.chosen(saved.views_of(reader)[0]) == Filters(country="SE")


def test_a_view_is_not_deleted_by_another(reader: Person, someone: MakePerson) -> None:
    view = saved.save(reader, "mine", Filters())

    saved.delete(someone("analyst"), view.pk)

    assert len(saved.views_of(reader)) == 1


def test_the_next_case_by_page_is_of_the_view_that_was_looked_at(make_case: MakeCase, reader: Person) -> None:
    make_case(priority=0)
    here, client = make_case(country="SE"), signed_in(reader)
    client.get("/desk/?country=SE")

    answer = client.post("/desk/next/")

    assert answer.headers["Location"] == f"/desk/cases/{here.pk}/"
