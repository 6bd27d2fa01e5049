"""The hotline as its neighbours know it: processes that can be started, killed and asked over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from nightlight.demo.loopback import LOOPBACK

PATIENCE = 120.0  # seconds of real time until a process must answer


class HotlineError(Exception):
    """The hotline did not start, or stopped by itself; the message names its log."""


class PortTaken(OSError):
    """Somebody else serves there, whom the demonstration must not be played to."""


def free_port(wanted: int = 0) -> int:
    """The port `wanted`, or any that nobody uses now. Raises PortTaken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just given back is free
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError as error:
            raise PortTaken(f"port {wanted} is in use; choose another with --port") from error
        port: int = probe.getsockname()[1]
        return port


class Part:
    """One process of the hotline: `serve`, `web` or `work`, started again after it was killed."""

    def __init__(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self._command = [
            sys.executable,
            "-c",
            "import sys; from nightlight.cli import main; sys.exit(main())",
            *arguments,
        ]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process; what it says goes to its log."""
        with self._log.open("ab") as log:
            # Its own group, so that Ctrl-C reaches it only through us.
            self._process = subprocess.Popen(  # noqa: S603
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """As a power cut would: no last words."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """As an operator would; killed if it does not end within ten seconds."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()

    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process is None or self._process.poll() is not None


class Hotline:
    """The parts of one hotline and its address."""

    def __init__(self, environment: Mapping[str, str], port: int, folder: Path, *, workers: int = 0) -> None:
        """`workers` 0 is one process for all (`serve`); more is `web` and that many `work` processes."""
        self.base = f"http://localhost:{port}"
        self._log = folder / "hotline.log"
        door = ["--host", LOOPBACK, "--port", str(port)]
        if workers:
            self.parts = [Part("web", ["web", *door], environment, self._log)]
            self.parts += [Part(f"work {n + 1}", ["work"], environment, self._log) for n in range(workers)]
        else:
            self.parts = [Part("serve", ["serve", *door], environment, self._log)]

    def start(self) -> None:
        """Starts every part and waits until the door answers. Raises HotlineError."""
        for part in self.parts:
            part.start()
        self.wait()

    def wait(self) -> None:
        """Returns when the hotline is ready. Raises HotlineError if that takes too long or a part ended."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if any(part.ended() for part in self.parts):
                raise HotlineError(f"a part of the hotline ended by itself; its log is {self._log}")
            try:
                if httpx.get(f"{self.base}/readyz", trust_env=False, timeout=5).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise HotlineError(f"the hotline does not answer; its log is {self._log}")

    def stop(self) -> None:
        """Stops every part."""
        for part in self.parts:
            part.stop()
