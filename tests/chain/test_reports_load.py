"""The public door under load: `web` and `work` in processes of their own, posts from others, on the suite's database.

Shorter than `nightlight bench reports`, which measures half a minute. Nothing is lost however busy the machine is;
whether answers are quick is told only where a bare insert of one row, measured in the same run, shows that it can be.
"""

import json
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from nightlight.bench import reports
from tests.ports import free_port
from tests.server import databases

pytestmark = pytest.mark.prove

RATE, SECONDS = 300.0, 6.0
POSTED = 360
ENOUGH = 120  # taken in before one is ended, so that most are still to come
ABLE_MS = 25.0  # p99 of a bare insert on a machine that can tell


def test_three_hundred_reports_a_second_are_accepted_and_none_is_lost(tmp_path: Path) -> None:
    with databases.fresh(tmp_path) as url:
        peer = reports.bare(url, RATE, SECONDS)
        ours = reports.hotline(tmp_path, url, RATE, SECONDS, processes=2)

    assert ours["lost"] == 0
    assert ours["accepted"] == RATE * SECONDS
    sys.stderr.write(f"\na bare insert {peer}\na report      {ours}\n")
    if peer["p99"] > ABLE_MS:
        pytest.skip(f"too busy a machine to tell how quick: a bare insert took {peer['p99']:.0f} ms at p99")
    assert ours["p99"] < reports.P99_MS


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_ended_in_the_middle_nothing_is_lost_that_got_a_receipt(
    tmp_path: Path, ended_by: signal.Signals
) -> None:
    with databases.fresh(tmp_path) as url:
        environment = reports.rehearsal(tmp_path, url)
        port = free_port()
        with reports.started(_web(port), environment, port) as first, _posting(port) as drawn:
            _taken_in(port, ENOUGH)
            first.send_signal(ended_by)
            first.wait()
        with reports.started(_web(port), environment, port):
            receipts = drawn[0]["receipts"]
            known = [_known(port, receipt) for receipt in receipts]

    assert drawn[0]["others"]  # the end was felt
    assert len(receipts) > 60
    assert all(known)


def test_of_two_webs_on_one_database_one_is_killed_and_the_other_loses_nothing(tmp_path: Path) -> None:
    with databases.fresh(tmp_path) as url:
        environment = reports.rehearsal(tmp_path, url)
        falls, stays = free_port(), free_port()
        with (
            reports.started(_web(falls), environment, falls) as first,
            reports.started(_web(stays), environment, stays),
        ):
            with _posting(falls, seed=1) as fallen, _posting(stays, seed=2) as stayed:
                _taken_in(stays, ENOUGH)
                first.kill()
                first.wait()
            receipts = [*fallen[0]["receipts"], *stayed[0]["receipts"]]
            known = [_known(stays, receipt) for receipt in receipts]

    assert fallen[0]["others"] and not stayed[0]["others"]
    assert stayed[0]["accepted"] == POSTED
    assert len(set(receipts)) == len(receipts) > POSTED
    assert all(known)


def _web(port: int) -> list[str]:
    return [*reports.COMMAND, "web", "--port", str(port)]


@contextmanager
def _posting(port: int, seed: int = 1) -> Iterator[list[dict[str, Any]]]:
    """Posts POSTED reports there in six seconds, beside what is done inside; what came of it is there afterwards."""
    drawn: list[dict[str, Any]] = []
    plan = {"host": "127.0.0.1", "port": port, "path": "/api/v1/reports", "rate": POSTED / 6, "seconds": 6}
    sender = threading.Thread(target=lambda: drawn.append(reports.load({**plan, "seed": seed})))
    sender.start()
    yield drawn
    sender.join()


def _taken_in(port: int, count: int) -> None:
    """Returns when so many reports are in the database that is served there."""
    found = None
    while not found or int(found[1]) < count:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            found = re.search(rb"^nightlight_reports (\d+)$", answer.read(), re.M)


def _known(port: int, receipt: str) -> bool:
    asked = Request(
        f"http://127.0.0.1:{port}/api/v1/receipts",
        json.dumps({"receipt": receipt}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with build_opener(ProxyHandler({})).open(asked, timeout=60) as answer:
            return int(answer.status) == 200
    except HTTPError as error:
        return error.code != 404
