"""Without its own process, or its limits, a page does what it wants, and the tests of reading turn red."""

from typing import Any

import pytest

from nightlight.casebook import pages
from nightlight.fingerprint.sandbox import Sandbox
from nightlight.net.fetch import Fetched
from tests.casebook import test_pages as held
from tests.casebook.hostile_page import examine
from tests.saboteur import turns_red


def test_without_a_process_of_its_own_a_page_ends_the_reading_of_its_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def within(found: Fetched) -> Any:
        return examine(found.body, url=found.url, status=found.status, kind="text/html", cf="")

    monkeypatch.setattr(pages, "read", within)

    case_waits = held.test_a_case_whose_page_breaks_the_reader_waits_for_a_person_with_the_reason
    turns_red(case_waits, None, by=(RecursionError,))


def test_without_its_limits_a_page_takes_the_memory_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    unconfined = Sandbox(seconds=60, megabytes=256, examine="tests.casebook.unconfined_page:examine")
    monkeypatch.setattr(pages, "sandbox", lambda: unconfined)

    turns_red(held.test_a_page_that_breaks_its_reader_is_named_and_the_next_is_read, None, "hoard")

    unconfined.close()
