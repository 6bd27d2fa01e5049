"""The transparency page in a real browser."""

from datetime import date
from typing import Any

import pytest

from tests.casebook import cases
from tests.casebook.browser import Visit, chromium, overflows, rehearsal, violations, visit
from tests.stats.conftest import History

FIXTURES = (chromium, visit)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_transparency_page_reads_well_and_fits(visit: Visit, width: int) -> None:
    rehearsal()
    history = History(cases.analyst())
    history.reports(date(2025, 12, 1), 4)
    history.confirmed(date(2025, 12, 1), 4)

    page: Any = visit("/transparency/", width=width)

    assert violations(page) == []
    assert not overflows(page)
