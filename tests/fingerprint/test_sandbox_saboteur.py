"""Without its limits a hostile file does what it wants, and the tests of the sandbox turn red."""

from collections.abc import Iterator

import pytest

from nightlight.fingerprint.sandbox import Sandbox
from tests.fingerprint import test_sandbox as held
from tests.saboteur import turns_red


@pytest.fixture
def unconfined() -> Iterator[Sandbox]:
    made = Sandbox(seconds=60, megabytes=256, examine="tests.fingerprint.unconfined:examine")
    yield made
    made.close()


def test_without_its_limit_a_file_takes_all_the_memory_it_wants(unconfined: Sandbox) -> None:
    turns_red(
        held.test_a_hostile_file_is_a_named_error_and_the_next_is_read, unconfined, b"hoard", "out_of_memory"
    )


def test_without_its_lock_a_child_reaches_files_and_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "HOSTILE", "tests.fingerprint.unconfined:examine")

    turns_red(held.test_a_child_opens_no_file_no_connection_and_inherits_no_secret, monkeypatch)
