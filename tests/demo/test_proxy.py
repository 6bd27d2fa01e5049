"""The egress proxy from outside: it leads to the small internet and to nowhere else."""

import socket

import pytest

from nightlight.demo.internet import SmallInternet
from tests.demo.outside import MONDAY, Visitor

FORBIDDEN = [
    "http://192.0.2.99/",  # reserved for documentation, but nobody listens there
    "http://192.0.2.5:8080/",
    "https://192.0.2.5/",
    "http://pixelbarn.test/a/k3v9",  # a name: not vetted
    "http://127.0.0.1/",
    "http://localhost/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/",
    "http://93.184.216.34/",
    "http://[::1]/",
    "http://[::ffff:192.0.2.5]/",
    "http://3221225989/",  # 192.0.2.5 as one number
    "http://0xc0.0.2.5/",
    "http://192.0.2.5@127.0.0.1/",
    "http://192.0.2.5:99999/",
    "http://[/",
    "/a/k3v9",
    "ftp://192.0.2.5/",
]


def connect(visitor: Visitor, target: str) -> socket.socket:
    host, _, port = visitor.proxy.rpartition(":")
    tunnel = socket.create_connection((host, int(port)), timeout=60)
    tunnel.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    return tunnel


def test_a_vetted_address_leads_to_the_site_that_the_host_names(visitor: Visitor) -> None:
    seen = visitor.asks_proxy("http://192.0.2.5/a/m1x7?page=2", "pixelbarn.test")

    assert (seen.status, "Album m1x7" in seen.text) == (200, True)


def test_a_bracketed_ipv6_address_leads_there_too(visitor: Visitor) -> None:
    assert visitor.asks_proxy("http://[2001:db8:e1b::6f01]/box/7", "sixfold.test").status == 200


@pytest.mark.parametrize("target", FORBIDDEN)
def test_everything_else_is_refused(internet: SmallInternet, visitor: Visitor, target: str) -> None:
    seen = visitor.asks_proxy(target, "pixelbarn.test")

    assert seen.status == 502
    assert [passage.passed for passage in internet.proxy.passages] == [False]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_is_ever_sent_to_a_site(visitor: Visitor, method: str) -> None:
    assert visitor.asks_proxy("http://192.0.2.5/a/k3v9", "pixelbarn.test", method=method).status == 502


def test_a_tunnel_leads_to_the_site_only(visitor: Visitor) -> None:
    with connect(visitor, "192.0.2.5:80") as tunnel, tunnel.makefile("rb") as answers:
        opened = [answers.readline(), answers.readline()]
        tunnel.sendall(b"GET /a/k3v9 HTTP/1.1\r\nHost: pixelbarn.test\r\nConnection: close\r\n\r\n")
        page = answers.read()

    assert opened == [b"HTTP/1.1 200 Connection established\r\n", b"\r\n"]
    assert b"Album k3v9" in page


@pytest.mark.parametrize(
    "target", ["192.0.2.5:443", "127.0.0.1:80", "192.0.2.99:80", "pixelbarn.test:80", "192.0.2.5", "[::1]:80"]
)
def test_a_tunnel_to_anywhere_else_is_refused(visitor: Visitor, target: str) -> None:
    with connect(visitor, target) as tunnel, tunnel.makefile("rb") as answers:
        assert b" 502 " in answers.readline()


def test_every_request_is_noted(internet: SmallInternet, visitor: Visitor) -> None:
    visitor.asks_proxy("http://192.0.2.5/a/k3v9", "pixelbarn.test")

    [passage] = internet.proxy.passages
    assert (passage.at, passage.method, passage.target, passage.host, passage.passed) == (
        MONDAY,
        "GET",
        "http://192.0.2.5/a/k3v9",
        "pixelbarn.test",
        True,
    )
