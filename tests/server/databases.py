"""Databases that a test makes for itself, of the kind the suite runs on: SQLite, or the PostgreSQL it was given."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

URL = os.environ.get("NIGHTLIGHT_DATABASE_URL", "")
KIND = "postgresql" if URL.startswith("postgres") else "sqlite"


@contextmanager
def fresh(folder: Path) -> Iterator[str]:
    """The address of an empty database, gone afterwards; SQLite's lies in `folder`."""
    if KIND == "sqlite":
        yield f"sqlite:///{folder / f'{uuid4().hex}.sqlite3'}"
        return
    name = f"nl_{uuid4().hex}"
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(URL)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
