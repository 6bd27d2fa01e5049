"""Serving: a home is made where there is none, and everything ends within ten seconds of SIGTERM."""

import http.client
import json
import select
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from nightlight.server import serve
from tests.cli.conftest import URL, Home
from tests.server import databases

START = 40.0
STOP = 10.0


@contextmanager
def running(home: Home, *arguments: str, says: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that has said on standard error that it is ready; killed at the end if it is still there."""
    process = home.start(*arguments, **settings)
    assert process.stderr is not None
    try:
        said = []
        for line in process.stderr:
            said.append(line)
            if says in line:
                break
        else:
            pytest.fail("".join(said))
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def status(port: int, path: str) -> int:
    """What the server answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=START) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def end(process: "subprocess.Popen[str]", how: signal.Signals) -> tuple[int, float]:
    """Ends a process; its exit status and the seconds it took."""
    began = time.monotonic()
    process.send_signal(how)
    return process.wait(timeout=START), time.monotonic() - began


def test_serve_makes_a_real_home_where_there_is_none(home: Home, port: int) -> None:
    with running(home, "serve", "--port", str(port), says=f"127.0.0.1:{port}"):
        ready, front = status(port, "/readyz"), status(port, "/")

    assert (ready, front) == (200, 200)
    assert home.run("init", "--rehearsal").returncode == 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_within_ten_seconds_and_gives_its_port_back(
    rehearsal: Home, port: int, how: signal.Signals
) -> None:
    with running(rehearsal, "serve", "--port", str(port), says=f"127.0.0.1:{port}") as process:
        code, seconds = end(process, how)

    assert (code, seconds < STOP) == (0, True)
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_request_that_hangs_does_not_keep_the_web_from_ending(rehearsal: Home, port: int) -> None:
    with running(rehearsal, "web", "--port", str(port), says=f"127.0.0.1:{port}") as process:
        slow = socket.create_connection(("127.0.0.1", port))
        slow.sendall(b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
        code, seconds = end(process, signal.SIGTERM)
        slow.close()

    assert (code, seconds < STOP) == (0, True)


@contextmanager
def nobody_writes(home: Home) -> Iterator[None]:
    """Nothing is written to a home's database meanwhile: whoever wants to waits."""
    url = home.environment[URL]
    if databases.KIND == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
        held.close()
        return
    with psycopg.connect(url) as server:
        server.execute("LOCK TABLE casebook_report IN EXCLUSIVE MODE")
        yield


def a_report_that_waits(port: int) -> socket.socket:
    """A report that was sent whole and gets no answer, because nobody writes."""
    sent = b'{"kind":"other"}'
    waiting = socket.create_connection(("127.0.0.1", port), timeout=START)
    waiting.sendall(
        b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
        % (len(sent), sent)
    )
    assert select.select([waiting], [], [], 0.5)[0] == []
    return waiting


def test_a_reporter_who_is_being_answered_at_the_end_still_gets_the_receipt(
    rehearsal: Home, port: int
) -> None:
    with running(rehearsal, "web", "--port", str(port), says=f":{port}", limits="off") as process:
        with nobody_writes(rehearsal):
            waiting = a_report_that_waits(port)
            process.send_signal(signal.SIGTERM)
        answer = waiting.makefile("rb").read()
        code = process.wait(timeout=STOP)

    assert (code, answer.split(b"\r\n", 1)[0]) == (0, b"HTTP/1.1 201 Created")
    assert b'"receipt"' in answer


def test_a_request_that_never_gets_done_does_not_keep_the_web_from_ending(rehearsal: Home, port: int) -> None:
    with (
        running(rehearsal, "serve", "--port", str(port), says=f":{port}", limits="off") as process,
        nobody_writes(rehearsal),
    ):
        a_report_that_waits(port)
        code, seconds = end(process, signal.SIGTERM)

    assert (code, seconds < STOP) == (0, True)


def test_a_host_that_stands_for_several_addresses_is_served_at_each(rehearsal: Home, port: int) -> None:
    with running(rehearsal, "web", "--host", "*", "--port", str(port), says=f":{port}") as process:
        by_four = status(port, "/healthz")
        code, _ = end(process, signal.SIGTERM)

    assert (by_four, code) == (200, 0)


@pytest.mark.parametrize("size", [3 * 1024 * 1024, serve.LARGEST_BODY + 1])
def test_a_body_that_is_too_long_is_a_problem_that_says_so(rehearsal: Home, port: int, size: int) -> None:
    with running(rehearsal, "web", "--port", str(port), says=f":{port}"):
        caller = socket.create_connection(("127.0.0.1", port))
        caller.sendall(
            b"POST /api/v1/reports HTTP/1.0\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size
        )
        if size < serve.LARGEST_BODY:
            caller.sendall(b" " * size)
        answer = caller.makefile("rb").read()

    head, body = answer.split(b"\r\n\r\n", 1)
    assert head.split(b" ", 2)[1] == b"413"
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == 413


def test_a_worker_ends_within_ten_seconds(rehearsal: Home) -> None:
    with running(rehearsal, "work", "-n", "2", says="working") as process:
        code, seconds = end(process, signal.SIGTERM)

    assert (code, seconds < STOP) == (0, True)


def test_a_port_that_is_taken_is_said_in_one_line(rehearsal: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = rehearsal.run("web", "--port", str(taken.getsockname()[1]))

    assert done.returncode == 2
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_index_keys_are_not_rotated_under_a_running_server(rehearsal: Home, port: int) -> None:
    with running(rehearsal, "serve", "--port", str(port), says=f"127.0.0.1:{port}"):
        done = rehearsal.run("keys", "rotate", "--index")

    assert done.returncode == 2
    assert "stop" in done.stderr


@pytest.mark.parametrize(("scheme", "said"), [("https", "max-age=31536000"), ("http", None)])
def test_over_https_browsers_are_told_to_come_back_over_https_only(
    rehearsal: Home, port: int, scheme: str, said: str | None
) -> None:
    base = "https://hotline.example"
    with running(rehearsal, "web", "--port", str(port), says=f":{port}", base_url=base):
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=START)
        caller.request("GET", "/", headers={"Host": "hotline.example", "X-Forwarded-Proto": scheme})
        strict = caller.getresponse().getheader("Strict-Transport-Security")

    assert strict == said


def test_nothing_of_a_request_is_in_the_process_s_own_log(rehearsal: Home, port: int) -> None:
    marker = "lantern77"
    with running(rehearsal, "web", "--port", str(port), says=f"127.0.0.1:{port}") as process:
        status(port, f"/notice/{marker}/?x={marker}")
        end(process, signal.SIGTERM)
        rest = process.stderr.read() if process.stderr else ""

    assert '"status": 404' in rest
    assert marker not in rest
