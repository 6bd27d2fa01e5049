"""Bytes that no browser sends, to the server as it is really served: it answers or hangs up, and goes on serving."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

from nightlight.server import serve

HEAD = b"Host: localhost\r\n"


@pytest.fixture
def port(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Our server with the settings of `serve.web`, in a thread of the test."""
    from nightlight.work.home import establish
    from nightlight.work.models import Home

    establish(Home.Kind.REHEARSAL)
    made: dict[str, Any] = {}

    def kept(application: object, **settings: Any) -> Any:
        made.update(settings)
        raise InterruptedError

    monkeypatch.setattr(serve, "create_server", kept)
    with pytest.raises(InterruptedError):
        serve.web(["127.0.0.1"], 0, lambda address: None)
    server: Any = create_server(  # type: ignore[no-untyped-call]
        get_wsgi_application(), **{**made, "threads": 2}
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()
    thread.join(60)
    server.task_dispatcher.shutdown(timeout=60)


def say(port: int, raw: bytes, most: int = 400_000) -> bytes:
    """What comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        try:
            wire.sendall(raw)
            wire.shutdown(socket.SHUT_WR)
            back = b""
            while len(back) < most and (more := wire.recv(65_536)):
                back += more
        except OSError:  # reset, too slow, or gone before we could say that we are done
            return b"cut off"
    return back


def statuses(back: bytes) -> list[int]:
    """The status of every answer that came back."""
    return [int(line.split(b" ")[1]) for line in back.split(b"\r\n") if line.startswith(b"HTTP/1.")]


def test_requests_that_two_readers_could_read_differently_are_refused(port: int) -> None:
    smuggled = b"GET /desk/smuggled HTTP/1.1\r\n" + HEAD + b"\r\n"
    both = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    tries = {
        "length and chunks": b"POST /report/ HTTP/1.1\r\n" + HEAD + both + b"\r\n0\r\n\r\n" + smuggled,
        "two lengths": b"POST /report/ HTTP/1.1\r\n"
        + HEAD
        + b"Content-Length: 0\r\nContent-Length: 9\r\n\r\n"
        + smuggled,
        "a signed length": b"POST /report/ HTTP/1.1\r\n" + HEAD + b"Content-Length: +5\r\n\r\nhello",
        "a negative length": b"POST /report/ HTTP/1.1\r\n" + HEAD + b"Content-Length: -5\r\n\r\n",
        "an odd coding": b"POST /report/ HTTP/1.1\r\n"
        + HEAD
        + b"Transfer-Encoding: xchunked\r\n\r\n"
        + smuggled,
        "a space before the colon": b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "a bare line feed": b"GET / HTTP/1.1\nHost: localhost\nX: y\n\n",
        "a null in a header": b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\x00b\r\n\r\n",
        "a header of two lines": b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\r\n b\r\n\r\n",
        "no version": b"GET /\r\n\r\n",
        "no request": b"\r\n\r\n\x16\x03\x01\x02\x00",
    }
    for name, raw in tries.items():
        back = say(port, raw)
        assert b"smuggled" not in back, name
        assert len([status for status in statuses(back) if status < 400]) <= 1, (name, statuses(back))
        assert b"Traceback" not in back, name

    assert statuses(say(port, b"GET /healthz HTTP/1.0\r\n" + HEAD + b"\r\n"))[0] == 200


def test_what_is_too_large_is_cut_off_and_the_server_goes_on(port: int) -> None:
    large = serve.LARGEST_BODY + 1
    tries = (
        b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"x" * 600_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 600_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"POST /report/ HTTP/1.1\r\n" + HEAD + b"Content-Length: %d\r\n\r\n" % large + b"x" * large,
        b"POST /report/ HTTP/1.1\r\n" + HEAD + b"Content-Length: 99999999999999999999\r\n\r\n",
        b"POST /report/ HTTP/1.1\r\n"
        + HEAD
        + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n"
        + b"x" * 100_000,
    )
    for raw in tries:
        back = say(port, raw)
        assert back in (b"", b"cut off") or statuses(back)[0] in (400, 411, 413, 414, 431), back[:80]

    assert statuses(say(port, b"GET /healthz HTTP/1.0\r\n" + HEAD + b"\r\n"))[0] == 200


def test_the_server_names_neither_itself_nor_its_version(port: int) -> None:
    back = say(port, b"GET / HTTP/1.0\r\n" + HEAD + b"\r\n").lower()

    assert b"waitress" not in back
    assert b"python" not in back
    assert b"django" not in back


def test_a_line_break_in_an_address_splits_no_answer(port: int) -> None:
    back = say(port, b"GET /desk/%0d%0aSet-Cookie:%20planted=1?x=%0d%0aX: HTTP/1.0\r\n" + HEAD + b"\r\n")

    head = back.split(b"\r\n\r\n")[0].lower()
    assert b"\r\nset-cookie: planted" not in head


def test_a_header_written_with_underscores_stands_for_no_other(port: int) -> None:
    back = say(port, b"GET /metrics HTTP/1.0\r\n" + HEAD + b"X_Forwarded_For: 127.0.0.1\r\n\r\n")
    report = json.dumps({"kind": "material"}).encode()
    posted = say(
        port,
        b"POST /api/v1/reports HTTP/1.0\r\n"
        + HEAD
        + b"X_Work: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(report)
        + report,
    )

    assert statuses(back)[0] == 200  # really this machine; the other header is no header of ours
    assert statuses(posted)[0] == 201
