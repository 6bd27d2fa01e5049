"""reports: 300 reports a second accepted and durable, web and work apart, beside a bare insert of one row."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener
from uuid import uuid4

Say = Callable[[str], None]

RATE, SECONDS, WARM = 300.0, 30.0, 3.0
SETTLED = 120.0  # seconds
P99_MS = 100.0  # issue 5
COMMAND = [sys.executable, "-c", "import sys; from nightlight.cli import main; sys.exit(main())"]


def run(say: Say) -> int:
    """Measure on SQLite and, where NIGHTLIGHT_DATABASE_URL names one, on PostgreSQL. 0: all targets met; 1: not."""
    return measure(say, float(os.environ.get("RATE", RATE)), float(os.environ.get("SECONDS", SECONDS)))


def measure(say: Say, rate: float, seconds: float) -> int:
    """Ours and the peer's in turn on each database. `rate` is reports a second, kept up for `seconds`."""
    say(
        f"{rate:.0f} reports/s for {seconds:.0f} s; load of this machine {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} processors"
    )
    say("ms/report is processor time of the web; a time counts from the moment its report was to be sent")
    say(f"{'on':<12}{'what':<22}{'accepted':>9}{'lost':>6}{'median':>9}{'p99':>9}{'ms/report':>11}   target")
    met = True
    for kind in ("sqlite", "postgresql"):
        if kind == "postgresql" and not os.environ.get("NIGHTLIGHT_DATABASE_URL", "").startswith("postgres"):
            say("postgresql  not measured: NIGHTLIGHT_DATABASE_URL names none")
            continue
        with _place(kind) as (folder, url):
            peer = bare(url, rate, seconds)
            ours = hotline(folder, url, rate, seconds)
        with _place(kind) as (folder, url):
            keyed = hotline(folder, url, rate, seconds, keyed=True)
        with _place(kind) as (folder, url):
            twice = hotline(folder, url, rate, seconds, processes=2)
        _row(say, kind, "a bare insert", peer)
        for what, found in (
            ("a report", ours),
            ("a report with a key", keyed),
            ("a report, 2 processes", twice),
        ):
            kept = found["p99"] < P99_MS and not found["lost"] and found["whole"]
            _row(say, kind, what, found, f"p99 {P99_MS:.0f} ms, none lost: {'met' if kept else 'NOT MET'}")
            met &= kept
        say(
            f"{kind:<12}a report takes {ours['median'] / peer['median']:.1f}x the time and "
            f"{ours['processor'] / max(peer['processor'], 0.01):.1f}x the processor of a bare insert"
        )
    return 0 if met else 1


@contextmanager
def _place(kind: str) -> Iterator[tuple[Path, str]]:
    with (
        tempfile.TemporaryDirectory(prefix="nightlight-bench-") as folder,
        database(kind, Path(folder)) as url,
    ):
        yield Path(folder), url


def hotline(
    folder: Path, url: str, rate: float, seconds: float, processes: int = 1, keyed: bool = False
) -> dict[str, Any]:
    """A hotline of its own, `web` with so many processes and `work` in one of its own, under load; `keyed` as forms
    are."""
    environment = rehearsal(folder, url)
    port = free_port()
    web = [*COMMAND, "web", "--port", str(port), "--processes", str(processes)]
    with (
        started(web, environment, port) as server,
        started([*COMMAND, "work", "-n", "1"], environment) as worker,
    ):
        for process in (server, worker):
            settle(process)
        return _under_load(server, port, "/api/v1/reports", rate, seconds, keyed)


def rehearsal(folder: Path, url: str) -> dict[str, str]:
    """Makes a rehearsal's home there; returns the environment of its processes, which ask for no proof of work."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_"))
    }
    environment = {
        **plain,
        "NIGHTLIGHT_HOME": str(folder / "home"),
        "NIGHTLIGHT_DATABASE_URL": url,
        "NIGHTLIGHT_LIMITS": "off",
    }
    subprocess.run(  # noqa: S603
        [*COMMAND, "init", "--rehearsal"], env=environment, check=True, capture_output=True
    )
    return environment


def bare(url: str, rate: float, seconds: float) -> dict[str, Any]:
    """The peer: a server that writes each body it is posted as one row, durably, and does nothing else."""
    port = free_port()
    with started(
        [sys.executable, "-m", "nightlight.bench.bare_insert", url, str(port)], dict(os.environ), port
    ) as it:
        return _under_load(it, port, "/", rate, seconds)


def _under_load(
    server: "subprocess.Popen[bytes]", port: int, path: str, rate: float, seconds: float, keyed: bool = False
) -> dict[str, Any]:
    plan = {"host": "127.0.0.1", "port": port, "path": path, "rate": rate, "keyed": keyed}
    load({**plan, "seconds": WARM, "seed": 2 * port})
    before = _processor(server.pid)
    drawn = load({**plan, "seconds": seconds, "seed": 2 * port + 1})
    accepted, posts = drawn["accepted"], round(rate * seconds)
    taken = sorted(drawn["milliseconds"])
    return {
        "accepted": accepted,
        "lost": posts - accepted,
        "median": taken[len(taken) // 2],
        "p99": taken[int(len(taken) * 0.99)],
        "processor": (_processor(server.pid) - before) * 1000 / posts,
        "whole": drawn["seconds"] < seconds + 1,
    }


def load(plan: dict[str, Any]) -> dict[str, Any]:
    """What a load generator in a process of its own draws from such a plan (`bench/load.py`)."""
    done = subprocess.run(
        [sys.executable, "-m", "nightlight.bench.load"],
        input=json.dumps(plan).encode(),
        check=True,
        capture_output=True,
    )
    drawn: dict[str, Any] = json.loads(done.stdout)
    return drawn


@contextmanager
def started(
    command: list[str], environment: dict[str, str], port: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of ours, ready where a port is named, and ended at the end."""
    process = subprocess.Popen(  # noqa: S603
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        if port:
            wait_for(process, port)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Until somebody answers there. Raises RuntimeError where the process ends before, or after a minute."""
    opener, last = build_opener(ProxyHandler({})), time.monotonic() + 60
    while time.monotonic() < last and process.poll() is None:
        try:
            opener.open(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing opened port {port}")


def settle(process: "subprocess.Popen[bytes]") -> None:
    """Until a process that was just started is ready and idle (it loads hashing and matching beside what it serves),
    at most SETTLED seconds."""
    last, before = time.monotonic() + SETTLED, _processor(process.pid)
    while time.monotonic() < last:
        time.sleep(2.0)
        now = _processor(process.pid)
        if now - before < 0.2:
            return
        before = now


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """A database of its own: a file in the folder, or one on the PostgreSQL that the environment names."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    import psycopg

    server_url = os.environ["NIGHTLIGHT_DATABASE_URL"]
    name = f"nl_bench_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _processor(pid: int) -> float:
    """Seconds of processor time that a process and those it started took so far (proc(5), fields 14 and 15 of
    `stat`)."""
    here = Path(f"/proc/{pid}")
    fields = (here / "stat").read_text().rsplit(")", 1)[1].split()
    started = [int(each) for task in here.glob("task/*/children") for each in task.read_text().split()]
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(_processor, started))


def _row(say: Say, kind: str, what: str, found: dict[str, Any], verdict: str = "") -> None:
    say(
        f"{kind:<12}{what:<22}{found['accepted']:>9}{found['lost']:>6}{found['median']:>9.1f}{found['p99']:>9.1f}"
        f"{found['processor']:>11.2f}   {verdict}"
    )
