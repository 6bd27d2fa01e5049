"""Which RDAP service is asked."""

import doctest
import json
from pathlib import Path

import pytest

import nightlight.hosting
from nightlight.hosting.bootstrap import IANA, KINDS, Bootstrap, BootstrapError
from nightlight.net.fetch import Fetched, Fetcher
from tests.hosting.registry import Registry
from tests.net.small_internet import FakeResolver, Reply, SmallInternet

REGISTRIES = {
    "ipv4": {
        "services": [
            [["192.0.2.0/24"], ["http://wide.example/rdap/"]],
            [["192.0.2.128/25"], ["http://narrow.example/rdap", "https://narrow.example/rdap"]],
        ]
    },
    "ipv6": {"services": [[["2001:db8::/32"], ["http://six.example/"]]]},
    "asn": {"services": [[["64496-64500", "64511"], ["http://as.example/"]]]},
    "dns": {"services": [[["example"], ["http://one.example/"]], [["co.example"], ["http://two.example/"]]]},
}


@pytest.mark.parametrize(
    ("ip", "services"),
    [
        ("192.0.2.1", ("http://wide.example/rdap/",)),
        ("192.0.2.200", ("https://narrow.example/rdap/", "http://narrow.example/rdap/")),
        ("2001:db8::1", ("http://six.example/",)),
        ("198.51.100.1", ()),
    ],
)
def test_the_longest_prefix_decides_and_https_comes_first(ip: str, services: tuple[str, ...]) -> None:
    assert Bootstrap.of(REGISTRIES).for_ip(ip) == services


@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("a.b.example", ("http://one.example/",)),
        ("Shop.CO.example.", ("http://two.example/",)),
        ("a.nowhere", ()),
    ],
)
def test_the_longest_suffix_decides(name: str, services: tuple[str, ...]) -> None:
    assert Bootstrap.of(REGISTRIES).for_domain(name) == services


@pytest.mark.parametrize(("number", "known"), [(64496, True), (64500, True), (64511, True), (64501, False)])
def test_autonomous_systems_are_listed_as_ranges(number: int, known: bool) -> None:
    assert bool(Bootstrap.of(REGISTRIES).for_asn(number)) is known


def test_every_listed_service_is_trusted_by_its_origin() -> None:
    origins = Bootstrap.of(
        {"dns": {"services": [[["test"], ["http://127.0.0.1:8053/a/", "https://r.example/b"]]]}}
    )

    assert origins.origins == {"http://127.0.0.1:8053", "https://r.example"}


def test_a_bootstrap_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "rdap.json"
    file.write_text(json.dumps(REGISTRIES))

    assert Bootstrap.load(file, Fetcher(None, FakeResolver())) == Bootstrap.of(REGISTRIES)


def test_a_bootstrap_is_read_from_a_loopback_address(internet: SmallInternet, registry: Registry) -> None:
    registry.answers("bootstrap.json", Reply(200, json.dumps(REGISTRIES).encode()))

    bootstrap = Bootstrap.load(f"{registry.base}/rdap/bootstrap.json", internet.fetcher())

    assert bootstrap == Bootstrap.of(REGISTRIES)
    assert internet.proxied == []


def test_without_a_source_iana_s_four_files_are_asked() -> None:
    asked: list[str] = []

    class Iana(Fetcher):
        def fetch_trusted(self, url: str, **_: object) -> Fetched:
            asked.append(url)
            kind = url.rpartition("/")[2].removesuffix(".json")
            return Fetched(url, 200, {}, json.dumps(REGISTRIES[kind]).encode(), (), "192.0.2.1", False)

    bootstrap = Bootstrap.load(None, Iana(None, FakeResolver()))

    assert bootstrap == Bootstrap.of(REGISTRIES)
    assert asked == [IANA.format(kind) for kind in KINDS]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{" * 10_000,
        '{"ipv4": {"services": [[["192.0.2.0/33"], ["http://a.example/"]]]}}',
        '{"ipv4": {"services": [[["192.0.2.0/24"], ["ftp://a.example/"]]]}}',
        '{"asn": {"services": [[["many"], ["http://a.example/"]]]}}',
        '{"dns": {"services": [7]}}',
        '{"dns": [1]}',
    ],
)
def test_what_is_no_bootstrap_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rdap.json"
    file.write_text(text)

    with pytest.raises(BootstrapError):
        Bootstrap.load(file, Fetcher(None, FakeResolver()))


def test_a_bootstrap_that_cannot_be_fetched_is_named(internet: SmallInternet, registry: Registry) -> None:
    with pytest.raises(BootstrapError, match="404"):
        Bootstrap.load(f"{registry.base}/none.json", internet.fetcher())
    with pytest.raises(BootstrapError, match="connection"):
        Bootstrap.load("http://127.0.0.1:9/none.json", internet.fetcher())


def test_the_example_of_the_room_runs() -> None:
    assert doctest.testmod(nightlight.hosting).attempted > 0
    assert doctest.testmod(nightlight.hosting).failed == 0
