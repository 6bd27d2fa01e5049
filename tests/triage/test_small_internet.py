"""Reading a page of the small internet through its proxy, as a rehearsal does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nightlight.casebook.models import Media, Sighting
from nightlight.casebook.words import ReportKind
from nightlight.demo.internet import SmallInternet
from nightlight.intake.verbs import receive
from nightlight.server import config
from nightlight.triage.models import Reading


def test_a_page_of_the_small_internet_is_read_and_its_pictures_are_known_by_their_hashes(
    home: None, settings: Any, tmp_path: Path, work_until: Callable[..., int]
) -> None:
    monday = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    with SmallInternet(lambda: monday, tmp_path / "post") as internet:
        found = config.read({**internet.environment(), "NIGHTLIGHT_HOME": str(tmp_path)})
        settings.NIGHTLIGHT = replace(
            settings.NIGHTLIGHT, proxy=found.proxy, dns=found.dns, egress_allow=found.egress_allow
        )
        receive(ReportKind.MATERIAL, urls=["hxxp://pixelbarn[.]test/a/k3v9"])
        work_until()

    reading = Reading.objects.get()
    assert (reading.outcome, reading.status) == ("read", 200)
    assert "k3v9" in reading.title
    assert (reading.media_listed, reading.media_read) == (3, 3)
    assert Media.objects.count() == Sighting.objects.count() == 3
