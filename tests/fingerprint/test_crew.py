"""Many processes, one answer to each question, in order, whatever becomes of the processes."""

import functools
import itertools
import os
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import SimpleNamespace

import pytest

from nightlight.fingerprint import crew as crew_module
from nightlight.fingerprint.crew import BROKE_DOWN, FILE_SECONDS, TIMED_OUT, Alone, Crew


def double(path: str) -> str:
    return path * 2


def slow_first(path: str) -> str:
    time.sleep(0.2 if path == "0" else 0)
    return path


def break_down(path: str) -> str:
    if path == "bad":
        os.kill(os.getpid(), signal.SIGSEGV)
    return path


def break_down_once(mark: Path, path: str) -> str:
    if path == "bad" and not mark.exists():
        mark.touch()
        os._exit(3)
    return path


def never_end(begun: Path, path: str) -> str:
    while path == "bad":
        begun.touch()
        time.sleep(1)
    return path


def refuse(path: str) -> str:
    raise ValueError(path)


def failed(path: str, reason: str) -> str:
    return f"{path}: {reason}"


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(2) as found:
        yield found


def test_answers_come_in_the_order_of_the_questions(crew: Crew) -> None:
    paths = [str(n) for n in range(100)]

    assert list(crew.map(slow_first, paths, failed)) == paths


def test_alone_and_together_answer_the_same(crew: Crew) -> None:
    paths = [str(n) for n in range(10)]

    assert list(crew.map(double, paths, failed)) == list(Alone().map(double, paths, failed))


def test_a_file_that_brings_its_process_down_costs_that_file_only(crew: Crew) -> None:
    paths = ["a", "bad", "b", "bad", "c", "d"]

    found = list(crew.map(break_down, paths, failed))

    assert found == ["a", f"bad: {BROKE_DOWN}", "b", f"bad: {BROKE_DOWN}", "c", "d"]


def test_a_process_that_fell_by_accident_costs_nothing(crew: Crew, tmp_path: Path) -> None:
    work = functools.partial(break_down_once, tmp_path / "mark")

    assert list(crew.map(work, ["a", "bad", "b"], failed)) == ["a", "bad", "b"]


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = tmp_path / "begun"

    def now() -> float:
        """The time of a file is over once the bad one has begun, however fast or slow this machine is."""
        return time.monotonic() + begun.exists() * FILE_SECONDS

    def briefly(lines: list[Connection], timeout: float) -> list[object]:
        return list(wait(lines, timeout=min(timeout, 0.02)))

    monkeypatch.setattr(crew_module, "time", SimpleNamespace(monotonic=now))
    monkeypatch.setattr(crew_module, "wait", briefly)

    with Crew(1) as crew:
        found = list(crew.map(functools.partial(never_end, begun), ["a", "bad", "b"], failed))

    assert found == ["a", f"bad: {TIMED_OUT}", "b"]


def test_an_endless_number_of_questions_is_taken_only_as_far_as_needed(crew: Crew) -> None:
    asked: list[str] = []
    paths = (asked.append(str(n)) or str(n) for n in itertools.count())  # type: ignore[func-returns-value]

    first = list(itertools.islice(crew.map(double, paths, failed), 3))

    assert first == ["00", "11", "22"]
    assert len(asked) < 100


def test_a_mistake_of_ours_is_not_taken_for_a_broken_file(crew: Crew) -> None:
    with pytest.raises(ValueError, match="a"):
        list(crew.map(refuse, ["a"], failed))


def test_a_crew_works_again_after_one_stopped_listening_to_it(crew: Crew) -> None:
    next(crew.map(double, ["a", "b", "c"], failed))

    assert list(crew.map(double, ["d"], failed)) == ["dd"]
