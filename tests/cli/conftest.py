"""The command as an operator runs it: a process of its own, a home and a database of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.server import databases

PASSWORD = "a lamp in the window"
MANAGER = ("--person", "manager@hotline.test", "--role", "manager")
URL = "NIGHTLIGHT_DATABASE_URL"
SECONDS = 600  # for anything one command does: only so that nothing hangs for ever


@dataclass(frozen=True, slots=True)
class Home:
    """A home that commands are run on; `run("init")` gives back the finished process."""

    folder: Path
    environment: dict[str, str] = field(repr=False)

    def run(self, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command to its end; settings are named as in `nightlight.toml`."""
        return subprocess.run(
            command(*arguments),
            env=self.env(**settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            start_new_session=True,  # without a terminal to ask at
        )

    def start(self, *arguments: str, first: str = "", **settings: str) -> "subprocess.Popen[str]":
        """Starts a command that goes on; `first` is Python that its process does before."""
        return subprocess.Popen(
            command(*arguments, first=first),
            env=self.env(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def env(self, **settings: str) -> dict[str, str]:
        """The environment of a command."""
        return self.environment | {f"NIGHTLIGHT_{name.upper()}": value for name, value in settings.items()}


def command(*arguments: str, first: str = "") -> list[str]:
    """The command of this checkout, in this interpreter, and what is done before it."""
    program = f"{first}\nimport sys; from nightlight.cli import main; sys.exit(main())"
    return [sys.executable, "-c", program, *arguments]


@contextmanager
def opened(folder: Path, like: Home | None = None) -> Iterator[Home]:
    """A home that nobody made yet with an empty database, or a copy of another and its database."""
    (folder / "beside").mkdir(parents=True)
    if like:
        shutil.copytree(like.folder, folder / "home")
        (folder / "home").chmod(0o700)
    with databases.fresh(folder / "beside", like.environment[URL] if like else "") as url:
        plain = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("NIGHTLIGHT_", "DJANGO_"))
        }
        mine = {
            "NIGHTLIGHT_HOME": str(folder / "home"),
            "NIGHTLIGHT_PASSWORD": PASSWORD,
            "PYTHONWARNINGS": "ignore",
            URL: url,
        }
        yield Home(folder / "home", plain | mine)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Home]]:
    """A real home and a rehearsal, each with a manager, made once; tests get copies.

    Making tables takes longest, so both begin with a copy of the same empty ones.
    """
    with ExitStack() as stack:
        tables = stack.enter_context(opened(tmp_path_factory.mktemp("tables") / "one"))
        tables.folder.mkdir()
        migrate = [
            sys.executable,
            "-m",
            "django",
            "migrate",
            "-v",
            "0",
            "--settings",
            "nightlight.server.settings",
        ]
        subprocess.run(migrate, env=tables.env(), check=True, timeout=SECONDS)
        homes = {}
        for kind in ("real", "rehearsal"):
            home = stack.enter_context(opened(tmp_path_factory.mktemp(kind) / "one", tables))
            done = home.run("init", *(["--rehearsal"] if kind == "rehearsal" else []), *MANAGER)
            assert done.returncode == 0, done.stderr
            homes[kind] = home
        yield homes


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home that nobody made yet."""
    with opened(tmp_path / "new") as found:
        yield found


@pytest.fixture
def rehearsal(made: dict[str, Home], tmp_path: Path) -> Iterator[Home]:
    """A rehearsal home with a manager."""
    with opened(tmp_path / "rehearsal", made["rehearsal"]) as found:
        yield found


@pytest.fixture
def real(made: dict[str, Home], tmp_path: Path) -> Iterator[Home]:
    """A real home with a manager."""
    with opened(tmp_path / "real", made["real"]) as found:
        yield found


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    return free_port()
