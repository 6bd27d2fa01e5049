"""Several processes behind one port, as an operator starts them: `--processes 2`."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest

from tests.cli.conftest import SECONDS, Home
from tests.cli.test_serve import PATIENT, START, a_report_that_waits, nobody_writes, running, status

TWO = ("--processes", "2")
POSTS, KILLED_AFTER = 80, 20
PATIENT_TOO = f"{PATIENT}; from nightlight.server import several; several.ENDS = {2 * START}"


def started_by(process: "subprocess.Popen[str]") -> list[int]:
    """The processes that one has started and that are still there."""
    return [
        int(each) for each in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ]


def holds(process: "subprocess.Popen[str]") -> list[str]:
    """The databases and sockets that a process has open."""
    opened = [str(each.readlink()) for each in Path(f"/proc/{process.pid}/fd").iterdir()]
    return [each for each in opened if "sqlite3" in each or each.startswith("socket:")]


def asks(port: int, path: str, body: dict[str, str]) -> dict[str, str] | None:
    """What the API answers; None where the connection broke."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        caller.request("POST", f"/api/v1/{path}", json.dumps(body), {"Content-Type": "application/json"})
        answer = caller.getresponse()
        found: dict[str, str] = json.load(answer)
    except (ConnectionError, http.client.IncompleteRead):
        return None
    finally:
        caller.close()
    assert answer.status in (200, 201), found
    return found


def tell_all(process: "subprocess.Popen[str]") -> None:
    """As systemd ends a unit, and Ctrl-C what a terminal started: everybody is told, those below twice."""
    for pid in (*started_by(process), process.pid):
        os.kill(pid, signal.SIGTERM)


def end(pid: int) -> None:
    """Kills a process that is not our child, and waits until it can't answer any more."""
    watched = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    ended, _, _ = select.select([watched], [], [], SECONDS)
    os.close(watched)
    assert ended


def kill(process: "subprocess.Popen[str]") -> None:
    """The one that watches is gone, and tells nobody."""
    process.kill()


@pytest.mark.parametrize(
    ("command", "count", "end", "status_"),
    [("web", 2, tell_all, 0), ("serve", 3, tell_all, 0), ("web", 2, kill, -9)],
)
def test_all_end_together_and_a_reporter_who_is_being_answered_still_gets_the_receipt(
    rehearsal: Home,
    port: int,
    command: str,
    count: int,
    end: Callable[["subprocess.Popen[str]"], None],
    status_: int,
) -> None:
    hosts = ("--host", "127.0.0.1", "--host", "::1")
    arguments = (command, *hosts, "--port", str(port), *TWO)
    with running(rehearsal, *arguments, says=f":{port}", first=PATIENT_TOO, limits="off") as process:
        answering, held = started_by(process), holds(process)
        with urllib.request.urlopen(f"http://[::1]:{port}/healthz", timeout=SECONDS) as six:
            by_six = six.status
        with nobody_writes(rehearsal):
            waiting = a_report_that_waits(port)
            end(process)
        answer = waiting.makefile("rb").read()
        process.communicate(timeout=SECONDS)  # until nobody is left who could write to its pipes

    assert (len(answering), len(held), by_six) == (count, 2, 200)  # it holds its two doors, and no database
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert process.returncode == status_
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_one_is_killed_under_load_every_receipt_holds_and_it_is_replaced(rehearsal: Home, port: int) -> None:
    report = {"kind": "material", "text": "Seen on Monday."}
    with running(rehearsal, "web", "--port", str(port), *TWO, says=f":{port}", limits="off") as process:
        falls, stays = started_by(process)
        with ThreadPoolExecutor(4) as pool:
            posts = [pool.submit(asks, port, "reports", report) for _ in range(POSTS)]
            for done, _ in enumerate(as_completed(posts)):
                if done == KILLED_AFTER:
                    os.kill(falls, signal.SIGKILL)
        receipts = [answer["receipt"] for answer in (each.result() for each in posts) if answer]
        known = [asks(port, "receipts", {"receipt": each}) for each in receipts]
        assert process.stderr
        gives_up = threading.Timer(SECONDS, process.kill)  # then nothing more is said
        gives_up.start()
        replaced = any('is replaced"' in line for line in process.stderr)
        gives_up.cancel()
        now = started_by(process)
        end(stays)
        by_the_new_one = status(port, "/healthz")

    assert len(set(receipts)) == len(receipts) > POSTS // 2
    assert all(known)
    assert replaced
    assert len(now) == 2 and falls not in now
    assert by_the_new_one == 200
