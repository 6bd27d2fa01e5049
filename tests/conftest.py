"""What the tests of every room share: homes, the clock, people."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def home(db: None) -> None:
    """A rehearsal home whose clock jumps, starting on MONDAY."""
    from nightlight.work import clock
    from nightlight.work.home import establish
    from nightlight.work.models import Home

    establish(Home.Kind.REHEARSAL)
    clock.apply("2026-01-05T09:00:00Z jump")


@pytest.fixture
def real_home(db: None) -> None:
    """A real home without a mandate."""
    from nightlight.work.home import establish
    from nightlight.work.models import Home

    establish(Home.Kind.REAL)


@pytest.fixture
def work_until() -> Callable[[datetime | None], int]:
    """`work_until(None)` does all that is due now; `work_until(moment)` lets the clock jump that far."""
    from nightlight.work import clock
    from nightlight.work.worker import Worker

    def run(moment: datetime | None = None) -> int:
        worker = Worker()
        count = worker.run_until_idle()
        if moment is not None:
            clock.run(clock.now(), None, until=moment)
            while clock.jump():
                count += worker.run_until_idle()
        return count

    return run


@pytest.fixture
def someone(db: None) -> Callable[..., object]:
    """`someone("analyst")` makes a person with these roles, a new one at each call."""
    from nightlight.accounts.models import Person

    made = 0

    def make(*roles: str, email: str = "") -> Person:
        nonlocal made
        made += 1
        return Person.objects.create_user(
            email or f"p{made}@hotline.test", "correct horse battery", roles=list(roles)
        )

    return make
