"""The whole database as one stream of bytes, consistent in itself, and back again.

SQLite: a copy made by `VACUUM INTO` in one read transaction, checked before it is used. PostgreSQL: `pg_dump` and
`pg_restore`, whose custom format streams; the password goes by the environment, never by the command line.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import psycopg

from nightlight.server import config
from nightlight.vault.age import Sink, Source
from nightlight.vault.files import whole_file

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
_TABLES = (
    "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
)


class DumpError(Exception):
    """The database can't be copied or filled; the message says why and what to do."""


def kind(url: str) -> str:
    """`sqlite` or `postgresql`. Raises ConfigError for another address."""
    return "sqlite" if str(config.database(url)["ENGINE"]).endswith("sqlite3") else "postgresql"


@contextmanager
def snapshot(url: str, folder: Path) -> Iterator[Source]:
    """A stream of the database as it is at one moment; `folder` (private) holds SQLite's copy meanwhile.

    Raises DumpError, at the latest when the block ends: only then is the stream known to be whole.
    """
    if kind(url) == "sqlite":
        copy = folder / FILES["sqlite"]
        _vacuum(Path(str(config.database(url)["NAME"])), copy)
        with copy.open("rb") as file:
            yield file
        copy.unlink()
        return
    with _program("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges") as process:
        yield _stream(process.stdout)


def is_empty(url: str) -> bool:
    """Whether the database holds no table. Raises DumpError if it can't be reached."""
    settings = config.database(url)
    try:
        if kind(url) == "sqlite":
            path = Path(str(settings["NAME"]))
            if not path.exists():
                return True
            with closing(sqlite3.connect(path)) as database:
                return not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        with psycopg.connect(_conninfo(settings), connect_timeout=10) as connection:
            row = connection.execute(_TABLES).fetchone()
            return row is not None and row[0] == 0
    except (sqlite3.Error, psycopg.Error) as error:
        raise DumpError(f"the database can't be reached: {error}") from error


def load(url: str, feed: Callable[[Sink], None]) -> None:
    """Fills an empty database with what `feed` writes into the sink it is given. Raises DumpError."""
    if kind(url) == "sqlite":
        path = Path(str(config.database(url)["NAME"]))
        with whole_file(path) as file:
            feed(file)
        _check(path)
        return
    target = str(config.database(url)["NAME"])
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    with _program("pg_restore", url, *options, "--dbname", target) as process:
        sink = _stream(process.stdin)
        feed(sink)
        sink.close()


def _vacuum(source: Path, copy: Path) -> None:
    if not source.exists():
        raise DumpError(f"there is no database at {source}")
    try:
        with closing(sqlite3.connect(source, timeout=60, isolation_level=None)) as database:
            database.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        raise DumpError(f"the database can't be copied: {error}") from error
    _check(copy)


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database:
            found = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise DumpError(f"SQLite says of the copy: {found}")


@contextmanager
def _program(name: str, url: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    settings = config.database(url)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's, with options of ours
            [_found(name), *options],
            stdin=subprocess.PIPE if name == "pg_restore" else subprocess.DEVNULL,
            stdout=subprocess.PIPE if name == "pg_dump" else subprocess.DEVNULL,
            stderr=said,
            env={**os.environ, **_environment(settings)},
        )
        try:
            yield process
        except Exception as error:
            if not _gave_up(process):
                raise
            raise DumpError(f"{name} failed: {_last_line(said)}") from error
        finally:
            for stream in (process.stdin, process.stdout):
                if stream:
                    _close(stream)
            status = process.wait()
        if status:
            raise DumpError(f"{name} failed: {_last_line(said)}")


def _gave_up(process: "subprocess.Popen[bytes]") -> bool:
    """Whether the program ended by itself, so that what broke here broke because of it; otherwise ends it."""
    try:
        return process.wait(timeout=1) != 0
    except subprocess.TimeoutExpired:
        process.kill()
        return False


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it did not say why"


def _found(name: str) -> str:
    if path := shutil.which(name):
        return path
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: path.parts[-3])
    if installed:
        return str(installed[-1])
    raise DumpError(
        f"{name} is missing: install PostgreSQL's client programs (Debian: postgresql-client), "
        "at least as new as the server"
    )


def _environment(settings: dict[str, object]) -> dict[str, str]:
    """What libpq reads (PostgreSQL, 32.15 Environment Variables)."""
    names = {
        "NAME": "PGDATABASE",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "HOST": "PGHOST",
        "PORT": "PGPORT",
    }
    found = {libpq: str(settings[ours]) for ours, libpq in names.items() if settings.get(ours)}
    options = settings["OPTIONS"]
    if isinstance(options, dict):
        found.update({f"PG{name.upper()}": str(value) for name, value in options.items()})
    return found


def _conninfo(settings: dict[str, object]) -> str:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    found = {libpq: str(settings[ours]) for ours, libpq in names.items() if settings.get(ours)}
    options = settings["OPTIONS"]
    return psycopg.conninfo.make_conninfo(**found, **(options if isinstance(options, dict) else {}))


def _stream(found: IO[bytes] | None) -> IO[bytes]:
    assert found is not None  # noqa: S101 - asked for as a pipe in _program
    return found


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return  # what was left in the buffer: the program's own status says why it wanted no more
