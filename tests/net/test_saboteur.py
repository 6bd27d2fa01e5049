"""Without the vetting of addresses the tests of the guarded fetcher turn red."""

import pytest

from nightlight.net import fetch
from tests.net import test_fetch as held
from tests.net.small_internet import SmallInternet
from tests.saboteur import turns_red

INSIDE = ("http://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://inside.test/")


@pytest.fixture(autouse=True)
def nothing_is_vetted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "vet", lambda ip, allow=(), *, only_allowed=False: None)


@pytest.mark.parametrize("location", INSIDE)
def test_without_vetting_a_redirect_leads_inside(internet: SmallInternet, location: str) -> None:
    turns_red(held.test_a_redirect_into_our_network_is_refused, internet, location)


def test_without_vetting_loopback_is_reached(internet: SmallInternet) -> None:
    turns_red(held.test_loopback_is_refused_even_when_an_operator_allows_it, internet)


def test_without_vetting_one_good_address_opens_the_way_to_a_bad_one(internet: SmallInternet) -> None:
    turns_red(held.test_one_private_address_among_good_ones_refuses_the_host, internet)


def test_without_vetting_a_name_that_changes_its_answer_leads_inside(internet: SmallInternet) -> None:
    turns_red(held.test_a_name_that_changes_its_answer_between_redirects_is_refused, internet)


def test_without_vetting_a_rehearsal_leaves_its_networks(internet: SmallInternet) -> None:
    turns_red(held.test_a_rehearsal_reaches_nothing_but_the_networks_it_names, internet)
