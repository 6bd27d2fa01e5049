"""The way out of a home: what its fetcher may reach."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.conf import settings as django_settings

from nightlight.casebook import egress
from nightlight.net.errors import Refused

WIDE = (
    ip_network("192.0.2.0/25"),
    ip_network("10.0.0.0/8"),
    ip_network("2001:db8:7::/48"),
    ip_network("::/0"),
)


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        django_settings, "NIGHTLIGHT", replace(django_settings.NIGHTLIGHT, egress_allow=WIDE, proxy=None)
    )


def test_a_rehearsal_keeps_to_the_documentation_networks_it_names(home: None, wide: None) -> None:
    allowed = egress.allowed_networks()

    assert allowed == (ip_network("192.0.2.0/25"), ip_network("2001:db8:7::/48"))


def test_a_rehearsal_reaches_no_address_of_the_real_internet(home: None, wide: None) -> None:
    fetcher = egress.fetcher()

    with pytest.raises(Refused):
        fetcher.fetch("http://9.9.9.9/")


def test_a_real_home_may_add_networks_of_its_own(real_home: None, wide: None) -> None:
    allowed = egress.allowed_networks()

    assert allowed == WIDE


def test_no_home_reaches_its_own_machine(real_home: None, wide: None) -> None:
    fetcher = egress.fetcher()

    with pytest.raises(Refused):
        fetcher.fetch("http://127.0.0.1:9/")
