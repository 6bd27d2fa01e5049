"""A home and a database of their own for a benchmark, gone at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

SERVER = "NIGHTLIGHT_DATABASE_URL"


@contextmanager
def somewhere() -> Iterator[str]:
    """A rehearsal home that is set up: on the PostgreSQL that `NIGHTLIGHT_DATABASE_URL` names, else on SQLite. Yields
    which."""
    folder = Path(tempfile.mkdtemp(prefix="nightlight-bench-"))
    server_url = os.environ.get(SERVER, "")
    name = f"nl_bench_{uuid4().hex[:12]}"
    try:
        os.environ.update(NIGHTLIGHT_HOME=str(folder), NIGHTLIGHT_LIMITS="off")
        if server_url.startswith("postgres"):
            _on(server_url, f"CREATE DATABASE {name}")
            os.environ[SERVER] = urlsplit(server_url)._replace(path=f"/{name}").geturl()
        _set_up(folder)
        from django.db import connections

        yield connections["default"].vendor
        connections.close_all()
    finally:
        if server_url.startswith("postgres"):
            _on(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            os.environ[SERVER] = server_url
        shutil.rmtree(folder, ignore_errors=True)


def machine() -> str:
    """How busy this machine is, for whoever reads a figure."""
    return f"load of this machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def _on(server_url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(statement.encode())


def _set_up(folder: Path) -> None:
    from nightlight.vault import KeyRing

    KeyRing.create(folder / "keys")
    os.environ["DJANGO_SETTINGS_MODULE"] = "nightlight.server.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from nightlight.work.home import establish
    from nightlight.work.models import Home

    call_command("migrate", verbosity=0)
    establish(Home.Kind.REHEARSAL)
