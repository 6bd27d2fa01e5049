"""What the tests of every room share: homes, the clock, people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import hypothesis
import pytest

# How long one example takes says more about the machine than about the code.
hypothesis.settings.register_profile("nightlight", deadline=None)
hypothesis.settings.load_profile("nightlight")

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


@contextmanager
def _guards_down() -> Iterator[None]:
    """Insert-only tables refuse to be emptied; only between two tests are their triggers out of the way."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def flush_past_the_guards() -> Iterator[None]:
    """Lets the flush after a test on committed rows (`transactional_db`, `live_server`) empty every table."""
    from django.test import TransactionTestCase

    plain = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(case: TransactionTestCase) -> None:
        with _guards_down():
            plain(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True)
def own_checkpoints() -> Iterator[None]:
    """Each test's log is its own, so each begins without the checkpoints that another left in the home."""
    from nightlight.audit.checkpoints import home_file

    yield
    home_file().unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def own_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test connects to an announcement hears that test only, however it ended."""
    from nightlight.casebook import events

    for name in events.LISTENERS:
        signal = getattr(events, name)
        monkeypatch.setattr(signal, "receivers", list(signal.receivers))
        monkeypatch.setattr(signal, "sender_receivers_cache", {})
