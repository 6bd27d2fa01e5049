"""The RDAP service and its bootstrap from outside, by an ordinary HTTP client."""

import json
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from nightlight.demo.internet import SmallInternet
from nightlight.demo.world import DOCUMENTATION_NETWORKS


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=60) as ready:
        yield ready


def service(internet: SmallInternet, client: httpx.Client, kind: str) -> str:
    bootstrap = client.get(internet.environment()["NIGHTLIGHT_RDAP"]).json()
    base = bootstrap[kind]["services"][0][1][0]
    assert isinstance(base, str)
    return base


def mails(entities: list[dict[str, Any]], role: str) -> list[str]:
    """The e-mail addresses of entities with a role, nested ones included."""
    found = []
    for entity in entities:
        if role in entity["roles"]:
            found += [field[3] for field in entity["vcardArray"][1] if field[0] == "email"]
        found += mails(entity.get("entities", []), role)
    return found


def test_the_bootstrap_covers_exactly_the_documentation_ranges(
    internet: SmallInternet, client: httpx.Client, tmp_path: Path
) -> None:
    served = client.get(internet.environment()["NIGHTLIGHT_RDAP"]).json()
    internet.write_bootstrap(tmp_path / "rdap.json")

    blocks = {block for kind in ("ipv4", "ipv6") for entry in served[kind]["services"] for block in entry[0]}
    assert {ip_network(block) for block in blocks} == set(DOCUMENTATION_NETWORKS)
    assert served["dns"]["services"][0][0] == ["test", "example"]
    assert served["asn"]["services"][0][0] == ["64496-64511", "65536-65551"]
    assert json.loads((tmp_path / "rdap.json").read_text()) == served


def test_every_site_has_a_network_that_holds_its_address(
    internet: SmallInternet, client: httpx.Client
) -> None:
    base = service(internet, client, "ipv4")
    for site in internet.sites.values():
        answer = client.get(f"{base}ip/{site.addresses[0]}")
        network = answer.json()

        assert answer.headers["Content-Type"] == "application/rdap+json"
        first, last = ip_address(network["startAddress"]), ip_address(network["endAddress"])
        assert int(first) <= int(site.addresses[0]) <= int(last)
        assert network["country"] == internet.world.host_of(site).country


def test_the_abuse_desk_is_nested_in_the_holder(internet: SmallInternet, client: httpx.Client) -> None:
    network = client.get(f"{service(internet, client, 'ipv4')}ip/192.0.2.5").json()

    assert mails(network["entities"], "abuse") == ["abuse@elbe-hosting.example"]
    assert "abuse" not in network["entities"][0]["roles"]


def test_a_network_without_abuse_desk_points_up_to_one_that_has_it(
    internet: SmallInternet, client: httpx.Client
) -> None:
    network = client.get(f"{service(internet, client, 'ipv4')}ip/198.51.100.101").json()
    [up] = [link["href"] for link in network["links"] if link["rel"] == "up"]
    parent = client.get(up).json()

    assert mails(network["entities"], "abuse") == []
    assert mails(parent["entities"], "abuse") == ["abuse@kanaal-transit.example"]
    assert network["parentHandle"] == parent["handle"]


def test_ipv6_networks_are_registered_too(internet: SmallInternet, client: httpx.Client) -> None:
    network = client.get(f"{service(internet, client, 'ipv6')}ip/2001:db8:e1b::6f01").json()

    assert (network["ipVersion"], network["cidr0_cidrs"]) == (
        "v6",
        [{"v6prefix": "2001:db8:e1b::", "length": 48}],
    )


def test_an_as_number_leads_to_its_operator(internet: SmallInternet, client: httpx.Client) -> None:
    system = client.get(f"{service(internet, client, 'asn')}autnum/64504").json()

    assert system["entities"][0]["vcardArray"][1][1][3] == "Shieldway CDN"
    assert mails(system["entities"], "abuse") == ["abuse@shieldway-cdn.example"]


@pytest.mark.parametrize(
    ("name", "abuse"),
    [
        ("pixelbarn.test", ["abuse@namegate.example"]),
        ("quickpic.example", ["REDACTED FOR PRIVACY"]),
        ("tulipshare.example", ["abuse@namegate.example", "abuse@tulipshare.example"]),
    ],
)
def test_a_domain_names_its_registrars_desk_a_placeholder_or_its_own_desk(
    internet: SmallInternet, client: httpx.Client, name: str, abuse: list[str]
) -> None:
    domain = client.get(f"{service(internet, client, 'dns')}domain/{name}").json()

    assert mails(domain["entities"], "abuse") == abuse
    assert mails(domain["entities"], "registrant") == ["REDACTED FOR PRIVACY"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("ip/192.0.2.254/abc", 400),
        ("ip/8.8.8.8", 404),
        ("ip/nonsense", 400),
        ("domain/nobody.test", 404),
        ("domain/www.pixelbarn.test", 404),
        ("autnum/64499999", 404),
        ("autnum/x", 400),
        ("entity/1", 400),
        ("", 400),
    ],
)
def test_what_is_not_registered_or_not_valid_is_an_rdap_error(
    internet: SmallInternet, client: httpx.Client, path: str, status: int
) -> None:
    answer = client.get(service(internet, client, "ipv4") + path)

    assert (answer.status_code, answer.json()["errorCode"]) == (status, status)
