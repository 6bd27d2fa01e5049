"""Second looks beyond the default, and that agreement is measured on the random sample alone."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from nightlight.accounts.models import Person
from nightlight.assess import agreement, second_look, verbs
from nightlight.assess.decision import NotAllowed
from nightlight.assess.models import AskedLook
from nightlight.casebook.models import Case
from nightlight.casebook.schemes import shipped
from nightlight.casebook.words import Outcome, State
from tests.assess.conftest import MakeCase, MakePerson, confirmed, dismissed, sha256s, sight

UK = shipped.scheme("UK")


def drawn() -> float:
    return 0.0


def not_drawn() -> float:
    return 0.999


@pytest.fixture
def people(someone: MakePerson) -> list[Person]:
    return [someone("analyst"), someone("analyst"), someone("senior_analyst")]


def ask(someone: MakePerson, **rule: Any) -> None:
    """A manager sets what asks for a second look."""
    nothing = {"sample_percent": 0, "new_analyst_looks": 0, "on_mismatch": False}
    second_look.set_rule(someone("manager"), **{**nothing, **rule})


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_before_a_manager_sets_anything_a_first_look_settles(
    make_case: MakeCase, people: list[Person]
) -> None:
    case = make_case()

    verbs.decide(case.pk, people[0], confirmed("B"), chance=drawn)

    assert state(case) == State.CONFIRMED


@pytest.mark.parametrize("decision", [confirmed("B"), dismissed(Outcome.NOT_ILLEGAL), dismissed()])
def test_what_the_draw_takes_waits_for_a_second_person(
    decision: Any, make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    ask(someone, sample_percent=10)
    taken, left = make_case(), make_case()

    verbs.decide(taken.pk, people[0], decision, chance=drawn)
    verbs.decide(left.pk, people[0], decision, chance=not_drawn)

    assert state(taken) == State.SECOND_LOOK
    assert state(left) in (State.CONFIRMED, State.DISMISSED)


def test_a_hundred_percent_take_every_first_look(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    ask(someone, sample_percent=100)
    case = make_case()

    verbs.decide(case.pk, people[0], confirmed("C"), chance=not_drawn)

    assert state(case) == State.SECOND_LOOK


def test_two_who_agree_settle_a_drawn_case_and_two_who_differ_leave_it_to_a_senior(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    ask(someone, sample_percent=100)
    same, other = make_case(), make_case()
    for case in (same, other):
        verbs.decide(case.pk, people[0], confirmed("B"))

    verbs.decide(same.pk, people[1], confirmed("B"))
    verbs.decide(other.pk, people[1], confirmed("C"))

    assert (state(same), state(other)) == (State.CONFIRMED, State.SECOND_LOOK)
    with pytest.raises(NotAllowed):
        verbs.decide(other.pk, someone("analyst"), confirmed("C"))
    verbs.decide(other.pk, people[2], confirmed("C"))
    assert state(other) == State.CONFIRMED


def test_the_first_looks_of_a_new_analyst_are_looked_at_twice(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    ask(someone, new_analyst_looks=2)
    cases = [make_case() for _ in range(3)]

    for case in cases:
        verbs.decide(case.pk, people[0], confirmed("C"))

    assert [state(case) for case in cases] == [State.SECOND_LOOK, State.SECOND_LOOK, State.CONFIRMED]


@pytest.mark.parametrize(
    ("decision", "waits"),
    [(confirmed("C"), True), (dismissed(Outcome.NOT_ILLEGAL), True), (confirmed("B"), False)],
)
def test_a_decision_milder_than_a_known_match_waits(
    decision: Any, waits: bool, make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    earlier = make_case(media=1)
    for person in people[:2]:
        verbs.decide(earlier.pk, person, confirmed("B", media=sha256s(earlier)))
    ask(someone, on_mismatch=True)
    case = make_case()
    assert case.location is not None
    sight(case.location, "1/0")

    verbs.decide(case.pk, people[0], decision)

    assert (state(case) == State.SECOND_LOOK) == waits


def test_only_a_manager_sets_it_and_only_in_range(home: None, someone: MakePerson) -> None:
    with pytest.raises(PermissionDenied):
        second_look.set_rule(someone("analyst"), sample_percent=1, new_analyst_looks=0, on_mismatch=False)
    with pytest.raises(second_look.RuleRefused):
        ask(someone, sample_percent=101)

    assert second_look.rule() is None


def test_agreement_rests_on_the_random_sample_only(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    ask(someone, sample_percent=50, new_analyst_looks=100)
    sampled, other = make_case(), make_case()
    verbs.decide(sampled.pk, people[0], confirmed("B"), chance=drawn)
    verbs.decide(sampled.pk, people[1], confirmed("C"))
    verbs.decide(other.pk, people[0], confirmed("B"), chance=not_drawn)
    verbs.decide(other.pk, people[1], confirmed("B"))

    found = agreement.agreement(UK, *agreement.sample())

    assert AskedLook.objects.count() == 2
    assert (found.pairs, found.waiting) == (1, 0)
    assert dict(found.counts)["UK: Category B"] == (0, 1, 0, 0)


def test_category_a_is_in_the_sample_as_often_as_it_is_drawn(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    ask(someone, sample_percent=50)
    taken, left = make_case(), make_case()

    verbs.decide(taken.pk, people[0], confirmed("A"), chance=drawn)
    verbs.decide(left.pk, people[0], confirmed("A"), chance=not_drawn)

    assert [row.look.case_id for row in AskedLook.objects.filter(sampled=True)] == [taken.pk]


def test_what_has_no_place_in_the_order_is_counted_and_left_out(
    make_case: MakeCase, people: list[Person], someone: MakePerson
) -> None:
    ask(someone, sample_percent=100)
    for decision in (confirmed("prohibited"), dismissed()):
        case = make_case()
        verbs.decide(case.pk, people[0], decision)
        verbs.decide(case.pk, people[1], decision)
    waiting = make_case()
    verbs.decide(waiting.pk, people[0], confirmed("B"))

    found = agreement.agreement(UK, *agreement.sample())

    assert (found.pairs, found.left_out, found.waiting, found.alpha) == (0, 2, 1, None)
