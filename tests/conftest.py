"""What the tests of every room share: homes, the clock, people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from types import SimpleNamespace

import hypothesis
import pytest

from tests.examples import ON_ANY_MACHINE

# How long one example takes says more about the machine than about the code.
hypothesis.settings.register_profile("nightlight", deadline=None, suppress_health_check=ON_ANY_MACHINE)
hypothesis.settings.load_profile("nightlight")

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ON_THE_DATABASE = frozenset({"db", "transactional_db", "live_server"})
OF_MIGRATIONS = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="leave out tests that touch no database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--only-database`, a second run on another database needs only the tests that can tell the two apart."""
    if not config.getoption("--only-database"):
        return
    kept = [item for item in items if touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def touches_database(item: pytest.Item) -> bool:
    """Whether a test may use the database of the suite (pytest-django refuses it to any other), or makes databases
    of its own of the same kind: it or one of its fixtures knows `tests.server.databases`."""
    if item.get_closest_marker("django_db") or ON_THE_DATABASE.intersection(
        getattr(item, "fixturenames", ())
    ):
        return True
    found = getattr(item, "_fixtureinfo", None)
    fixtures = [one.func for many in found.name2fixturedefs.values() for one in many] if found else []
    functions = [getattr(item, "function", None), *fixtures]
    return any("databases" in getattr(function, "__globals__", {}) for function in functions)


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


def empty() -> None:
    """Deletes every row but those that migrations write of themselves, as `flush` does; only tables that hold any are
    touched, since truncating all of them and writing these anew takes ten times as long."""
    from django.db import connection, transaction

    tables = set(connection.introspection.table_names()) - OF_MIGRATIONS
    with transaction.atomic(), connection.cursor() as cursor:
        asked = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in sorted(tables))  # noqa: S608
        cursor.execute(" UNION ALL ".join(asked))
        filled = [name for (name,) in cursor.fetchall()]
        with guards_down(filled):
            for name in filled:
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608 - the names of our own tables


@contextmanager
def guards_down(tables: list[str]) -> Iterator[None]:
    """Insert-only tables refuse to be emptied; only between two tests are their triggers out of the way."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, statement) for name, table, statement in cursor.fetchall() if table in tables]
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def empty_past_the_guards() -> Iterator[None]:
    """What a test on committed rows (`transactional_db`, `live_server`) leaves is taken away by `empty`."""
    from django.test import TransactionTestCase

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty())
        yield


@pytest.fixture(autouse=True)
def own_checkpoints() -> Iterator[None]:
    """Each test's log is its own, so each begins without the checkpoints that another left in the home."""
    from nightlight.audit.checkpoints import home_file

    yield
    home_file().unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request leaves the language that it asked for to its thread; the next test begins in English."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test connects to an announcement hears that test only, however it ended."""
    from nightlight.casebook import events

    for name in events.LISTENERS:
        signal = getattr(events, name)
        monkeypatch.setattr(signal, "receivers", list(signal.receivers))
        monkeypatch.setattr(signal, "sender_receivers_cache", {})


@pytest.fixture(autouse=True)
def lines_checked_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    """What our pages name with the day it was checked gets old by real time, and is hidden in the end. No other test is
    to end with it: where that is asked, time stands still on the last of these days."""
    from nightlight.intake import helplines, own_image_elsewhere
    from nightlight.server import lines
    from nightlight.work import clock

    checked = max(each.checked_on for each in (*helplines.every_line(), *own_image_elsewhere.places()))
    stands = SimpleNamespace(real_now=lambda: min(clock.real_now(), datetime.combine(checked, time(), UTC)))
    for module in (helplines, own_image_elsewhere, lines):
        monkeypatch.setattr(module, "clock", stands)
