"""Nothing ever leaves the machine: the chain runs the same where there is no network but loopback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.prove

ROOT = Path(__file__).parent.parent.parent
# Sets loopback up (SIOCSIFFLAGS with IFF_UP and IFF_RUNNING, netdevice(7)), then becomes the command.
UP = """
import fcntl, os, socket, struct, sys
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41))
os.execv(sys.argv[1], sys.argv[1:])
"""
# Root needs no user namespace, and in one could not reach a database server's socket that is another user's.
AS_ROOT = [] if os.geteuid() == 0 else ["--map-root-user"]
ALONE = ["unshare", "--net", *AS_ROOT, sys.executable, "-c", UP, sys.executable]
# A server on loopback can be reached, and nothing else: there is no way to anywhere.
LOOK = """
import errno, socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname())
assert socket.socket().connect_ex(("192.0.2.1", 80)) == errno.ENETUNREACH
"""


@pytest.fixture
def alone() -> list[str]:
    """How a command is run in a network namespace of its own. Fails, never skips, where that is not allowed."""
    tried = subprocess.run([*ALONE, "-c", LOOK], capture_output=True, text=True)
    if tried.returncode:
        pytest.fail(
            "no network namespace can be made here: run as root, or allow it with "
            f"sysctl kernel.unprivileged_userns_clone=1 (unshare said: {tried.stderr.strip()})"
        )
    return ALONE


def test_the_chain_runs_where_there_is_only_loopback(alone: list[str]) -> None:
    tests = [
        "tests/chain/test_one_page.py",
        "tests/chain/test_closed.py",
        "tests/takedown/test_watch_small_internet.py",
    ]

    done = subprocess.run(
        [*alone, "-m", "pytest", "-q", *tests],
        cwd=ROOT,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout and "skipped" not in done.stdout
