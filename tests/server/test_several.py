"""Several processes and the one that watches over them: it replaces who ends, passes on its end, and none outlives it.

The parts are tiny programs that say their process id, and then for every line they are sent whether they were told to
end.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.saboteur import turns_red

WATCH = r"""
import os, signal
from nightlight.server import logs, several

def answers(told):
    signal.alarm(60)
    os.write(1, b"%d\n" % os.getpid())
    while os.read(0, 1):
        os.write(1, b"yes\n" if told() else b"no\n")

def falls(told):
    os._exit(3)

signal.alarm(60)
logs.set_up()
"""
RUN = "several.run({parts}, [], lambda: None)\n"
# Guards taken away:
LETS_THEM_LIVE_ON = """
from types import SimpleNamespace
watching = os.getpid()
several.os = SimpleNamespace(**{**vars(os), "getppid": lambda: watching})
"""
LETS_SIGNALS_END_THEM = """
def told(watching):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, several.HEARD)
    return lambda: False
several._told = told
"""


@contextmanager
def watching(parts: str, before: str = "") -> Iterator["subprocess.Popen[str]"]:
    """A process that watches over such parts; what it started ends with its standard input."""
    with subprocess.Popen(
        [sys.executable, "-c", WATCH + before + RUN.format(parts=parts)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]") -> str:
    """The next line of a part; empty where all have ended."""
    assert process.stdout
    return process.stdout.readline().strip()


def asked(process: "subprocess.Popen[str]") -> str:
    """What a part answers to whether it was told to end."""
    assert process.stdin
    process.stdin.write("?")
    process.stdin.flush()
    return said(process)


def warned(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """The lines of the log, as they come."""
    assert process.stderr
    for line in process.stderr:
        yield json.loads(line)


def test_who_ends_is_replaced() -> None:
    with watching("[answers, answers]") as process:
        first = {int(said(process)), int(said(process))}
        os.kill(min(first), signal.SIGKILL)
        new = int(said(process))

    assert len(first) == 2
    assert new not in {*first, process.pid}


def test_who_keeps_ending_is_replaced_after_ever_longer_pauses() -> None:
    short = "several.FIRST, several.LONGEST = 0.001, 0.004\n"

    with watching("[falls]", short) as process:
        log = warned(process)
        ends = [line for line in (next(log) for _ in range(8)) if line["level"] == "warning"]

    assert [line["message"].split(" in ")[1] for line in ends[:4]] == [
        "0.001 s",
        "0.002 s",
        "0.004 s",
        "0.004 s",
    ]
    assert {line["error"] for line in ends} == {"exit status 3"}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_end_is_passed_on_and_waits_for_everybody(how: signal.Signals) -> None:
    with watching("[answers]") as process:
        said(process)
        process.send_signal(how)
        while asked(process) == "no":
            continue
        waits = process.poll()
        assert process.stdin
        process.stdin.close()  # now the part is done
        code = process.wait(60)

    assert (waits, code) == (None, 0)


def test_who_does_not_end_is_cut_off_when_told_twice() -> None:
    with watching("[answers]") as process:
        said(process)
        process.send_signal(signal.SIGTERM)
        while asked(process) == "no":
            continue
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)

    assert code == 0


def test_signals_that_reach_all_at_once_cut_nobody_off(before: str = "") -> None:
    with watching("[answers]", before) as process:
        part = int(said(process))
        os.kill(part, signal.SIGINT)  # Ctrl-C reaches the whole group
        after_one = asked(process)
        os.kill(
            part, signal.SIGTERM
        )  # systemd tells every process of a unit, and so does the one that watches
        os.kill(part, signal.SIGTERM)
        after_three = asked(process)

    assert (after_one, after_three) == ("no", "yes")


def test_where_nobody_watches_any_more_a_part_ends(before: str = "") -> None:
    with watching("[answers]", before) as process:
        said(process)
        process.kill()
        process.wait()
        answer = asked(process)

    assert answer == "yes"


def test_without_the_guard_a_signal_to_all_would_cut_people_off() -> None:
    turns_red(test_signals_that_reach_all_at_once_cut_nobody_off, LETS_SIGNALS_END_THEM, by=(OSError,))


def test_without_looking_who_watches_a_part_would_live_on() -> None:
    turns_red(test_where_nobody_watches_any_more_a_part_ends, LETS_THEM_LIVE_ON)
