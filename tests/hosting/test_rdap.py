"""The RDAP client against a registry on loopback."""

import json

import pytest

from nightlight.hosting.contact import Scope
from nightlight.hosting.rdap import CannotTell, NoRecord, Rdap
from tests.hosting.registry import Registry, entity
from tests.net.small_internet import Reply, SmallInternet


def test_a_network_tells_who_holds_it_and_whom_to_write_to(rdap: Rdap, registry: Registry) -> None:
    registry.knows(
        "ip/192.0.2.7",
        handle="NET-7",
        name="QUICK-NET",
        startAddress="192.0.2.0",
        endAddress="192.0.2.255",
        country="nl",
        arin_originas0_originautnums=[64500],
        entities=[
            entity("registrant", name="Quick Hosting", inside=[entity("abuse", email="abuse@quick.example")])
        ],
    )

    network = rdap.ip("192.0.2.7")

    assert (network.handle, network.name, network.holder) == ("NET-7", "QUICK-NET", "Quick Hosting")
    assert (network.start, network.end) == ("192.0.2.0", "192.0.2.255")
    assert (network.country, network.asn) == ("NL", 64500)
    assert [(c.email, c.scope) for c in network.contacts] == [("abuse@quick.example", Scope.NETWORK)]


def test_a_network_without_abuse_contact_is_asked_about_upwards(rdap: Rdap, registry: Registry) -> None:
    registry.knows("ip/192.0.2.7", handle="SMALL", country="SE", links=registry.up("ip/192.0.2.0/25"))
    registry.knows("ip/192.0.2.0/25", handle="MIDDLE", links=registry.up("ip/192.0.2.0/24"))
    registry.knows("ip/192.0.2.0/24", handle="LARGE", entities=[entity("abuse", email="abuse@large.example")])

    network = rdap.ip("192.0.2.7")

    assert (network.handle, network.country) == ("SMALL", "SE")
    assert [(c.email, c.scope) for c in network.contacts] == [("abuse@large.example", Scope.UPSTREAM)]


def test_a_circle_of_parents_ends(rdap: Rdap, registry: Registry) -> None:
    registry.knows("ip/192.0.2.7", handle="A", links=registry.up("ip/b"))
    registry.knows("ip/b", handle="B", links=registry.up("ip/b"))

    network = rdap.ip("192.0.2.7")

    assert network.contacts == ()
    assert len(registry.site.asked) == 2


def test_parents_are_followed_three_deep(rdap: Rdap, registry: Registry) -> None:
    registry.knows("ip/192.0.2.7", handle="0", links=registry.up("ip/1"))
    for number in range(1, 10):
        registry.knows(f"ip/{number}", handle=str(number), links=registry.up(f"ip/{number + 1}"))

    rdap.ip("192.0.2.7")

    assert len(registry.site.asked) == 4


def test_a_parent_that_does_not_answer_is_a_problem_and_no_silence(rdap: Rdap, registry: Registry) -> None:
    registry.knows("ip/192.0.2.7", handle="SMALL", links=registry.up("ip/broken"))
    registry.answers("ip/broken", Reply(500))

    network = rdap.ip("192.0.2.7")

    assert network.handle == "SMALL"
    assert network.problems == ("cannot tell who is above SMALL: the registry answered with status 500",)


def test_a_parent_inside_our_network_that_nobody_listed_is_not_asked(
    rdap: Rdap, registry: Registry, internet: SmallInternet
) -> None:
    inside = internet.site("inside.test", "192.0.2.240", {"/secret": Reply(200, b"{}")})
    link = {"rel": "up", "href": f"http://127.0.0.1:{inside.port}/secret", "type": "application/rdap+json"}
    registry.knows("ip/192.0.2.7", handle="SMALL", links=[link])

    network = rdap.ip("192.0.2.7")

    assert inside.asked == []
    assert "loopback" in network.problems[0]


def test_the_country_falls_back_on_the_holder_s_address(rdap: Rdap, registry: Registry) -> None:
    registry.knows("ip/192.0.2.7", country="EU", entities=[entity("registrant", name="Quick", cc="FR")])

    assert rdap.ip("192.0.2.7").country == "FR"


def test_the_country_falls_back_on_the_parent(rdap: Rdap, registry: Registry) -> None:
    registry.knows(
        "ip/192.0.2.7", entities=[entity("abuse", email="a@quick.example")], links=registry.up("ip/up")
    )
    registry.knows("ip/up", country="PL", entities=[entity("abuse", email="other@large.example")])

    network = rdap.ip("192.0.2.7")

    assert network.country == "PL"
    assert [contact.email for contact in network.contacts] == ["a@quick.example"]


def test_whoever_announces_the_network_is_asked_when_nobody_else_is_named(
    rdap: Rdap, registry: Registry
) -> None:
    registry.knows("ip/192.0.2.7", handle="BARE", arin_originas0_originautnums=[64500])
    registry.knows("autnum/64500", entities=[entity("abuse", email="noc@carrier.example")])

    network = rdap.ip("192.0.2.7")

    assert [(c.email, c.scope) for c in network.contacts] == [("noc@carrier.example", Scope.UPSTREAM)]


def test_a_domain_tells_its_registrar_s_contact_first(rdap: Rdap, registry: Registry) -> None:
    registry.knows(
        "domain/quick.example",
        ldhName="quick.example",
        nameservers=[{"ldhName": "NS2.quick.example."}, {"ldhName": "ns1.quick.example"}, {}],
        entities=[
            entity("registrant", email="owner@quick.example"),
            entity("abuse", email="abuse@quick.example"),
            entity("registrar", name="Names Inc", inside=[entity("abuse", email="abuse@names.example")]),
        ],
    )

    registration = rdap.domain("quick.example")

    assert registration.registrar == "Names Inc"
    assert registration.name_servers == ("ns1.quick.example", "ns2.quick.example")
    assert [(c.email, c.scope) for c in registration.contacts] == [
        ("abuse@names.example", Scope.REGISTRAR),
        ("abuse@quick.example", Scope.OPERATOR),
    ]


def test_a_thin_registry_leads_to_the_registrar_s_own_record(rdap: Rdap, registry: Registry) -> None:
    related = {"rel": "related", "href": f"{registry.base}/rdap/names", "type": "application/rdap+json"}
    registry.knows("domain/quick.example", links=[related], entities=[entity("registrar", name="Names Inc")])
    abuse = entity("abuse", email="abuse@names.example")
    registry.knows("names", entities=[entity("registrar", name="Names", inside=[abuse])])

    registration = rdap.domain("quick.example")

    assert registration.registrar == "Names Inc"
    assert [contact.email for contact in registration.contacts] == ["abuse@names.example"]


def test_no_record_is_a_certain_answer(rdap: Rdap) -> None:
    with pytest.raises(NoRecord):
        rdap.ip("192.0.2.99")
    with pytest.raises(NoRecord, match="no registry"):
        rdap.ip("203.0.113.1")
    with pytest.raises(NoRecord):
        rdap.domain("unknown.example")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500),
        Reply(429),
        Reply(200, b"<html>"),
        Reply(200, b"[]"),
        Reply(200, b"[" * 100_000),
        Reply(200, json.dumps({"errorCode": 400}).encode()),
        Reply(200, b'{"x":"' + b"y" * 3_000_000 + b'"}'),
        Reply(302, headers={"Location": "http://169.254.169.254/"}),
    ],
)
def test_a_registry_that_does_not_answer_in_rdap_cannot_tell(
    rdap: Rdap, registry: Registry, reply: Reply
) -> None:
    registry.answers("ip/192.0.2.7", reply)

    with pytest.raises(CannotTell):
        rdap.ip("192.0.2.7")


def test_registries_on_loopback_are_asked_without_the_proxy(
    rdap: Rdap, registry: Registry, internet: SmallInternet
) -> None:
    registry.knows("ip/2001:db8::7", handle="SIX")

    assert rdap.ip("2001:db8:0::7").handle == "SIX"
    assert internet.proxied == []
