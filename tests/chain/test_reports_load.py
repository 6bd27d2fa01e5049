"""The public door under load: `web` and `work` in processes of their own, posts from a third, on the suite's database.

Shorter than `nightlight bench reports`, which measures half a minute. Nothing is lost however busy the machine is;
whether answers are quick is told only where a bare insert of one row, measured in the same run, shows that it can be.
"""

import json
import signal
import sys
import threading
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from nightlight.bench import reports
from tests.server import databases

pytestmark = pytest.mark.prove

RATE, SECONDS = 300.0, 6.0
ABLE_MS = 25.0  # p99 of a bare insert on a machine that can tell


def test_three_hundred_reports_a_second_are_accepted_and_none_is_lost(tmp_path: Path) -> None:
    with databases.fresh(tmp_path) as url:
        peer = reports.bare(url, RATE, SECONDS)
        ours = reports.hotline(tmp_path, url, RATE, SECONDS)

    assert ours["lost"] == 0
    assert ours["accepted"] == RATE * SECONDS
    sys.stderr.write(f"\na bare insert {peer}\na report      {ours}\n")
    if peer["p99"] > ABLE_MS:
        pytest.skip(f"too busy a machine to tell how quick: a bare insert took {peer['p99']:.0f} ms at p99")
    assert ours["p99"] < reports.P99_MS


def test_killed_in_the_middle_nothing_is_lost_that_got_a_receipt(tmp_path: Path) -> None:
    with databases.fresh(tmp_path) as url:
        environment = reports.rehearsal(tmp_path, url)
        port = reports.free_port()
        web = [*reports.COMMAND, "web", "--port", str(port)]
        drawn: list[dict[str, object]] = []
        plan = {"host": "127.0.0.1", "port": port, "path": "/api/v1/reports", "rate": 60, "seconds": 6}
        sender = threading.Thread(target=lambda: drawn.append(reports.load(plan)))
        with reports.started(web, environment, port) as first:
            sender.start()
            time.sleep(3)
            first.send_signal(signal.SIGKILL)
            first.wait()
        with reports.started(web, environment, port):
            sender.join()
            receipts = drawn[0]["receipts"]
            assert isinstance(receipts, list)
            known = [_known(port, receipt) for receipt in receipts]

    assert drawn[0]["others"]  # the kill was felt
    assert len(receipts) > 60
    assert all(known)


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
