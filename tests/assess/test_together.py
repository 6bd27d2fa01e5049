"""One decision for many cases: exact rules, each case its own record, and nothing outward while it can be undone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from nightlight.accounts.models import Person
from nightlight.assess import together, verbs
from nightlight.assess.decision import NotAllowed, NotNow, Refused
from nightlight.assess.models import Together, TogetherCase
from nightlight.assess.next_case import take_next
from nightlight.casebook import known, whole
from nightlight.casebook.models import Assessment, Case, Location, Media
from nightlight.casebook.words import Outcome, ReportKind, State
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed, dismissed, sha256s, sight

Rule = Together.Rule
Heard = list[tuple[str, Any]]


@pytest.fixture(autouse=True)
def pages_were_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "_lacking", [])


@pytest.fixture
def by(someone: MakePerson) -> Person:
    return someone("analyst")


def known_case(make_case: MakeCase, someone: MakePerson, severity: str = "B") -> Case:
    """A settled case whose one medium two people confirmed."""
    case = make_case(media=1)
    for _ in range(2):
        verbs.decide(case.pk, someone("analyst"), confirmed(severity, media=sha256s(case)))
    case.refresh_from_db()
    return case


def showing(make_case: MakeCase, *media: Media, **fields: Any) -> Case:
    case = make_case(**fields)
    for each in media:
        each.sightings.create(location=case.location, at=clock.now())
    return case


def of(case: Case) -> list[Media]:
    return list(Media.objects.filter(sightings__location=case.location_id))


def ids(*cases: Case) -> list[UUID]:
    return [case.pk for case in cases]


def test_nothing_is_decided_or_told_before_the_time_to_undo_is_over(
    make_case: MakeCase, someone: MakePerson, by: Person, announced: Heard, work_until: Any
) -> None:
    media = of(known_case(make_case, someone))
    cases = [showing(make_case, *media) for _ in range(3)]
    announced.clear()
    kept = together.plan(Rule.KNOWN_MEDIA, ids(*cases), by, "all of it is known")
    work_until()
    before = (list(announced), Assessment.objects.filter(case__in=cases).count())

    work_until(kept.leaves_at)

    assert before == ([], 0)
    assert {case for name, case in announced if name == "case_confirmed"} == set(ids(*cases))


def test_each_case_has_its_own_assessment_that_says_so(
    make_case: MakeCase, someone: MakePerson, by: Person, work_until: Any
) -> None:
    media = of(known_case(make_case, someone))
    cases = [showing(make_case, *media) for _ in range(3)]

    kept = together.plan(Rule.KNOWN_MEDIA, ids(*cases), by, "all of it is known")
    work_until(kept.leaves_at)

    looks = list(Assessment.objects.filter(case__in=cases))
    assert {look.case_id for look in looks} == set(ids(*cases))
    assert {(look.by_id, look.severity, look.is_final) for look in looks} == {(by.pk, "B", True)}
    assert all("Decided together with 2 others" in look.reasons for look in looks)
    assert Together.objects.get().state == Together.State.DONE


def test_category_a_needs_its_second_look_also_together(
    make_case: MakeCase, someone: MakePerson, by: Person, work_until: Any
) -> None:
    case = showing(make_case, *of(known_case(make_case, someone, "A")))

    work_until(together.plan(Rule.KNOWN_MEDIA, ids(case), by, "known").leaves_at)

    case.refresh_from_db()
    assert case.state == State.SECOND_LOOK


def test_undone_in_time_everything_is_as_it_was(
    make_case: MakeCase, someone: MakePerson, by: Person, announced: Heard, work_until: Any
) -> None:
    case = showing(make_case, *of(known_case(make_case, someone)))
    announced.clear()
    kept = together.plan(Rule.KNOWN_MEDIA, ids(case), by, "known")

    together.undo(kept.pk, by)
    work_until(kept.leaves_at + timedelta(hours=1))

    assert announced == []
    assert not Assessment.objects.filter(case=case).exists()
    assert take_next(by) is not None


def test_afterwards_it_is_corrected_and_not_undone(
    make_case: MakeCase, someone: MakePerson, by: Person, work_until: Any
) -> None:
    case = showing(make_case, *of(known_case(make_case, someone)))
    kept = together.plan(Rule.KNOWN_MEDIA, ids(case), by, "known")
    work_until(kept.leaves_at)

    with pytest.raises(NotNow):
        together.undo(kept.pk, by)


def test_another_analyst_does_not_undo_it_a_manager_may(
    make_case: MakeCase, someone: MakePerson, by: Person
) -> None:
    case = showing(make_case, *of(known_case(make_case, someone)))
    kept = together.plan(Rule.KNOWN_MEDIA, ids(case), by, "known")

    with pytest.raises(NotAllowed):
        together.undo(kept.pk, someone("analyst"))

    assert together.undo(kept.pk, someone("manager")).state == Together.State.UNDONE


def test_meanwhile_nobody_gets_takes_or_decides_the_case(
    make_case: MakeCase, someone: MakePerson, by: Person
) -> None:
    case = showing(make_case, *of(known_case(make_case, someone)))
    together.plan(Rule.KNOWN_MEDIA, ids(case), by, "known")
    other = someone("analyst")

    assert take_next(other) is None
    with pytest.raises(NotNow):
        verbs.take(case.pk, other)
    with pytest.raises(NotNow):
        verbs.decide(case.pk, other, dismissed())


def test_a_page_with_any_unknown_medium_is_left_out(
    make_case: MakeCase, someone: MakePerson, by: Person
) -> None:
    case = showing(make_case, *of(known_case(make_case, someone)))
    sight(case.location, "new")

    with pytest.raises(Refused):
        together.plan(Rule.KNOWN_MEDIA, ids(case), by, "known")


def test_a_page_that_was_not_read_whole_is_left_out(
    make_case: MakeCase, someone: MakePerson, by: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = showing(make_case, *of(known_case(make_case, someone)))
    monkeypatch.setattr(whole, "_lacking", [set])

    with pytest.raises(Refused):
        together.plan(Rule.KNOWN_MEDIA, ids(case), by, "known")


def test_what_shows_something_else_by_then_is_left_out(
    make_case: MakeCase, someone: MakePerson, by: Person, work_until: Any
) -> None:
    media = of(known_case(make_case, someone))
    changed, same = showing(make_case, *media), showing(make_case, *media)
    kept = together.plan(Rule.KNOWN_MEDIA, ids(changed, same), by, "known")
    sight(changed.location, "new")

    work_until(kept.leaves_at)

    states = dict(TogetherCase.objects.values_list("case", "state"))
    assert states == {changed.pk: TogetherCase.State.LEFT_OUT, same.pk: TogetherCase.State.DECIDED}


def test_a_whole_host_is_never_confirmed(make_case: MakeCase, by: Person) -> None:
    first, second = make_case(), make_case()
    Location.objects.filter(pk=second.location_id).update(host_index=first.location.host_index)

    with pytest.raises(Refused):
        together.plan(Rule.SAME_HOST, ids(second), by, "same shop", confirmed(), first.pk)


def test_pages_of_one_host_are_dismissed_with_one_reason(
    make_case: MakeCase, by: Person, work_until: Any
) -> None:
    first, second, elsewhere = make_case(), make_case(), make_case()
    Location.objects.filter(pk=second.location_id).update(host_index=first.location.host_index)

    kept = together.plan(
        Rule.SAME_HOST, ids(second, elsewhere), by, "a shop", dismissed(Outcome.OUT_OF_REMIT), first.pk
    )
    work_until(kept.leaves_at)

    states = dict(Case.objects.values_list("pk", "state"))
    assert states == {first.pk: "dismissed", second.pk: "dismissed", elsewhere.pk: "open"}


def test_the_same_media_serve_many_cases(make_case: MakeCase, by: Person, work_until: Any) -> None:
    first = make_case(media=2)
    same, more = showing(make_case, *of(first)), showing(make_case, *of(first))
    sight(more.location, "one more")
    said = confirmed("C", media=sha256s(first), seen=())

    kept = together.plan(Rule.SAME_MEDIA, ids(same, more), by, "one series", said, first.pk)
    work_until(kept.leaves_at)

    looks = Assessment.objects.values_list("case", "severity", "media_seen", "is_final")
    assert set(looks) == {(first.pk, "C", 2, False), (same.pk, "C", 2, False)}


def test_reports_of_the_same_hashes_are_duplicates_of_the_first(
    make_case: MakeCase, by: Person, work_until: Any
) -> None:
    cases = [make_case(address=False) for _ in range(3)]
    for case, digest in zip(cases, ("a", "a", "b"), strict=True):
        case.report.hashes = [{"type": "md5", "value": digest * 32}]
        case.report.save()

    kept = together.plan(Rule.DUPLICATE, ids(*cases), by, "the same hashes")
    work_until(kept.leaves_at)

    assert [look.case_id for look in Assessment.objects.filter(outcome=Outcome.DUPLICATE)] == [cases[1].pk]


def test_fingerprints_of_somebody_s_own_picture_make_no_duplicates(make_case: MakeCase, by: Person) -> None:
    cases = [make_case(address=False) for _ in range(2)]
    for case in cases:
        case.report.hashes = [{"type": "md5", "value": "a" * 32}]
        case.report.kind = ReportKind.OWN_IMAGE
        case.report.save()

    with pytest.raises(Refused):
        together.plan(Rule.DUPLICATE, ids(*cases), by, "the same hashes")

    assert not Assessment.objects.exists()


def test_near_media_count_as_seen_only_where_they_are_the_same(
    make_case: MakeCase, by: Person, work_until: Any
) -> None:
    first = make_case(media=1)
    Media.objects.update(pdq="0f" * 32, quality=100)
    like, unlike = make_case(media=1), make_case(media=1)
    Media.objects.filter(sightings__location=like.location_id).update(pdq="0f" * 31 + "0e", quality=100)
    Media.objects.filter(sightings__location=unlike.location_id).update(pdq="f0" * 32, quality=100)
    said = confirmed("C", media=sha256s(first))

    kept = together.plan(Rule.NEAR_MEDIA, ids(like, unlike), by, "one series", said, first.pk)
    work_until(kept.leaves_at)

    looks = dict(Assessment.objects.values_list("case", "media_seen"))
    assert looks == {first.pk: 1, like.pk: 0}
    assert known.confirmed_by_two([each.pk for each in of(like)]) == set()


def test_many_need_reasons(make_case: MakeCase, by: Person) -> None:
    with pytest.raises(Refused):
        together.plan(Rule.DUPLICATE, ids(make_case(address=False)), by, "  ")
