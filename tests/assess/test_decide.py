"""Deciding: one look where one is enough, two where two are needed, a senior where two disagree."""

from typing import Any

import pytest

from nightlight.assess import looks, verbs
from nightlight.assess.decision import Account, Decision, GoldenRule, NotAllowed, NotNow, Refused
from nightlight.audit.models import Entry
from nightlight.casebook import states
from nightlight.casebook.models import Assessment, Case, Child, Hold, Subject
from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, SiteType, State
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed, dismissed, sha256s, sight

Heard = list[tuple[str, Any]]


def test_category_b_is_confirmed_by_one_person(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    case = make_case()

    look = verbs.decide(case.pk, someone("analyst"), confirmed("B", age=Age.A11_13))

    case.refresh_from_db()
    assert (case.state, case.confirmed_at, look.is_final) == (State.CONFIRMED, look.at, True)
    assert announced == [("case_confirmed", case.pk)]


def test_category_a_waits_for_a_second_person(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    case = make_case()

    look = verbs.decide(case.pk, someone("analyst"), confirmed("A"))

    case.refresh_from_db()
    assert (case.state, case.confirmed_at, look.is_final) == (State.SECOND_LOOK, None, False)
    assert announced == []


def test_two_people_who_agree_confirm_category_a(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    case = make_case()
    verbs.decide(case.pk, someone("analyst"), confirmed("A", site_type=SiteType.WEBSITE))

    second = verbs.decide(case.pk, someone("analyst"), confirmed("A", site_type=SiteType.FORUM))

    case.refresh_from_db()
    assert case.state == State.CONFIRMED
    assert (second.role, second.is_final, second.site_type) == ("second", True, "forum")
    assert announced == [("case_confirmed", case.pk)]


def test_the_same_person_never_looks_twice(make_case: MakeCase, someone: MakePerson) -> None:
    case, senior = make_case(), someone("senior_analyst")
    verbs.decide(case.pk, senior, confirmed("A"))

    with pytest.raises(GoldenRule):
        verbs.decide(case.pk, senior, confirmed("A"))

    assert Assessment.objects.count() == 1


def test_a_dismissal_needs_one_person(make_case: MakeCase, someone: MakePerson, announced: Heard) -> None:
    case = make_case()

    verbs.decide(case.pk, someone("analyst"), dismissed(Outcome.NOT_ILLEGAL))

    case.refresh_from_db()
    assert case.state == State.DISMISSED
    assert announced == [("case_dismissed", case.pk)]


def test_a_case_about_a_report_alone_is_confirmed_too(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    case = make_case(address=False)

    verbs.decide(case.pk, someone("analyst"), confirmed("C"))

    assert announced == [("case_confirmed", case.pk)]


def test_media_not_confirmed_before_need_two_people(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    case = make_case(media=3)
    first, both, second = sha256s(case)
    verbs.decide(case.pk, someone("analyst"), confirmed("C", media=(first, both)))

    look = verbs.decide(case.pk, someone("analyst"), confirmed("C", media=(both,), seen=(second,)))

    assert (look.media_seen, look.media_total) == (2, 3)
    assert announced == [("case_confirmed", case.pk), ("media_confirmed", both)]


def test_media_confirmed_twice_elsewhere_need_no_second_look(
    make_case: MakeCase, someone: MakePerson
) -> None:
    known = make_case(media=1)
    for _ in range(2):
        verbs.decide(known.pk, someone("analyst"), confirmed("C", media=sha256s(known)))
    case = make_case()
    assert case.location
    media = sight(case.location, "1/0")

    verbs.decide(case.pk, someone("analyst"), confirmed("C", media=(media.sha256,)))

    case.refresh_from_db()
    assert case.state == State.CONFIRMED


def test_media_of_a_corrected_case_are_not_known_any_more(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case(media=1)
    for _ in range(2):
        verbs.decide(case.pk, someone("analyst"), confirmed("C", media=sha256s(case)))
    before = looks.confirmed_twice(sha256s(case))

    verbs.correct(case.pk, someone("manager"), Outcome.NOT_ILLEGAL, "an adult")

    assert (before, looks.confirmed_twice(sha256s(case))) == (set(sha256s(case)), set())


def test_a_medium_chosen_by_one_of_two_is_not_known(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case(media=1)
    verbs.decide(case.pk, someone("analyst"), confirmed("C", media=sha256s(case)))

    verbs.decide(case.pk, someone("analyst"), confirmed("C"))

    assert looks.confirmed_twice(sha256s(case)) == set()


def test_media_from_elsewhere_are_refused(make_case: MakeCase, someone: MakePerson) -> None:
    case, other = make_case(), make_case(media=1)

    with pytest.raises(Refused) as refused:
        verbs.decide(case.pk, someone("analyst"), confirmed("C", media=sha256s(other)))

    assert refused.value.field == "media"


def test_two_who_disagree_need_a_senior_who_was_not_involved(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    case, involved = make_case(), someone("senior_analyst")
    verbs.decide(case.pk, someone("analyst"), confirmed("A"))
    verbs.decide(case.pk, involved, confirmed("B"))
    with pytest.raises(NotAllowed):
        verbs.decide(case.pk, someone("analyst"), confirmed("B"))
    with pytest.raises(GoldenRule):
        verbs.decide(case.pk, involved, confirmed("B"))

    last = verbs.decide(case.pk, someone("senior_analyst"), dismissed())

    case.refresh_from_db()
    assert (last.role, last.is_final, case.state) == ("senior", True, State.DISMISSED)
    assert announced == [("case_dismissed", case.pk)]


def test_not_even_a_senior_decides_alone_on_category_a(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()
    assert case.location
    chosen = (sight(case.location, "unseen").sha256,)
    verbs.decide(case.pk, someone("analyst"), confirmed("B", media=chosen))
    verbs.decide(case.pk, someone("analyst"), dismissed())

    verbs.decide(case.pk, someone("senior_analyst"), confirmed("A"))

    case.refresh_from_db()
    assert case.state == State.SECOND_LOOK


@pytest.mark.parametrize("field", ["severity", "age", "made_by", "live_stream", "media"])
def test_fields_of_a_confirmed_case_are_refused_for_any_other(
    field: str, make_case: MakeCase, someone: MakePerson
) -> None:
    values: dict[str, Any] = {
        "severity": Severity.A,
        "age": Age.A0_2,
        "made_by": MadeBy.UNKNOWN,
        "live_stream": True,
        "media": ("ab",),
    }

    with pytest.raises(Refused) as refused:
        verbs.decide(
            make_case().pk, someone("analyst"), Decision(Outcome.NOT_FOUND, **{field: values[field]})
        )

    assert refused.value.field == field


def test_a_confirmed_case_needs_its_severity(make_case: MakeCase, someone: MakePerson) -> None:
    with pytest.raises(Refused) as refused:
        verbs.decide(make_case().pk, someone("analyst"), Decision(Outcome.CONFIRMED))

    assert refused.value.field == "severity"


@pytest.mark.parametrize(
    ("made_by", "self_generated"),
    [
        (MadeBy.CHILD_ALONE_DIRECTED, True),
        (MadeBy.CHILD_ALONE_UNCLEAR, True),
        (MadeBy.CHILDREN_TOGETHER, True),
        (MadeBy.ADULT_PRESENT, False),
        (MadeBy.SYNTHETIC, False),
    ],
)
def test_self_generated_follows_who_made_it_and_leaves_the_severity(
    made_by: MadeBy, self_generated: bool, make_case: MakeCase, someone: MakePerson
) -> None:
    look = verbs.decide(
        make_case().pk, someone("analyst"), confirmed("A", made_by=made_by, ai_generated=True)
    )

    assert (look.self_generated, look.severity) == (self_generated, "A")


def test_self_generated_may_not_contradict_who_made_it(make_case: MakeCase, someone: MakePerson) -> None:
    with pytest.raises(Refused):
        verbs.decide(
            make_case().pk,
            someone("analyst"),
            confirmed("B", made_by=MadeBy.ADULT_PRESENT, self_generated=True),
        )


def test_a_case_on_hold_is_not_decided(make_case: MakeCase, someone: MakePerson) -> None:
    case, police = make_case(), someone("police_liaison")
    until = clock.now().replace(year=2027)
    Hold.objects.create(case=case, until=until, reference="", by=police, at=clock.now())

    with pytest.raises(NotNow, match="hold"):
        verbs.decide(case.pk, someone("analyst"), confirmed())


@pytest.mark.parametrize("state", [State.CONFIRMED, State.NOTICED, State.GONE, State.DISMISSED])
def test_a_decided_case_is_not_decided_again(state: State, make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case(state=state)

    with pytest.raises(NotNow):
        verbs.decide(case.pk, someone("analyst"), confirmed())


def test_what_changed_may_be_confirmed_again_by_the_same_person_in_a_new_round(
    make_case: MakeCase, someone: MakePerson, announced: Heard
) -> None:
    case, analyst = make_case(), someone("analyst")
    first = verbs.decide(case.pk, analyst, confirmed("B"))
    clock.run(clock.now().replace(month=2), None)
    states.move(case, State.WAITING, waiting_for="changed")

    again = verbs.decide(case.pk, analyst, confirmed("C"))

    case.refresh_from_db()
    assert (first.round, again.round, case.state) == (1, 2, State.CONFIRMED)
    assert case.confirmed_at == first.at
    assert announced == [("case_confirmed", case.pk)] * 2


def test_a_page_that_returned_is_confirmed_anew_with_its_own_day(
    make_case: MakeCase, someone: MakePerson
) -> None:
    case, analyst = make_case(), someone("analyst")
    verbs.decide(case.pk, analyst, confirmed("B"))
    clock.run(clock.now().replace(month=2), None)
    states.move(case, State.WAITING, waiting_for="returned")
    Case.objects.filter(pk=case.pk).update(episode=2)

    again = verbs.decide(case.pk, analyst, confirmed("B"))

    case.refresh_from_db()
    assert (case.confirmed_at, again.episode) == (again.at, 2)


def test_a_waiting_case_is_not_dismissed_by_looking_again(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()
    verbs.decide(case.pk, someone("analyst"), confirmed("B"))
    states.move(case, State.WAITING, waiting_for="changed")

    with pytest.raises(Refused, match="corrected"):
        verbs.decide(case.pk, someone("analyst"), dismissed())


def test_children_and_accounts_are_kept_without_names(make_case: MakeCase, someone: MakePerson) -> None:
    case, analyst = make_case(), someone("analyst")
    account = Account("lantern-77", "example chat", may_be_child=True)

    verbs.decide(case.pk, analyst, confirmed("B", children=("new", "new"), subjects=(account,)))
    verbs.attach(case.pk, analyst, ["C-2026-0001"], [account])

    assert list(Child.objects.order_by("label").values_list("label", flat=True)) == [
        "C-2026-0001",
        "C-2026-0002",
    ]
    assert (Subject.objects.get().handle, case.children.count(), case.subjects.count()) == (
        "lantern-77",
        2,
        1,
    )


def test_an_unknown_child_is_refused(make_case: MakeCase, someone: MakePerson) -> None:
    with pytest.raises(Refused) as refused:
        verbs.attach(make_case().pk, someone("analyst"), ["C-1999-0001"])

    assert refused.value.field == "children"


def test_the_log_holds_no_text_of_a_decision(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()

    verbs.decide(
        case.pk,
        someone("analyst"),
        confirmed("B", note="by the harbour", subjects=(Account("lantern-77", "chat"),)),
    )

    entry = Entry.objects.get(verb="assess.decide")
    assert entry.facts["state"] == "confirmed"
    assert "harbour" not in str(entry.facts) and "lantern" not in str(entry.facts)
