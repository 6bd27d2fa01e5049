"""A hotline on the small internet, with all its stages listening."""

from collections.abc import Callable

import pytest

from nightlight.accounts.models import Person
from nightlight.demo.internet import SmallInternet
from tests.accounts.conftest import sign_in as sign_in
from tests.chain.hotline import PEOPLE, STAFF, Hotline
from tests.takedown.conftest import internet as internet


@pytest.fixture
def hotline(
    home: None,
    internet: SmallInternet,
    work_until: Callable[..., int],
    someone: Callable[..., Person],
) -> Hotline:
    """A rehearsal hotline in DE, NL and FR whose way out leads to the small internet and to nowhere else."""
    people = {name: someone(role, email=f"{name}{STAFF}") for name, role in PEOPLE.items()}
    return Hotline(internet, work_until, people)
