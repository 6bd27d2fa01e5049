"""Without what makes a mail leave once the tests of sending turn red."""

from collections.abc import Callable

import pytest

from nightlight.takedown import packing
from nightlight.takedown.packing import Packed
from tests.saboteur import turns_red
from tests.takedown import test_send_once
from tests.takedown.conftest import Confirmed, Mail


@pytest.mark.parametrize("kill", test_send_once.ARRIVED)
def test_without_the_last_safe_moment_a_crash_sends_twice(
    kill: Callable[[pytest.MonkeyPatch], None],
    mail: Mail,
    confirmed: Confirmed,
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def commit(packed: Packed) -> bool:
        """Nothing is written down before the dot."""
        return True

    monkeypatch.setattr(packing, "commit", commit)

    turns_red(
        test_send_once.test_a_crash_after_the_last_safe_moment_asks_a_person_and_sends_nothing_by_itself,
        kill,
        mail,
        confirmed,
        work_until,
    )
