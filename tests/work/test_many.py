"""Work done many at a time: claimed together, done in parts, and told apart where one of them fails."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from django.db import transaction

from nightlight.work import due, turn
from nightlight.work.models import Work
from nightlight.work.worker import Worker
from tests.saboteur import turns_red
from tests.threads import at_once

MOST, PART = 8, 3
done: list[list[str]] = []


def _parts(these: Sequence[due.Args]) -> Iterator[due.Part]:
    words = [each["word"] for each in these]
    for at in range(0, len(words), PART):
        part = words[at : at + PART]
        yield due.Part(len(part), lambda part=part: _do(part))  # type: ignore[misc]


def _do(words: list[str]) -> None:
    due.enqueue("test.after", key=f"after:{words[0]}", word=words[0])
    done.append(words)
    if "bad" in words:
        raise ValueError


@pytest.fixture(autouse=True)
def tasks() -> Iterator[None]:
    due.many("test.many", MOST)(_parts)
    due.task("test.after")(lambda word: None)
    done.clear()
    yield
    due.TASKS.pop("test.many")
    due.TASKS.pop("test.after")


def queue(*words: str) -> None:
    for word in words:
        due.enqueue("test.many", word=word)


def test_many_are_claimed_together_and_done_in_parts(home: None) -> None:
    queue(*"abcdefghij")

    works = due.claim_all("w")
    Worker()._do(works)

    assert [len(part) for part in done] == [3, 3, 2]
    assert [work.args["word"] for work in Work.objects.filter(task="test.many").order_by("due", "id")] == [
        "i",
        "j",
    ]


def test_one_that_fails_takes_no_other_with_it(home: None) -> None:
    queue("a", "bad", "c", "d")

    Worker()._do(due.claim_all("w"))

    left = Work.objects.get(task="test.many")
    assert (left.args["word"], left.attempts, left.last_error) == ("bad", 1, "ValueError")
    assert done == [["a", "bad", "c"], ["d"], ["a"], ["bad"], ["c"]]
    assert set(Work.objects.filter(task="test.after").values_list("key", flat=True)) == {
        "after:a",
        "after:c",
        "after:d",
    }


def test_what_was_tried_before_is_claimed_alone(home: None) -> None:
    queue("a", "b")
    Work.objects.filter(args__word="a").update(attempts=1)

    first, second = due.claim_all("one"), due.claim_all("two")

    assert [[work.args["word"] for work in works] for works in (first, second)] == [["a"], ["b"]]


def test_if_the_parts_can_t_be_made_each_is_done_alone(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    queue("a", "b")
    works, plain = due.claim_all("w"), due.TASKS["test.many"]

    def one_only(these: Sequence[due.Args]) -> Iterator[due.Part]:
        if len(these) > 1:
            raise KeyError
        yield from _parts(these)

    due.many("test.other", MOST)(one_only)
    monkeypatch.setitem(due.TASKS, plain.name, due.TASKS.pop("test.other"))
    Worker()._do(works)

    assert done == [["a"], ["b"]]


def test_a_part_of_which_a_lease_was_lost_is_recorded_by_nobody_who_lost_it(home: None) -> None:
    queue("a", "b")
    works = due.claim_all("slow")
    Work.objects.filter(args__word="b").update(leased_by="fresh")

    Worker()._do(works)

    assert done == [["a"]]
    assert Work.objects.filter(task="test.many", leased_by="fresh").count() == 1


def test_the_door_goes_before_each_part(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    queue("a", "b", "c", "d")
    works = due.claim_all("w")
    monkeypatch.setattr(turn, "give_way", lambda: done.append(["the door"]))

    Worker()._do(works)

    assert done == [["the door"], ["a", "b", "c"], ["the door"], ["d"]]


def test_two_workers_never_hold_the_same_piece(transactional_db: None) -> None:
    with transaction.atomic():
        queue(*(f"w{number}" for number in range(40)))
    held: list[object] = []

    def run() -> None:
        for _ in range(4):
            held.extend(work.pk for work in due.claim_all("w"))

    refused = at_once(run, run)

    assert not refused
    assert len(held) == len(set(held)) > MOST


def test_without_the_lease_two_workers_hold_the_same_pieces(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "_claimable", lambda: Work.objects.filter(state=Work.State.DUE))

    turns_red(test_two_workers_never_hold_the_same_piece, None)


def test_without_its_own_transaction_a_failure_leaves_half_done_work(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(works: Sequence[Work], record: Callable[[], object]) -> None:
        Work.objects.filter(pk__in=[work.pk for work in works]).delete()
        record()

    monkeypatch.setattr(due, "finish", finish)

    turns_red(test_one_that_fails_takes_no_other_with_it, None, by=(Work.DoesNotExist,))
