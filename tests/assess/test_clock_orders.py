"""The queue by the clocks that matter: how long a case is in its state, and when a deadline or a hold ends; and its
numbers are those of what a person may open."""

from datetime import timedelta

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import filters, queue, verbs
from nightlight.assess.filters import Filters
from nightlight.assess.models import CareChoice
from nightlight.casebook.models import Case
from nightlight.referral import holds
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed


@pytest.fixture
def reader(someone: MakePerson) -> Person:
    return someone("analyst")


def shown(chosen: Filters, reader: Person) -> list[Case]:
    return [row.case for row in queue.page(chosen, reader)[0]]


def test_what_waits_longest_in_its_state_comes_first(
    make_case: MakeCase, reader: Person, someone: MakePerson
) -> None:
    new, old = make_case(received_at=clock.now() - timedelta(days=9)), make_case()
    for case, days in ((new, 1), (old, 3)):
        verbs.decide(case.pk, someone("analyst"), confirmed("A"))
        Case.objects.filter(pk=case.pk).update(changed_at=clock.now() - timedelta(days=days))

    found = shown(Filters(state="second_look", order="since"), reader)
    long = shown(Filters(state="second_look", stays="48"), reader)

    assert found == [old, new]
    assert long == [old]


def test_what_ends_next_comes_first_whatever_its_state(
    make_case: MakeCase, reader: Person, someone: MakePerson
) -> None:
    manager = someone("manager")
    late, soon = make_case(), make_case()
    deadline = make_case(state="noticed", clock_at=clock.now() + timedelta(hours=30))
    make_case()
    holds.place(late.pk, clock.now() + timedelta(days=5), "file 7", manager)
    holds.place(soon.pk, clock.now() + timedelta(hours=2), "file 8", manager)

    found = shown(Filters(order="end"), reader)
    within = shown(Filters(ends="24"), reader)

    assert found == [soon, deadline, late]
    assert within == [soon]
    assert queue.counted(Filters(order="end"), reader) == (3, True)


def test_the_end_of_a_hold_follows_the_holds(make_case: MakeCase, someone: MakePerson) -> None:
    case, manager = make_case(), someone("manager")
    first = holds.place(case.pk, clock.now() + timedelta(days=1), "file 7", manager)
    second = holds.place(case.pk, clock.now() + timedelta(days=3), "file 8", manager)
    ends = []

    for step in (lambda: None, lambda: holds.lift(second.pk, manager), lambda: holds.lift(first.pk, manager)):
        step()
        case.refresh_from_db()
        ends.append(case.clock_at)

    assert ends == [second.until, first.until, None]


@pytest.mark.parametrize("order", ["since", "end"])
def test_pages_follow_one_another_by_each_clock(make_case: MakeCase, reader: Person, order: str) -> None:
    moment = clock.now()
    for number in range(60):
        at = moment + timedelta(hours=number % 4)
        make_case(address=False, state="on_hold", changed_at=at, clock_at=at)
    chosen = Filters(state="on_hold", order=order)

    first, next_id = queue.page(chosen, reader)
    second, _ = queue.page(chosen, reader, Case.objects.get(pk=next_id))

    assert [row.case for row in [*first, *second]] == list(filters.cases(chosen, reader))


def test_the_page_says_which_clock_it_goes_by(make_case: MakeCase, reader: Person) -> None:
    case, client = make_case(state="on_hold", clock_at=clock.now() + timedelta(days=3)), Client()
    client.force_login(reader)

    page = client.post("/desk/narrow/", {"ends": "96"}, follow=True).content.decode()

    assert "Clock ends" in page
    assert f'datetime="{case.clock_at.isoformat(timespec="seconds")}"' in page  # type: ignore[union-attr]


def test_numbers_leave_out_kinds_that_a_person_opted_out_of(
    make_case: MakeCase, reader: Person, someone: MakePerson
) -> None:
    taken, _other = make_case(kind="grooming", country="SE"), make_case(kind="grooming", country="SE")
    make_case(country="SE")
    verbs.take(taken.pk, reader)
    CareChoice.objects.create(person=reader, kinds_off=["grooming"])

    mine = [
        queue.counts(reader)["open"],
        *(queue.counted(f, reader)[0] for f in (Filters(), Filters(country="SE"))),
    ]

    assert mine == [2, 2, 2] == [len(shown(Filters(), reader))] * 3
    assert queue.counts(someone("analyst"))["open"] == 3
