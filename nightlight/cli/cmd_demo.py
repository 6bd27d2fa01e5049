"""`nightlight demo`: a throw-away rehearsal hotline on a small internet of its own plays the chain, then is served."""

import argparse
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from nightlight.cli import numbers, progress
from nightlight.demo import SmallInternet
from nightlight.demo.answers import AnswerError
from nightlight.demo.browser import BrowserError
from nightlight.demo.hotline import Hotline, HotlineError, free_port
from nightlight.demo.play import Play, Player, PlayError, Story
from nightlight.demo.script import LEFT_FOR_YOU
from nightlight.server import home

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SERVED_FACTOR = 3600
SAMPLE = "2019-2020"
PEOPLE = {
    "analyst": ("ana@nightlight-hotline.example", ["analyst"]),
    "second": ("ben@nightlight-hotline.example", ["analyst"]),
    "senior": ("sofia@nightlight-hotline.example", ["senior_analyst"]),
    "manager": ("mara@nightlight-hotline.example", ["manager"]),
    "liaison": ("piet@nightlight-hotline.example", ["police_liaison", "child_protection_officer"]),
    "administrator": ("adam@nightlight-hotline.example", ["administrator"]),
    "inspector": ("ines@nightlight-hotline.example", ["inspector"]),
}


class NotEmpty(Exception):
    """The database already holds something."""


class NoSuchHistory(Exception):
    """The file of past reports that was named is not there."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("demo", help="play the whole chain on a small internet, then serve it")
    parser.add_argument("--port", type=numbers.port, default=8000)
    parser.add_argument(
        "--check", action="store_true", help="end after the chain; status 0 if every step arrived"
    )
    parser.add_argument(
        "--workers",
        type=numbers.whole(0, 16),
        default=0,
        metavar="N",
        help="separate workers instead of one process",
    )
    parser.add_argument(
        "--history",
        metavar="FILE|2019-2020",
        help="past reports to begin with: a file as nightlight import reads, or those of the demonstration",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plays, prints what happened and the sign-ins, and serves until Ctrl-C."""
    port = free_port(arguments.port)
    console = Console(stderr=False, highlight=False)
    signal.signal(signal.SIGTERM, _interrupt)
    if arguments.history not in (None, SAMPLE) and not Path(arguments.history).is_file():
        raise NoSuchHistory(f"there is no file {arguments.history}; give one, or {SAMPLE}")
    with tempfile.TemporaryDirectory(prefix="nightlight-demo-") as folder, ExitStack() as stack:
        try:
            demonstration = stack.enter_context(
                demonstrate(Path(folder), port, arguments.workers, arguments.history)
            )
            with _display(console) as display:
                story = demonstration.play(display).perform()
        except (PlayError, BrowserError, HotlineError) as error:
            console.print(f"[bold red]The chain broke:[/] {error}")
            log = Path(folder) / "hotline.log"
            if log.exists():
                console.print("\n".join(log.read_text().splitlines()[-15:]), markup=False)
            return 1
        findings = _verify()
        _tell(console, story, findings)
        if arguments.check:
            return 1 if findings else 0
        _tell_sign_ins(console, demonstration)
        demonstration.serve_on()
    console.print("Stopped. The demonstration's files are deleted.")
    return 0


@dataclass(slots=True)
class Demonstration:
    """A running rehearsal hotline with its small internet and its people."""

    internet: SmallInternet
    hotline: Hotline
    players: dict[str, Player]
    member: str
    clock: "Turntable"

    def play(self, audience: "Display") -> Play:
        """The play, ready to be performed."""
        return Play(self.internet, self.hotline.base, self.players, self.member, self.clock, audience)

    def serve_on(self) -> None:
        """Lets an hour pass each second and providers answer, until Ctrl-C."""
        self.clock.run_fast(SERVED_FACTOR)
        try:
            while True:
                time.sleep(0.5)
                for due in self.internet.pending_answers():
                    try:
                        self.internet.give(due)
                    except AnswerError:
                        continue  # asked again in half a second
        except KeyboardInterrupt:
            return


@contextmanager
def demonstrate(
    folder: Path, port: int, workers: int = 0, history: str | None = None
) -> Iterator[Demonstration]:
    """Makes the home in `folder`, brings the past reports of `history` in if any, starts the small internet and the
    hotline, and stops both at the end.

    The database is NIGHTLIGHT_DATABASE_URL if set, else SQLite in the folder. Raises NotEmpty, HotlineError.
    """
    os.environ.update(_environment(folder, port))
    home.make()
    home.start_django()
    from django.db import connection

    if connection.introspection.table_names():
        raise NotEmpty("the database is not empty; a demonstration needs one of its own")
    home.establish(rehearsal=True)
    clock = Turntable()
    clock.stand_at(MONDAY)
    players, member = _people()
    if history:
        _bring(history)
    with SmallInternet(clock.now, folder / "mail") as internet:
        hotline = Hotline(internet.environment(), port, folder, workers=workers)
        try:
            hotline.start()
            yield Demonstration(internet, hotline, players, member, clock)
        finally:
            hotline.stop()


class Turntable:
    """The rehearsal's clock in the director's hands.

    The small internet asks for the time from many threads and one event loop; one thread of our own answers all,
    so that there is one connection to the database and none is opened inside the loop.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turntable")

    def now(self) -> datetime:
        """The hotline's time."""
        from nightlight.work import clock

        return self._thread.submit(clock.now).result()

    def stand_at(self, moment: datetime) -> None:
        """The clock stands at `moment` until it is let go."""
        self._run(moment, None, until=moment)

    def advance(self, until: datetime) -> None:
        """Lets the hotline jump from one due moment to the next, as far as `until`; returns when it is there."""
        self._run(self.now(), None, until=until)
        while self.now() < until:
            time.sleep(0.02)

    def run_fast(self, factor: int) -> None:
        """From now on, `factor` hotline seconds a second."""
        self._run(self.now(), factor)

    def _run(self, start: datetime, factor: int | None, until: datetime | None = None) -> None:
        from nightlight.work import clock

        self._thread.submit(clock.run, start, factor, until=until).result()


class Display:
    """The terminal: a line for each act and each event, and a bar while something goes on."""

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console, self._progress = console, progress
        self._act: TaskID | None = None
        self._began = time.monotonic()

    def act(self, title: str) -> None:
        """A new act begins."""
        if self._act is not None:
            self._progress.remove_task(self._act)
        self._progress.console.print(f"[bold]{title}[/] [dim]{time.monotonic() - self._began:.0f} s[/]")
        self._act = self._progress.add_task(title, total=None)

    def tell(self, text: str) -> None:
        """Something happened."""
        self._progress.console.print(f"  {text}", markup=False)

    def progress(self, done: int, total: int) -> None:
        """How far the act is."""
        if self._act is not None:
            self._progress.update(self._act, completed=done, total=total)


@contextmanager
def _display(console: Console) -> Iterator[Display]:
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Display(console, progress)


def _environment(folder: Path, port: int) -> dict[str, str]:
    kept = os.environ.get("NIGHTLIGHT_DATABASE_URL")
    for name in [name for name in os.environ if name.startswith("NIGHTLIGHT_")]:
        del os.environ[name]
    values = {
        "NIGHTLIGHT_HOME": str(folder / "home"),
        "NIGHTLIGHT_NAME": "Nightlight Demonstration",
        "NIGHTLIGHT_COUNTRY": "DE,NL,FR",
        "NIGHTLIGHT_BASE_URL": f"http://localhost:{port}",
        "NIGHTLIGHT_EMAIL_FROM": "hotline@nightlight-hotline.example",
        "NIGHTLIGHT_LIMITS": "off",
    }
    return values | ({"NIGHTLIGHT_DATABASE_URL": kept} if kept else {})


def _people() -> tuple[dict[str, Player], str]:
    from nightlight.accounts import people, tokens

    players = {}
    for role, (email, roles) in PEOPLE.items():
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        people.add(email, roles, password, by="system")
        token = tokens.issue_for(f"demonstration {role}", ["desk"], email)
        players[role] = Player(role, email, password, token)
    return players, tokens.issue_for("Harbour Social", ["member", "urls_clear"])


def _bring(history: str) -> None:
    from nightlight.demo import past_years
    from nightlight.stats import past

    def refuse(number: int, reason: str) -> None:
        print(f"line {number}: {reason}", file=sys.stderr)

    with ExitStack() as stack:
        lines: Iterable[bytes] = (
            (line.encode() for line in past_years.lines())
            if history == SAMPLE
            else stack.enter_context(Path(history).open("rb"))
        )
        move = stack.enter_context(progress.shown("past reports"))
        past.bring(lines, refuse, lambda done: move(done, None))


def _verify() -> list[str]:
    from nightlight.audit import checkpoints, verify

    checkpoints.checkpoint_now()
    return list(verify.verify().findings)


def _tell(console: Console, story: Story, findings: list[str]) -> None:
    console.print()
    console.print(f"[bold]{story.reports} reports[/] became {story.cases} cases.", highlight=False)
    for state, count in sorted(story.states.items(), key=lambda item: -item[1]):
        console.print(f"  {count:>4}  {state.replace('_', ' ')}")
    console.print(f"{story.notices} notices, {story.answers} answers, {story.second_looks} second looks.")
    console.print(
        f"{story.referrals} referrals; {story.hashes} fingerprints and {story.urls} addresses on the lists."
    )
    console.print(
        "The audit log verifies." if not findings else f"[bold red]The log does not verify:[/] {findings[0]}"
    )


def _tell_sign_ins(console: Console, demonstration: Demonstration) -> None:
    base = demonstration.hotline.base
    console.print()
    console.print(f"[bold]The hotline is served at {base}/[/]  An hour passes each second.")
    console.print(f"  1. Report {LEFT_FOR_YOU[0]} at {base}/report/ and keep the receipt.")
    console.print(f"  2. Sign in at {base}/desk/ and decide on it; category A needs a second person.")
    console.print(f"  3. Watch it go, and ask with your receipt at {base}/receipt/")
    for player in demonstration.players.values():
        console.print(f"  {player.role:<14} {player.email:<34} {player.password}", markup=False)
    console.print("Stop with Ctrl-C.")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
