"""What was decided is found by the next question in every process, and what was withdrawn by none."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from nightlight.casebook import known
from nightlight.casebook.index import KnownIndex
from nightlight.casebook.models import IndexChange, Media
from tests.casebook import cases
from tests.casebook.codes import away, code

pytestmark = pytest.mark.django_db(transaction=True)

PDQ = code(1)


class Process:
    """Another process with an index of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.casebook.asking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "nightlight.server.settings",
                "NIGHTLIGHT_HOME": str(settings.NIGHTLIGHT.home),
                "NIGHTLIGHT_DATABASE_URL": _database(),
                "PYTHONPATH": os.getcwd(),  # noqa: PTH109
            },
        )

    def near(self, *codes: str) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(" ".join(codes) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)


def _database() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    return urlsplit(os.environ["NIGHTLIGHT_DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def processes(home: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Process]]:
    cases.only("nobody", monkeypatch)
    with ExitStack() as stack:
        yield [stack.enter_context(Process()) for _ in range(2)]


def test_the_next_question_after_a_decision_finds_it_and_after_a_correction_does_not(
    processes: list[Process],
) -> None:
    asked, case = away(PDQ, 12), cases.page_case("http://shapes.example/a")
    medium = cases.medium(case, "a", pdq=PDQ, quality=90)
    before = [process.near(asked) for process in processes]

    cases.confirm(case, cases.analyst(), cases.analyst(), media=(medium,))
    decided = [process.near(asked) for process in processes]
    cases.correct(case)
    withdrawn = [process.near(asked) for process in processes]

    assert before == [[{}], [{}]]
    assert decided == [[{PDQ: 12}], [{PDQ: 12}]]
    assert withdrawn == [[{}], [{}]]


def test_changes_of_many_threads_are_numbered_as_they_commit_and_none_is_missed(home: None) -> None:
    """Each thread decides on media of its own while a reader keeps asking; at the end it has them all."""
    media = [
        cases.medium(cases.page_case(f"http://shapes.example/{n}"), str(n), pdq=code(n)) for n in range(24)
    ]
    people = cases.analyst(), cases.analyst()
    index, numbers, trouble = (
        KnownIndex(settings.NIGHTLIGHT.home / "none"),
        list[int](),
        list[BaseException](),
    )
    done = threading.Event()

    def decide(mine: list[Media]) -> None:
        try:
            for medium in mine:
                case = medium.sightings.get().location.case
                with transaction.atomic():
                    cases.confirm(case, *people, media=(medium,))
        except BaseException as error:
            trouble.append(error)
        finally:
            connection.close()

    def keep_asking() -> None:
        while not done.is_set():
            numbers.append(index.facts()[2])
        connection.close()

    reader = threading.Thread(target=keep_asking)
    reader.start()
    writers = [threading.Thread(target=decide, args=(media[n::4],)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()

    assert trouble == []
    assert numbers == sorted(numbers)
    assert list(IndexChange.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 25))
    assert {found.asked for found in index.search([code(n) for n in range(24)])} == set(range(24))
    assert known.confirmed_by_two(each.pk for each in media) == {each.pk for each in media}
