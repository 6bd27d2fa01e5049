"""The index of known media: in step with every commit, on every process, and never believed over the database."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from nightlight.casebook import hashing, known, nearby, packed, practices, saved, upkeep
from nightlight.casebook.index import KnownIndex, known_index
from nightlight.casebook.models import Case, EditHashes, Enrolment, IndexChange, Media
from nightlight.work import clock
from tests.casebook import cases
from tests.casebook.codes import away, code

URL = "http://shapes.example/{}"
PDQ = code(1)


@pytest.fixture(autouse=True)
def alone(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.only("nobody", monkeypatch)


def known_medium(name: str = "square", **fields: object) -> tuple[Case, Media]:
    """A medium that two people confirmed."""
    case = cases.page_case(URL.format(name))
    medium = cases.medium(case, name, **{"pdq": PDQ, "quality": 90, **fields})
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(medium,))
    return case, medium


def stranger(**fields: object) -> Media:
    """A medium of another page that nobody decided on."""
    case = cases.page_case(URL.format(Case.objects.count()))
    return cases.medium(case, f"stranger {Case.objects.count()}", **{"quality": 90, **fields})


def near(medium: Media) -> list[tuple[object, int, str]]:
    return [(each.media, each.distance, each.via) for each in nearby.near([medium])[medium.pk]]


@pytest.mark.parametrize(("bits", "found"), [(0, True), (31, True), (32, False)])
def test_a_picture_is_like_a_known_one_up_to_31_bits_away(bits: int, found: bool) -> None:
    _, medium = known_medium()

    assert near(stranger(pdq=away(PDQ, bits))) == ([(medium.pk, bits, "as_is")] if found else [])


def test_what_one_person_confirmed_is_not_known() -> None:
    case = cases.page_case(URL.format("one"))
    medium = cases.medium(case, "one", pdq=PDQ, quality=90)

    cases.confirm(case, media=(medium,))

    assert near(stranger(pdq=PDQ)) == []
    assert Enrolment.objects.count() == 0


def test_the_first_question_after_a_correction_finds_it_no_more() -> None:
    case, medium = known_medium()
    asked = stranger(pdq=away(PDQ, 9))
    before = near(asked)

    cases.correct(case)

    assert before == [(medium.pk, 9, "as_is")]
    assert near(asked) == []


def test_what_is_withdrawn_is_not_found_even_by_an_index_that_missed_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, _ = known_medium()
    asked = stranger(pdq=PDQ)
    held = known_index().in_step()
    monkeypatch.setattr(known_index(), "in_step", lambda: held)

    cases.correct(case)

    assert near(asked) == []
    assert nearby.near_codes([PDQ]) == [{}]


@pytest.mark.parametrize("quality", [0, 49])
def test_a_flat_picture_is_never_in_the_index(quality: int) -> None:
    known_medium(quality=quality)

    assert known_index().facts()[:2] == (0, 0)
    assert near(stranger(pdq=PDQ)) == []


def test_a_flat_picture_is_never_looked_up() -> None:
    known_medium()

    assert near(stranger(pdq=PDQ, quality=49)) == []


def frames(*codes: str, quality: int = 90) -> bytes:
    return packed.pack_frames(packed.FrameRow(n, float(n), quality, pdq) for n, pdq in enumerate(codes))


@pytest.mark.parametrize(("same", "via"), [(8, ["video"]), (7, [])])
def test_a_video_is_like_another_if_most_of_its_frames_are(same: int, via: list[str]) -> None:
    _, medium = known_medium("film", pdq="", quality=None, frames=frames(*map(code, range(20))))
    shown = [away(code(n), 20) for n in range(same)] + [code(100 + n) for n in range(10 - same)]

    found = near(stranger(pdq="", quality=None, frames=frames(*shown)))

    assert found == [(medium.pk, 20, each) for each in via]


def test_a_video_without_a_frame_worth_looking_up_is_like_nothing() -> None:
    known_medium("film", pdq="", quality=None, frames=frames(*map(code, range(5))))

    assert near(stranger(pdq="", quality=None, frames=frames(code(0), quality=30))) == []


def test_a_picture_that_is_a_frame_of_a_known_video_is_told_as_that() -> None:
    _, medium = known_medium("film", pdq="", quality=None, frames=frames(code(4), code(5)))

    assert near(stranger(pdq=away(code(5), 3))) == [(medium.pk, 3, "frame")]


def edited(medium: Media, derived: str, *looks: tuple[str, str]) -> None:
    seed = hashing.grid_seed()
    EditHashes.objects.create(
        media=medium,
        grid=hashing.grid_id(seed),
        derived=packed.pack_edits([packed.EditRow(1, 90, derived)]),
        looks=[[via, 90, pdq] for via, pdq in looks],
    )
    with transaction.atomic():
        known.touch([medium.pk], rehashed=True)


def test_edits_are_seen_through_only_where_a_manager_switched_it_on() -> None:
    _, medium = known_medium()
    edited(medium, code(50))
    cropped = stranger(pdq=away(code(50), 4))
    mirrored = stranger(pdq=code(60))
    edited(mirrored, code(61), ("mirrored", away(PDQ, 2)))
    off = near(cropped), near(mirrored)

    practices.switch(practices.THROUGH_EDITS, on=True, by=cases.analyst("manager"))

    name = hashing.grid_names(hashing.grid_seed())[0]
    assert off == ([], [])
    assert near(cropped) == [(medium.pk, 4, name)]
    assert near(mirrored) == [(medium.pk, 2, "mirrored")]


def test_members_are_told_of_no_match_by_way_of_a_derived_hash() -> None:
    _, medium = known_medium()
    edited(medium, code(50))
    practices.switch(practices.THROUGH_EDITS, on=True, by=cases.analyst("manager"))

    assert nearby.near_codes([code(50), away(PDQ, 5)]) == [{}, {PDQ: 5}]


def test_what_a_manager_marked_is_told_with_the_mark() -> None:
    _, medium = known_medium()
    asked = stranger(pdq=PDQ)

    practices.never_match(medium, on=True, reason="a logo", by=cases.analyst("manager"))

    (found,) = nearby.near([asked])[asked.pk]
    assert found.never is not None and found.never.reason == "a logo"


def test_a_mark_that_was_taken_back_counts_no_more() -> None:
    _, medium = known_medium()
    manager, asked = cases.analyst("manager"), stranger(pdq=PDQ)
    practices.never_match(medium, on=True, reason="a logo", by=manager)

    practices.never_match(medium, on=False, reason="", by=manager)

    assert nearby.near([asked])[asked.pk][0].never is None


def test_changes_that_are_rolled_back_and_numbered_again_are_noticed() -> None:
    """On SQLite a search inside a transaction sees that transaction's own changes."""
    index = KnownIndex(Path("/nowhere"))
    with transaction.atomic():
        known_medium("first")
        seen = index.facts()
        transaction.set_rollback(True)

    known_medium("second", pdq=code(2))

    assert seen[0] == 1
    assert [found.distance for found in index.search([code(2)])] == [0]
    assert index.search([PDQ]) == []


def saved_index(folder: Path) -> KnownIndex:
    index = KnownIndex(folder)
    assert index.save()
    return index


def opened_without_building(folder: Path, monkeypatch: pytest.MonkeyPatch) -> KnownIndex:
    from nightlight.casebook import index as module

    def refuse() -> None:
        raise AssertionError("it was built from the database")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_built", refuse)
        index = KnownIndex(folder)
        index.in_step()
        return index


def test_a_saved_index_is_opened_and_what_changed_since_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = known_medium("old")
    known_medium("kept", pdq=code(2))
    saved_index(tmp_path)
    cases.correct(case)
    known_medium("new", pdq=code(3))

    index = opened_without_building(tmp_path, monkeypatch)

    assert [len(index.search([each])) for each in (PDQ, code(2), code(3))] == [0, 1, 1]


def test_saving_twice_writes_once_and_keeps_one_folder(tmp_path: Path) -> None:
    known_medium("old")
    index = saved_index(tmp_path)
    again = index.save()
    known_medium("new", pdq=code(3))

    assert not again and index.save()
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def spoil_head(folder: Path) -> None:
    head = json.loads((folder / saved.HEAD).read_text())
    head["head"]["ring"] = "another"
    (folder / saved.HEAD).write_text(json.dumps(head))


def flip_a_byte(folder: Path) -> None:
    """A byte of an array; what stands before the arrays has a digest of its own."""
    file = next(folder.glob("*/pictures"))
    raw = bytearray(file.read_bytes())
    length = int.from_bytes(raw[12:16], "little")
    told = json.loads(raw[48 : 48 + length])["arrays"]
    raw[next(array["place"] for array in told if array["bytes"])] ^= 1
    file.write_bytes(raw)


def cut(folder: Path) -> None:
    file = next(folder.glob("*/pictures"))
    file.write_bytes(file.read_bytes()[:-1])


def take_away(folder: Path) -> None:
    next(folder.glob("*/frames")).unlink()


def garble(folder: Path) -> None:
    (folder / saved.HEAD).write_text("{")


@pytest.mark.parametrize("spoil", [spoil_head, flip_a_byte, cut, take_away, garble])
def test_a_saved_index_that_is_not_whole_is_built_anew(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    known_medium()
    saved_index(tmp_path)

    spoil(tmp_path)

    assert saved.read(tmp_path) is None
    assert len(KnownIndex(tmp_path).search([PDQ])) == 1


def test_an_index_of_another_history_of_the_database_is_built_anew(tmp_path: Path) -> None:
    """A restored backup numbers its changes again."""
    known_medium()
    saved_index(tmp_path)
    IndexChange.objects.filter(number=1).delete()
    enrolment = Enrolment.objects.get()
    IndexChange.objects.create(number=1, enrolment=enrolment)
    Media.objects.filter(pk=enrolment.media_id).update(pdq=code(9))

    index = KnownIndex(tmp_path)

    assert (len(index.search([code(9)])), len(index.search([PDQ]))) == (1, 0)


def test_an_index_of_another_home_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known_medium()
    monkeypatch.setattr(hashing, "grid_seed", lambda: b"another home's seed")
    saved_index(tmp_path)
    monkeypatch.undo()
    built: list[bool] = []
    from nightlight.casebook import index as module

    real = module._built
    monkeypatch.setattr(module, "_built", lambda: built.append(True) or real())  # type: ignore[func-returns-value]

    found = KnownIndex(tmp_path).search([PDQ])

    assert (len(found), built) == (1, [True])


def test_a_known_medium_counts_in_its_case_s_own_time(work_until: Callable[..., int]) -> None:
    """A hold or an appeal takes an entry off the lists; the desk still knows what it saw."""
    case, medium = known_medium()

    case.holds.create(until=clock.now() + timedelta(days=2), by=cases.analyst(), at=clock.now())

    assert near(stranger(pdq=PDQ)) == [(medium.pk, 0, "as_is")]


def test_a_worker_saves_the_index_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known_medium()
    index, times = KnownIndex(tmp_path), iter([0.0, 1.0, upkeep.SAVE_SECONDS, upkeep.SAVE_SECONDS + 1])
    monkeypatch.setattr(upkeep, "known_index", lambda: index)
    keep = upkeep.Upkeep(lambda: next(times))

    kept = []
    for _ in range(3):
        keep()
        kept.append((tmp_path / saved.HEAD).exists())

    assert kept == [False, False, True]
