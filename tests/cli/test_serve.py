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
from pathlib import Path

import psycopg
import pytest

from nightlight.server import serve
from nightlight.work.worker import BESIDE_SECONDS
from tests.cli.conftest import URL, Home
from tests.server import databases

START = 120.0  # seconds until whatever should have come is not coming any more
STOP = 10.0
# Whoever is being answered at the end is waited for two seconds; a busy machine may take longer to answer.
PATIENT = (
    "from nightlight.server import home; home.start_django(); "
    f"from nightlight.server import serve; serve.REQUESTS_END = {START}"
)


@contextmanager
def running(
    home: Home, *arguments: str, says: str, first: str = "", **settings: str
) -> Iterator["subprocess.Popen[str]"]:
    """A command that has said on standard error that it is ready; killed at the end if it is still there."""
    process = home.start(*arguments, first=first, **settings)
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


def end(process: "subprocess.Popen[str]", how: signal.Signals) -> int:
    """Asks a process to end; its exit status."""
    process.send_signal(how)
    return process.wait(timeout=START)


def test_all_that_is_waited_for_at_the_end_is_less_than_ten_seconds() -> None:
    assert serve.TURN + serve.REQUESTS_END + serve.THREADS_END + serve.WORK_ENDS + BESIDE_SECONDS < STOP


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
        code = end(process, how)

    assert code == 0
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_request_that_hangs_does_not_keep_the_web_from_ending(rehearsal: Home, port: int) -> None:
    with running(rehearsal, "web", "--port", str(port), says=f"127.0.0.1:{port}") as process:
        slow = socket.create_connection(("127.0.0.1", port))
        slow.sendall(b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
        code = end(process, signal.SIGTERM)
        slow.close()

    assert code == 0


@contextmanager
def nobody_writes(home: Home) -> Iterator[None]:
    """Nothing is written to a home's database meanwhile: whoever wants to waits."""
    url = home.environment[URL]
    if databases.KIND == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///"), START, isolation_level=None) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
        held.close()
        return
    with psycopg.connect(url) as server:
        server.execute("LOCK TABLE casebook_report IN EXCLUSIVE MODE")
        yield


def read_whole(caller: socket.socket) -> bool:
    """Whether the server has taken this connection and read all that was sent, as the kernel tells (proc(5))."""
    here, there = (f":{each[1]:04X}" for each in (caller.getsockname(), caller.getpeername()))
    rows = [row.split() for row in Path("/proc/self/net/tcp").read_text().splitlines()]
    queues = {(row[1][-5:], row[2][-5:]): (row[4].split(":"), row[9]) for row in rows[1:]}
    (unsent, _), _ = queues[here, there]
    (_, unread), taken = queues.get((there, here), (("0", "0"), "0"))
    return int(unsent, 16) == int(unread, 16) == 0 and taken != "0"


def a_report_that_waits(port: int) -> socket.socket:
    """A report that was sent whole and gets no answer, because nobody writes."""
    sent = b'{"kind":"other"}'
    waiting = socket.create_connection(("127.0.0.1", port), timeout=START)
    waiting.sendall(
        b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
        % (len(sent), sent)
    )
    while not read_whole(waiting):
        time.sleep(0.01)
    assert select.select([waiting], [], [], 0)[0] == []
    return waiting


def test_a_reporter_who_is_being_answered_at_the_end_still_gets_the_receipt(
    rehearsal: Home, port: int
) -> None:
    with running(
        rehearsal, "web", "--port", str(port), says=f":{port}", first=PATIENT, limits="off"
    ) as process:
        with nobody_writes(rehearsal):
            waiting = a_report_that_waits(port)
            process.send_signal(signal.SIGTERM)
        answer = waiting.makefile("rb").read()
        code = process.wait(timeout=START)

    assert (code, answer.split(b"\r\n", 1)[0]) == (0, b"HTTP/1.1 201 Created")
    assert b'"receipt"' in answer


def test_a_request_that_never_gets_done_does_not_keep_the_web_from_ending(rehearsal: Home, port: int) -> None:
    with (
        running(rehearsal, "serve", "--port", str(port), says=f":{port}", limits="off") as process,
        nobody_writes(rehearsal),
    ):
        waiting = a_report_that_waits(port)
        code = end(process, signal.SIGTERM)
        answer = waiting.makefile("rb").read()

    assert (code, answer) == (0, b"")


def test_a_host_that_stands_for_several_addresses_is_served_at_each(rehearsal: Home, port: int) -> None:
    with running(rehearsal, "web", "--host", "*", "--port", str(port), says=f":{port}") as process:
        by_four = status(port, "/healthz")
        code = end(process, signal.SIGTERM)

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
        code = end(process, signal.SIGTERM)

    assert code == 0


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
