"""Runs a command with a throw-away PostgreSQL: `python tests/with_postgres.py pytest -q`.

With `--durable` before the command it waits for the disk as a hotline's does: for proofs and benchmarks. Starts
Debian's server on a unix socket in a temporary folder (as `nobody` when we are root), sets NIGHTLIGHT_DATABASE_URL,
and stops it at the end. Fails, never skips, where the server is missing.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Nothing of it is to outlive the run, so it waits for no disk; what is small is not worth compiling.
THROWN_AWAY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off"
DURABLE = "--durable"
PATIENCE = "600"  # seconds until a start or a stop counts as failed


def server_folder() -> Path:
    """Where initdb and pg_ctl are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parent.parent.name)
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).parent
    sys.exit("PostgreSQL's server is missing: apt-get install postgresql")


def main(command: list[str]) -> int:
    """Starts the server, runs the command, stops the server; returns the command's exit status."""
    hurried = "" if command[:1] == [DURABLE] else THROWN_AWAY
    command = command if hurried else command[1:]
    binaries = server_folder()
    folder = Path(tempfile.mkdtemp(prefix="nightlight-pg-"))
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(*parts: str) -> None:
        subprocess.run(
            parts,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
        )

    try:
        run(
            str(binaries / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "nightlight",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        options = f"-k {folder} -c listen_addresses='' -c max_connections=200 {hurried}"
        run(
            str(binaries / "pg_ctl"),
            "-D",
            str(folder / "data"),
            "-l",
            str(folder / "log"),
            "-w",
            "-t",
            PATIENCE,
            "-o",
            options,
            "start",
        )
        run(str(binaries / "createdb"), "-h", str(folder), "-U", "nightlight", "nightlight")
        url = f"postgresql://nightlight@/nightlight?host={folder}"
        return subprocess.run(
            command, env={**os.environ, "NIGHTLIGHT_DATABASE_URL": url}, check=False
        ).returncode
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            run(
                str(binaries / "pg_ctl"),
                "-D",
                str(folder / "data"),
                "-m",
                "immediate",
                "-t",
                PATIENCE,
                "stop",
            )
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
