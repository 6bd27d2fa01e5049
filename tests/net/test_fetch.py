"""The guarded fetcher against real servers on loopback, reached as documentation addresses through a proxy."""

import gzip
import ipaddress
import itertools
import threading
import zlib
from collections.abc import Iterator

import pytest

from nightlight.net.errors import Obstacle, Refused, TimedOut, TooLarge, TooManyRedirects, Unreachable
from nightlight.net.fetch import Caps, Fetcher, Hop, origin
from nightlight.net.resolve import CannotTell
from tests.net.small_internet import FakeResolver, Reply, Site, SmallInternet


def sent_on(location: str, status: int = 302) -> Reply:
    return Reply(status, headers={"Location": location})


def local_site(internet: SmallInternet, replies: dict[str, Reply]) -> tuple[Site, str]:
    """A server as it really is: on loopback."""
    site = internet.site("local.test", "192.0.2.250", replies)
    return site, f"http://127.0.0.1:{site.port}"


def test_a_page_comes_back_with_its_status_headers_body_and_the_address_that_answered(
    internet: SmallInternet,
) -> None:
    internet.site("a.test", "192.0.2.10", {"/x?q=1": Reply(200, b"hello", {"X-Kind": "page"})})

    fetched = internet.fetcher().fetch("HTTP://A.test:80/x?q=1#part")

    assert (fetched.url, fetched.status, fetched.body) == ("http://a.test/x?q=1", 200, b"hello")
    assert fetched.headers["x-kind"] == "page"
    assert fetched.chain == (Hop("http://a.test/x?q=1", "192.0.2.10", 200),)
    assert (fetched.ip, fetched.truncated) == ("192.0.2.10", False)


def test_the_proxy_is_given_the_vetted_address_and_the_site_its_name(internet: SmallInternet) -> None:
    site = internet.site("a.test", "192.0.2.10", {"/x": Reply()}, port=8080)

    internet.fetcher().fetch("http://a.test:8080/x")

    assert internet.proxied == [("GET", "http://192.0.2.10:8080/x", "a.test:8080")]
    assert site.asked == [("GET", "/x", "a.test:8080")]


def test_https_is_tunnelled_to_the_vetted_address_and_the_certificate_checked_for_the_name(
    internet: SmallInternet,
) -> None:
    server, client = internet.certificate("a.test")
    site = internet.site("a.test", "192.0.2.10", {"/x": Reply(200, b"safe")}, port=443, tls=server)

    fetched = internet.fetcher(verify=client).fetch("https://a.test/x")

    assert fetched.body == b"safe"
    assert internet.proxied == [("CONNECT", "192.0.2.10:443", "192.0.2.10:443")]
    assert site.asked == [("GET", "/x", "a.test")]


def test_a_certificate_for_another_name_is_unreachable_by_certificate(internet: SmallInternet) -> None:
    server, client = internet.certificate("other.test")
    internet.site("a.test", "192.0.2.10", {"/x": Reply()}, port=443, tls=server)

    with pytest.raises(Unreachable) as caught:
        internet.fetcher(verify=client).fetch("https://a.test/x")

    assert caught.value.reason == "certificate"


def test_certificates_can_be_left_unchecked_on_purpose(internet: SmallInternet) -> None:
    server, _ = internet.certificate("other.test")
    internet.site("a.test", "192.0.2.10", {"/x": Reply(200, b"seen")}, port=443, tls=server)

    fetched = internet.fetcher(verify=False).fetch("https://a.test/x")

    assert fetched.body == b"seen"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("ip", ["192.0.2.10", "2001:db8::10"])
def test_a_socks_proxy_is_given_the_vetted_address(internet: SmallInternet, scheme: str, ip: str) -> None:
    server, client = internet.certificate("a.test")
    tls = {"port": 443, "tls": server} if scheme == "https" else {}
    internet.site("a.test", ip, {"/x": Reply(200, b"hi")}, **tls)  # type: ignore[arg-type]

    fetched = internet.fetcher(proxy=internet.socks, verify=client).fetch(f"{scheme}://a.test/x")

    assert (fetched.body, fetched.ip) == (b"hi", ip)
    assert internet.proxied[0][0] == "SOCKS"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_ipv6_hosts_pass_an_http_proxy_in_brackets(internet: SmallInternet, scheme: str) -> None:
    server, client = internet.certificate("a.test")
    tls = {"port": 443, "tls": server} if scheme == "https" else {}
    internet.site("a.test", "2001:db8::10", {"/x": Reply(200, b"hi")}, **tls)  # type: ignore[arg-type]

    fetched = internet.fetcher(verify=client).fetch(f"{scheme}://a.test/x")

    assert fetched.body == b"hi"
    assert "[2001:db8::10]:" in internet.proxied[0][1]


def test_the_proxy_of_the_environment_is_ignored(
    internet: SmallInternet, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, url = local_site(internet, {"/rdap": Reply(200, b"{}")})
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    Fetcher(None, FakeResolver()).fetch_trusted(f"{url}/rdap")

    assert len(site.asked) == 1


def test_redirects_are_followed_by_hand_and_recorded(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/1": sent_on("/2", 301), "/2": sent_on("//b.test/3?x", 307)})
    internet.site("b.test", "192.0.2.11", {"/3?x": Reply(200, b"end")})

    fetched = internet.fetcher().fetch("http://a.test/1")

    assert fetched.chain == (
        Hop("http://a.test/1", "192.0.2.10", 301),
        Hop("http://a.test/2", "192.0.2.10", 307),
        Hop("http://b.test/3?x", "192.0.2.11", 200),
    )
    assert (fetched.url, fetched.body, fetched.ip) == ("http://b.test/3?x", b"end", "192.0.2.11")


INTO_OUR_NETWORK = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/",
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://localhost/",
    "http://inside.test/",
    "http://user:pass@10.0.0.1/",
    "//0/",
    "file:///etc/passwd",
    "gopher://192.0.2.10/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("location", INTO_OUR_NETWORK)
def test_a_redirect_into_our_network_is_refused(internet: SmallInternet, location: str) -> None:
    internet.site("a.test", "192.0.2.10", {"/": sent_on(location)})
    internet.dns.names["inside.test"] = ["10.1.2.3"]

    with pytest.raises(Refused):
        internet.fetcher().fetch("http://a.test/")

    assert [target for _, target, _ in internet.proxied] == ["http://192.0.2.10:80/"]


@pytest.mark.parametrize("location", INTO_OUR_NETWORK[:3])
def test_a_trusted_server_cannot_send_us_to_an_untrusted_place_inside(
    internet: SmallInternet, location: str
) -> None:
    _, url = local_site(internet, {"/ip/1": sent_on(location)})

    with pytest.raises(Refused):
        internet.fetcher().fetch_trusted(f"{url}/ip/1")

    assert internet.proxied == []


def test_a_trusted_server_may_send_us_to_another_trusted_one_on_loopback(internet: SmallInternet) -> None:
    _, other = local_site(internet, {"/ip/1": Reply(200, b"{}")})
    _, url = local_site(internet, {"/ip/1": sent_on(f"{other}/ip/1")})

    fetched = internet.fetcher().fetch_trusted(f"{url}/ip/1", also_trusted=frozenset({other}))

    assert fetched.body == b"{}"
    assert internet.proxied == []


def test_a_trusted_server_named_localhost_is_asked_without_dns_or_proxy(internet: SmallInternet) -> None:
    site, _ = local_site(internet, {"/rdap": Reply(200, b"{}")})

    fetched = internet.fetcher().fetch_trusted(f"http://localhost:{site.port}/rdap")

    assert fetched.body == b"{}"
    assert internet.dns.asked == []
    assert internet.proxied == []


def test_a_trusted_server_elsewhere_is_asked_through_the_proxy(internet: SmallInternet) -> None:
    internet.site("rdap.test", "192.0.2.53", {"/ip/1": Reply(200, b"{}")})

    internet.fetcher(allow=()).fetch_trusted("http://rdap.test/ip/1")

    assert internet.proxied == [("GET", "http://192.0.2.53:80/ip/1", "rdap.test")]


def test_loopback_is_refused_even_when_an_operator_allows_it(internet: SmallInternet) -> None:
    site, url = local_site(internet, {"/": Reply()})
    fetcher = internet.fetcher(allow=(ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")))

    with pytest.raises(Refused):
        fetcher.fetch(url)

    assert site.asked == []


def test_one_private_address_among_good_ones_refuses_the_host(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply()})
    internet.dns.names["a.test"] = ["192.0.2.10", "10.0.0.1"]

    with pytest.raises(Refused):
        internet.fetcher().fetch("http://a.test/")

    assert internet.proxied == []


def test_a_name_that_changes_its_answer_cannot_change_where_we_connect(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, b"first")})
    internet.dns.turns["a.test"] = [["192.0.2.10"], ["127.0.0.1"], ["127.0.0.1"]]

    fetched = internet.fetcher().fetch("http://a.test/")

    assert fetched.body == b"first"
    assert internet.dns.asked == ["a.test"]
    assert internet.proxied == [("GET", "http://192.0.2.10:80/", "a.test")]


def test_a_name_that_changes_its_answer_between_redirects_is_refused(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": sent_on("/again")})
    internet.dns.turns["a.test"] = [["192.0.2.10"], ["127.0.0.1"]]

    with pytest.raises(Refused):
        internet.fetcher().fetch("http://a.test/")


def test_a_rehearsal_reaches_nothing_but_the_networks_it_names(internet: SmallInternet) -> None:
    internet.dns.names["real.test"] = ["8.8.8.8"]

    with pytest.raises(Refused, match="outside the networks"):
        internet.fetcher(only_allowed=True).fetch("http://real.test/")

    assert internet.proxied == []


def test_a_text_that_is_no_address_is_refused(internet: SmallInternet) -> None:
    with pytest.raises(Refused, match="no web address"):
        internet.fetcher().fetch("not an address")


def test_redirects_without_end_are_named(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": sent_on("/")})

    with pytest.raises(TooManyRedirects):
        internet.fetcher(caps=Caps(redirects=3)).fetch("http://a.test/")

    assert len(internet.proxied) == 4


def test_a_redirect_without_a_location_is_an_answer(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(302, b"where?")})

    fetched = internet.fetcher().fetch("http://a.test/")

    assert (fetched.status, fetched.body) == (302, b"where?")


def test_a_body_above_the_cap_is_too_large(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, b"x" * 1001)})

    with pytest.raises(TooLarge):
        internet.fetcher(caps=Caps(bytes=1000)).fetch("http://a.test/")


def test_asking_for_a_beginning_gives_the_beginning_and_says_so(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, b"0123456789")})

    fetched = internet.fetcher().fetch("http://a.test/", max_bytes=4)

    assert (fetched.body, fetched.truncated) == (b"0123", True)


def test_a_body_of_just_the_size_asked_for_is_whole(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, b"0123")})

    fetched = internet.fetcher().fetch("http://a.test/", max_bytes=4)

    assert (fetched.body, fetched.truncated) == (b"0123", False)


def test_a_body_without_end_stops_at_the_cap(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, chunks=lambda: itertools.repeat(b"x" * 65_536))})

    with pytest.raises(TooLarge):
        internet.fetcher(caps=Caps(bytes=1_000_000)).fetch("http://a.test/")


def test_a_site_that_drips_its_answer_is_timed_out_as_a_whole(internet: SmallInternet) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, chunks=_drip)})

    with pytest.raises(TimedOut):
        internet.fetcher(caps=Caps(seconds=0.5)).fetch("http://a.test/")


def _drip() -> Iterator[bytes]:
    """A byte now and then, each well within any time-out for a single read."""
    never = threading.Event()
    while True:
        never.wait(0.05)
        yield b"."


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"text " * 100, mtime=0)),
        ("x-gzip", gzip.compress(b"text " * 50, mtime=0) + gzip.compress(b"text " * 50, mtime=0)),
        ("deflate", zlib.compress(b"text " * 100)),
        ("deflate", zlib.compress(b"text " * 100)[2:-4]),
        ("identity", b"text " * 100),
    ],
)
def test_packed_bodies_are_unpacked(internet: SmallInternet, encoding: str, packed: bytes) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, packed, {"Content-Encoding": encoding})})

    fetched = internet.fetcher().fetch("http://a.test/")

    assert fetched.body == b"text " * 100


def test_only_encodings_we_can_bound_are_asked_for(internet: SmallInternet) -> None:
    site = internet.site("a.test", "192.0.2.10", {"/": Reply()})

    internet.fetcher(user_agent="Check/1").fetch("http://a.test/", accept="text/html")

    assert site.headers[0]["accept-encoding"] == "gzip, deflate"
    assert site.headers[0]["accept"] == "text/html"
    assert site.headers[0]["user-agent"] == "Check/1"


def test_a_body_that_unpacks_without_measure_is_too_large(internet: SmallInternet) -> None:
    bomb = gzip.compress(b"\0" * 15_000_000)
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, bomb, {"Content-Encoding": "gzip"})})

    with pytest.raises(TooLarge, match="unpacks"):
        internet.fetcher().fetch("http://a.test/")


@pytest.mark.parametrize(("encoding", "body"), [("br", b"x"), ("gzip", b"not gzip"), ("gzip, gzip", b"x")])
def test_a_body_we_cannot_unpack_is_unreachable_by_encoding(
    internet: SmallInternet, encoding: str, body: bytes
) -> None:
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, body, {"Content-Encoding": encoding})})

    with pytest.raises(Unreachable) as caught:
        internet.fetcher().fetch("http://a.test/")

    assert caught.value.reason is Obstacle.ENCODING


def test_head_asks_for_no_body(internet: SmallInternet) -> None:
    site = internet.site("a.test", "192.0.2.10", {"/": Reply(200, b"long")})

    fetched = internet.fetcher().fetch("http://a.test/", method="HEAD")

    assert (fetched.status, fetched.body, fetched.headers["content-length"]) == (200, b"", "4")
    assert site.asked[0][0] == "HEAD"


def test_other_methods_are_a_mistake_of_the_caller(internet: SmallInternet) -> None:
    with pytest.raises(ValueError, match="method"):
        internet.fetcher().fetch("http://a.test/", method="POST")


def test_a_name_that_does_not_exist_differs_from_one_we_cannot_ask_about(internet: SmallInternet) -> None:
    class Silent(FakeResolver):
        def addresses(self, host: str) -> list[str]:
            raise CannotTell("no answer in time")

    with pytest.raises(Unreachable) as missing:
        internet.fetcher().fetch("http://nowhere.test/")
    with pytest.raises(Unreachable) as silent:
        internet.fetcher(resolver=Silent()).fetch("http://nowhere.test/")

    assert missing.value.reason is Obstacle.NO_SUCH_NAME
    assert silent.value.reason is Obstacle.CANNOT_RESOLVE


def test_the_next_address_is_tried_when_the_first_is_dead(internet: SmallInternet) -> None:
    server, client = internet.certificate("a.test")
    internet.site("a.test", "192.0.2.10", {"/": Reply(200, b"here")}, port=443, tls=server)
    internet.dns.names["a.test"] = ["192.0.2.99", "192.0.2.10"]

    fetched = internet.fetcher(verify=client).fetch("https://a.test/")

    assert fetched.ip == "192.0.2.10"


def test_a_dead_proxy_is_named_so_that_no_site_is_taken_for_gone(internet: SmallInternet) -> None:
    internet.dns.names["a.test"] = ["192.0.2.10"]

    with pytest.raises(Unreachable) as caught:
        internet.fetcher(proxy="http://127.0.0.1:9").fetch("http://a.test/")

    assert caught.value.reason is Obstacle.PROXY


def test_a_closed_port_is_a_connection_failure(internet: SmallInternet) -> None:
    with pytest.raises(Unreachable) as caught:
        Fetcher(None, FakeResolver()).fetch_trusted("http://127.0.0.1:9/")

    assert caught.value.reason is Obstacle.CONNECTION


def test_a_server_that_does_not_speak_http_is_a_protocol_failure(internet: SmallInternet) -> None:
    url = internet.greeting(b"SSH-2.0-example\r\n")

    with pytest.raises(Unreachable) as caught:
        internet.fetcher().fetch_trusted(url)

    assert caught.value.reason is Obstacle.PROTOCOL


def test_a_proxy_of_an_unknown_kind_is_a_mistake_of_the_operator() -> None:
    with pytest.raises(ValueError, match="proxy"):
        Fetcher("ftp://127.0.0.1:1", FakeResolver())


def test_an_origin_leaves_out_the_port_that_goes_without_saying() -> None:
    assert origin("HTTP://rdap.test:80/a/b") == "http://rdap.test"
    assert origin("http://localhost:8001/a") == "http://localhost:8001"
