"""Databases that a test makes for itself, of the kind the suite runs on: SQLite, or the PostgreSQL it was given."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

URL = os.environ.get("NIGHTLIGHT_DATABASE_URL", "")
KIND = "postgresql" if URL.startswith("postgres") else "sqlite"
LEAVING = 12  # times five seconds that PostgreSQL waits for whoever still leaves the database that is copied


@contextmanager
def fresh(folder: Path, like: str = "") -> Iterator[str]:
    """The address of a new database, gone afterwards: empty, or a copy of the one at the address `like`.

    SQLite's lies in `folder`.
    """
    if KIND == "sqlite":
        path = folder / f"{uuid4().hex}.sqlite3"
        if like:
            for suffix in ("", "-wal"):
                lying = Path(like.removeprefix("sqlite:///") + suffix)
                if lying.exists():
                    shutil.copy(lying, f"{path}{suffix}")
        yield f"sqlite:///{path}"
        return
    name = f"nl_{uuid4().hex}"
    template = f" TEMPLATE {urlsplit(like).path.lstrip('/')}" if like else ""
    with psycopg.connect(URL, autocommit=True) as server:
        for _ in range(LEAVING):
            with suppress(psycopg.errors.ObjectInUse):
                server.execute(f"CREATE DATABASE {name}{template}".encode())
                break
        try:
            yield urlsplit(URL)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
