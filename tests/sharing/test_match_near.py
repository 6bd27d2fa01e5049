"""Members' PDQ match by nearness: exactly what is listed, at the moment it is listed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nightlight.casebook import hashing, known, packed, practices
from nightlight.casebook.models import Case, EditHashes, Hold, Media
from nightlight.sharing.models import Entry
from nightlight.work import clock
from tests.casebook import cases
from tests.casebook.codes import away, code
from tests.sharing.conftest import MemberClient

Ask = Callable[..., MemberClient]
Work = Callable[..., int]
PDQ = code(7)


@pytest.fixture
def case(home: None, work_until: Work) -> Case:
    """A confirmed case with one listed picture."""
    made = cases.page_case("http://shapes.example/a")
    medium = cases.medium(made, pdq=PDQ, quality=90)
    cases.confirm(made, cases.analyst(), cases.analyst(), media=(medium,))
    work_until()
    return made


def pdq(*values: str) -> dict[str, object]:
    return {"hashes": [{"type": "pdq", "value": value} for value in values]}


def found(answer: object) -> list[int]:
    return [len(item["matches"]) for item in answer.json()["hashes"]]  # type: ignore[attr-defined]


def test_a_pdq_matches_up_to_31_bits_away(member: Ask, case: Case) -> None:
    answer = member().post("/match", pdq(PDQ, away(PDQ, 31), away(PDQ, 32), code(8)))

    assert found(answer) == [1, 1, 0, 0]


def test_the_distance_is_told_under_its_own_scope_only(member: Ask, case: Case) -> None:
    entry = Entry.objects.get(type="pdq")
    plain = {"id": str(entry.pk), "labels": entry.labels}

    without = member("Example Ltd").post("/match", pdq(away(PDQ, 14)))
    with_it = member("Other Ltd", "distance").post("/match", pdq(away(PDQ, 14)))

    assert without.json() == {"hashes": [{"matches": [plain]}], "urls": []}
    assert with_it.json() == {"hashes": [{"matches": [{**plain, "distance": 14}]}], "urls": []}


def test_no_distance_is_told_of_what_only_equality_matches(member: Ask, case: Case) -> None:
    media = Media.objects.get()

    answer = member("Other Ltd", "distance").post("/match", {"hashes": [{"type": "md5", "value": media.md5}]})

    assert list(answer.json()["hashes"][0]["matches"][0]) == ["id", "labels"]


def test_other_hashes_match_by_equality_only(member: Ask, case: Case) -> None:
    media = Media.objects.get()
    near = away(media.sha256, 1)

    answer = member().post("/match", {"hashes": [{"type": "sha256", "value": near}]})

    assert found(answer) == [0]


def test_the_nearest_entries_come_first(member: Ask, case: Case, work_until: Work) -> None:
    other = cases.page_case("http://shapes.example/b")
    medium = cases.medium(other, "b", pdq=away(PDQ, 10), quality=90)
    cases.confirm(other, cases.analyst(), cases.analyst(), media=(medium,))
    work_until()

    answer = member("Other Ltd", "distance").post("/match", pdq(away(PDQ, 10), PDQ))

    told = [[match["distance"] for match in item["matches"]] for item in answer.json()["hashes"]]
    assert told == [[0, 10], [0, 10]]


def test_the_first_call_after_a_correction_matches_no_more(member: Ask, case: Case, work_until: Work) -> None:
    asking = member()
    before = found(asking.post("/match", pdq(away(PDQ, 3))))

    cases.correct(case)
    work_until()

    assert (before, found(asking.post("/match", pdq(away(PDQ, 3))))) == ([1], [0])


def test_while_police_hold_a_case_nothing_near_it_matches(member: Ask, case: Case, work_until: Work) -> None:
    Hold.objects.create(case=case, until=clock.now() + timedelta(days=2), by=cases.analyst(), at=clock.now())
    from nightlight.sharing import verbs

    verbs.settle(case.pk)

    assert found(member().post("/match", pdq(PDQ, away(PDQ, 3)))) == [0, 0]


def derived(medium: Media, value: str) -> None:
    """Keeps the hash of an edit of a medium, as a reading through edits does."""
    EditHashes.objects.create(
        media=medium,
        grid=hashing.grid_id(hashing.grid_seed()),
        derived=packed.pack_edits([packed.EditRow(1, 90, value)]),
        looks=[["mirrored", 90, code(99)]],
    )
    known.touch([medium.pk], rehashed=True)


def test_a_derived_hash_is_on_no_list_in_no_feed_and_in_no_match(
    member: Ask, case: Case, work_until: Work
) -> None:
    practices.switch(practices.THROUGH_EDITS, on=True, by=cases.analyst("manager"))
    derived(Media.objects.get(), code(50))
    from nightlight.sharing import verbs

    verbs.list_media(Media.objects.get().pk, case.pk)
    asking = member("Other Ltd", "distance")

    published = {entry["value"] for entry in asking.feed("hashes")["entries"]}
    matched = found(asking.post("/match", pdq(code(50), code(99))))

    assert not published & {code(50), code(99)}
    assert not Entry.objects.filter(value__in=[code(50), code(99)]).exists()
    assert matched == [0, 0]


def test_a_flat_picture_is_listed_by_its_other_hashes_only(home: None, work_until: Work) -> None:
    made = cases.page_case("http://shapes.example/flat")
    medium = cases.medium(made, "flat", pdq=code(3), quality=49)
    cases.confirm(made, cases.analyst(), cases.analyst(), media=(medium,))

    work_until()

    assert set(Entry.objects.filter(media=medium).values_list("type", flat=True)) == {"md5", "sha1", "sha256"}
