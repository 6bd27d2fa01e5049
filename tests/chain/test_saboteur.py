"""Without a listener a correction stops on its way, and the test of the whole journey turns red."""

import pytest

from nightlight.casebook import events
from tests.chain import test_one_page as held
from tests.chain.hotline import Hotline
from tests.saboteur import turns_red


@pytest.mark.parametrize("stage", events.LISTENERS["case_corrected"])
def test_a_correction_that_one_stage_does_not_hear_is_noticed(
    hotline: Hotline, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [row for row in events.case_corrected.receivers if row[0][0] != f"{stage}.case_corrected"]
    assert len(kept) == len(events.LISTENERS["case_corrected"]) - 1
    monkeypatch.setattr(events.case_corrected, "receivers", kept)
    events.case_corrected.sender_receivers_cache.clear()

    turns_red(held.test_a_correction_travels_everywhere_once, hotline, by=(ValueError,))
