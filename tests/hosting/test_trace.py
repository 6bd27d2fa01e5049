"""From a host name to whom to write to, with every gap named."""

import pytest

from nightlight.hosting.contact import Contact, Scope
from nightlight.hosting.rdap import Rdap
from nightlight.hosting.trace import ordered, trace
from nightlight.net.resolve import CannotTell
from tests.hosting.registry import Registry, entity
from tests.net.small_internet import FakeResolver, Reply, SmallInternet


@pytest.fixture
def known(registry: Registry, internet: SmallInternet) -> Registry:
    """``www.pictures.example`` in the network of Quick Hosting, sold by Names Inc."""
    internet.dns.names["www.pictures.example"] = ["192.0.2.7", "192.0.2.8"]
    for last in (7, 8):
        registry.knows(
            f"ip/192.0.2.{last}",
            handle="NET-7",
            name="QUICK-NET",
            country="NL",
            entities=[
                entity(
                    "registrant", name="Quick Hosting", inside=[entity("abuse", email="abuse@quick.example")]
                )
            ],
        )
    registry.knows(
        "domain/pictures.example",
        entities=[
            entity("abuse", email="abuse@pictures.example"),
            entity("registrar", name="Names Inc", inside=[entity("abuse", email="abuse@names.example")]),
        ],
    )
    return registry


@pytest.mark.usefixtures("known")
def test_a_trace_tells_where_who_and_whom_to_write_to(rdap: Rdap, internet: SmallInternet) -> None:
    found = trace("www.pictures.example", internet.dns, rdap)

    assert found.addresses == ("192.0.2.7", "192.0.2.8")
    assert found.name_servers == ("ns1.pictures.example",)
    assert [network.handle for network in found.networks] == ["NET-7"]
    assert (found.country, found.provider, found.registrar) == ("NL", "Quick Hosting", "Names Inc")
    assert [(c.email, c.scope, c.own_domain) for c in found.contacts] == [
        ("abuse@quick.example", Scope.NETWORK, False),
        ("abuse@names.example", Scope.REGISTRAR, False),
        ("abuse@pictures.example", Scope.OPERATOR, True),
    ]
    assert (found.exists, found.problems) == (True, ())


def test_contacts_on_the_site_s_own_domain_come_last_and_marked() -> None:
    own = Contact("abuse@mail.pictures.example", "", "abuse", Scope.NETWORK)
    other = Contact("abuse@names.example", "", "abuse", Scope.REGISTRAR)

    contacts = ordered([own, other, other], "pictures.example")

    assert [(contact.email, contact.own_domain) for contact in contacts] == [
        ("abuse@names.example", False),
        ("abuse@mail.pictures.example", True),
    ]


def test_a_name_that_is_gone_is_told_apart_from_a_resolver_that_is_silent(
    rdap: Rdap, internet: SmallInternet
) -> None:
    class Silent(FakeResolver):
        def addresses(self, host: str) -> list[str]:
            raise CannotTell("no answer in time")

        def name_servers(self, domain: str) -> list[str]:
            raise CannotTell("no answer in time")

    gone = trace("gone.example", internet.dns, rdap)
    silent = trace("gone.example", Silent(), rdap)

    assert (gone.exists, gone.problems[0]) == (False, "no address: gone.example does not exist")
    assert (silent.exists, silent.problems[0]) == (True, "cannot tell the addresses: no answer in time")


def test_a_registry_that_fails_leaves_the_rest_of_the_trace(
    rdap: Rdap, known: Registry, internet: SmallInternet
) -> None:
    known.answers("ip/192.0.2.7", Reply(503))
    known.answers("ip/192.0.2.8", Reply(404))

    found = trace("www.pictures.example", internet.dns, rdap)

    assert found.problems == (
        "cannot tell the network of 192.0.2.7: the registry answered with status 503",
        "no record of the network of 192.0.2.8: the registry has no such record",
    )
    assert [contact.email for contact in found.contacts] == ["abuse@names.example", "abuse@pictures.example"]


def test_an_ip_address_is_traced_without_a_registration(
    rdap: Rdap, known: Registry, internet: SmallInternet
) -> None:
    found = trace("192.0.2.7", internet.dns, rdap)

    assert (found.provider, found.registrar, found.name_servers) == ("Quick Hosting", "", ())
    assert not any("domain" in target for _, target, _ in known.site.asked)


def test_an_onion_name_is_asked_of_nobody(rdap: Rdap, registry: Registry, internet: SmallInternet) -> None:
    found = trace("a" * 56 + ".onion", internet.dns, rdap)

    assert (found.country, found.addresses, found.contacts, found.problems) == ("onion", (), (), ())
    assert internet.dns.asked == []
    assert registry.site.asked == []
