"""A rehearsal reaches nobody; a real home has the real clock."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.accounts import rehearsal
from nightlight.server.config import Config, MailServer


@pytest.fixture
def configured(settings: Any) -> Callable[..., Config]:
    """`configured(clock=…)`: the settings of the tests with these instead."""

    def changed(**values: Any) -> Config:
        found: Config = replace(settings.NIGHTLIGHT, **values)
        return found

    return changed


@pytest.mark.parametrize(
    "cidr", ["192.0.2.0/24", "198.51.100.7/32", "203.0.113.128/25", "2001:db8::/32", "2001:db8:1::/48"]
)
def test_a_rehearsal_may_reach_documentation_networks(
    home: None, configured: Callable[..., Config], cidr: str
) -> None:
    rehearsal.check(configured(egress_allow=(ip_network(cidr),)))


@pytest.mark.parametrize(
    "cidr",
    ["0.0.0.0/0", "192.0.0.0/16", "192.0.2.0/23", "10.0.0.0/8", "127.0.0.0/8", "2001:db8::/31", "::/0"],
)
def test_a_rehearsal_may_reach_nothing_else(home: None, configured: Callable[..., Config], cidr: str) -> None:
    config = configured(egress_allow=(ip_network("192.0.2.0/24"), ip_network(cidr, strict=False)))

    with pytest.raises(rehearsal.ReachesTooFar, match="NIGHTLIGHT_EGRESS_ALLOW"):
        rehearsal.check(config)


@given(st.ip_addresses(), st.integers(0, 128))
def test_no_network_that_is_let_through_has_an_address_outside(address: Any, prefix: int) -> None:
    network = ip_network((address, min(prefix, address.max_prefixlen)), strict=False)

    let_through = any(rehearsal._within(network, known) for known in rehearsal.DOCUMENTATION)

    inside = any(
        network.version == known.version and network[0] in known and network[-1] in known
        for known in rehearsal.DOCUMENTATION
    )
    assert let_through is inside


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST."])
def test_a_rehearsal_mails_a_server_on_this_machine(
    home: None, configured: Callable[..., Config], host: str
) -> None:
    rehearsal.check(configured(mail=MailServer(host, 25, "", "", False)))


@pytest.mark.parametrize(
    "host", ["mail.example", "192.0.2.1", "10.0.0.1", "localhost.example", "198.51.100.1"]
)
def test_a_rehearsal_mails_nobody_else(home: None, configured: Callable[..., Config], host: str) -> None:
    with pytest.raises(rehearsal.MailsOutside, match="NIGHTLIGHT_EMAIL_URL"):
        rehearsal.check(configured(mail=MailServer(host, 25, "", "", False)))


def test_a_rehearsal_may_set_its_clock_and_switch_limits_off(
    home: None, configured: Callable[..., Config]
) -> None:
    rehearsal.check(configured(clock="2026-01-05T09:00:00Z jump", limits=False))

    assert rehearsal.notes(False) == []


def test_a_real_home_may_not_set_its_clock(real_home: None, configured: Callable[..., Config]) -> None:
    with pytest.raises(rehearsal.ClockInRealHome, match="NIGHTLIGHT_CLOCK"):
        rehearsal.check(configured(clock="2026-01-05T09:00:00Z x60"))


def test_a_real_home_may_mail_and_reach_as_its_operator_says(
    real_home: None, configured: Callable[..., Config]
) -> None:
    rehearsal.check(
        configured(
            mail=MailServer("mail.example", 587, "", "", True), egress_allow=(ip_network("10.0.0.0/8"),)
        )
    )


def test_a_real_home_without_limits_hears_what_that_asks_of_it(real_home: None) -> None:
    assert "something in front" in rehearsal.notes(False)[0]
    assert rehearsal.notes(True) == []
