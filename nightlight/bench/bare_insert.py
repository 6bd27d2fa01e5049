"""The peer of `bench reports`: the same server and the same durability, one row a post and nothing else."""

import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from waitress import serve

Answer = Callable[[str, list[tuple[str, str]]], object]
_kept = threading.local()


def main(url: str, port: int) -> None:
    """Serves until it is ended; writes to the database of this URL, durably."""
    insert = _postgres(url) if url.startswith("postgres") else _sqlite(url)

    def application(environ: dict[str, Any], start: Answer) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            start("200 OK", [("Content-Length", "0")])
            return [b""]
        row = uuid4().hex
        insert(row, environ["wsgi.input"].read())
        answer = json.dumps({"receipt": row}).encode()
        start("201 Created", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]

    serve(application, host="127.0.0.1", port=port, threads=32, ident=None, _quiet=True)  # type: ignore[no-untyped-call]


def _sqlite(url: str) -> Callable[[str, bytes], object]:
    path = unquote(urlsplit(url).path)[1:]

    def connection() -> sqlite3.Connection:
        if not hasattr(_kept, "connection"):
            _kept.connection = sqlite3.connect(path, timeout=20, isolation_level=None)
            _kept.connection.execute("PRAGMA journal_mode=WAL")
            _kept.connection.execute("PRAGMA synchronous=FULL")
        found: sqlite3.Connection = _kept.connection
        return found

    connection().execute("CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, body BLOB)")
    return lambda row, body: connection().execute("INSERT INTO bare VALUES (?, ?)", (row, body))


def _postgres(url: str) -> Callable[[str, bytes], object]:
    import psycopg

    def connection() -> Any:
        if not hasattr(_kept, "connection"):
            _kept.connection = psycopg.connect(url, autocommit=True)
        return _kept.connection

    connection().execute("CREATE TABLE IF NOT EXISTS bare (id text PRIMARY KEY, body bytea)")
    return lambda row, body: connection().execute("INSERT INTO bare VALUES (%s, %s)", (row, body))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
