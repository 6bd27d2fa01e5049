"""What `nightlight demo` refuses before it plays; that it plays is proven in tests/chain."""

import socket

from tests.cli.conftest import Home


def test_a_port_where_somebody_else_serves_is_refused_at_once(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = home.run("demo", "--check", "--port", port)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port} is in use" in done.stderr


def test_a_database_that_is_not_empty_is_refused(rehearsal: Home) -> None:
    done = rehearsal.run("demo", "--check", "--port", "0")

    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert rehearsal.run("audit", "verify").returncode == 0
