"""The world file: who lives on the small internet, and that nobody real can be let in."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from nightlight.demo.atlas import WORLD_FILE, WorldError, load_world, span
from nightlight.demo.conduct import Behaviour
from nightlight.demo.world import DOCUMENTATION_NETWORKS, BodyKind, DomainContact, Expected, holds
from nightlight.demo.world import World as WorldType


@pytest.fixture(scope="module")
def world() -> WorldType:
    return load_world()


def test_some_forty_sites_lie_in_at_least_twelve_networks_of_nine_countries(world: WorldType) -> None:
    countries = {provider.country for provider in world.providers.values()}

    assert 40 <= len(world.sites) <= 50
    assert len(world.providers) >= 12
    assert countries == {"DE", "NL", "FR", "US", "GB", "CA", "JP", "BR", "MD"}


def test_every_behaviour_is_lived_by_some_site(world: WorldType) -> None:
    lived = {world.conduct_of(site).behaviour for site in world.sites.values()}

    assert lived == set(Behaviour)


def test_every_behaviour_that_needs_no_body_in_between_is_lived_where_the_hotline_may_write(
    world: WorldType,
) -> None:
    reachable = {
        world.conduct_of(site).behaviour
        for site in world.sites.values()
        if world.host_of(site).country in ("DE", "NL", "FR")
    }

    assert reachable == set(Behaviour) - {Behaviour.PARTNER_COUNTRY}


def test_the_site_behind_the_delivery_network_truly_lies_in_another_network(world: WorldType) -> None:
    fronted = [site for site in world.sites.values() if site.origin]

    assert fronted
    for site in fronted:
        assert world.host_of(site).name == "Shieldway CDN"
        assert world.onward_host_of(site) != world.host_of(site)


def test_a_site_that_moves_goes_to_another_network(world: WorldType) -> None:
    moving = [site for site in world.sites.values() if world.conduct_of(site).moves_to]

    assert moving
    assert all(world.onward_host_of(site) != world.host_of(site) for site in moving)


def test_a_page_can_be_harmless_or_missing_as_well_as_confirmed(world: WorldType) -> None:
    for expected in Expected:
        assert list(world.urls(expected))


def test_the_same_picture_lies_on_several_sites(world: WorldType) -> None:
    homes = [host for host, site in world.sites.items() for page in site.pages if "11.png" in page.pictures]

    assert len(homes) > 1


def test_every_kind_of_domain_contact_and_of_body_occurs(world: WorldType) -> None:
    assert {site.domain_contact for site in world.sites.values()} == set(DomainContact)
    assert {body.kind for body in world.bodies.values()} == set(BodyKind)


def test_a_provider_without_a_mailbox_is_answered_for_by_its_upstream(world: WorldType) -> None:
    tulip = world.providers["tulip"]

    assert tulip.mailbox is None
    assert world.answerable_for(tulip).key == "kanaal"


def test_a_nested_network_wins_over_the_one_around_it(world: WorldType) -> None:
    inner = world.provider_at(ip_address("198.51.100.101"))
    outer = world.provider_at(ip_address("198.51.100.70"))

    assert (inner, outer) == (world.providers["tulip"], world.providers["kanaal"])


def test_a_page_is_found_however_its_host_is_written(world: WorldType) -> None:
    found = world.page("http://WWW.Pixelbarn.test:80/a/m1x7?page=2#top")

    assert found is not None
    assert found[1].title == "Album m1x7"


@pytest.mark.parametrize(
    "url", ["", "http://[", "no address", "http://pixelbarn.test/other", "http://x.test/"]
)
def test_an_address_of_nobody_means_no_page(world: WorldType, url: str) -> None:
    assert world.page(url) is None


def test_every_network_is_reserved_for_documentation(world: WorldType) -> None:
    for provider in world.providers.values():
        for network in provider.networks:
            assert any(holds(reserved, network) for reserved in DOCUMENTATION_NETWORKS)


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ("192.0.2.0/27", "8.8.8.0/27", "not a documentation network"),
        ('host = "pixelbarn.test"', 'host = "pixelbarn.com"', "not a reserved name"),
        ("abuse@elbe-hosting.example", "abuse@elbe-hosting.de", "not a reserved name"),
        ("asn = 64496", "asn = 3320", "not a documentation AS number"),
        ('at = ["192.0.2.5", ', 'at = ["10.0.0.5", ', "in no network"),
        ('moves_to = ["192.0.2.90", ', 'moves_to = ["10.0.0.5", ', "in no network"),
        ('parent = "kanaal"', "", "nobody to write to"),
        ('parent = "kanaal"', 'parent = "nobody"', "no parent"),
        ('behaviour = "never"', 'behaviour = "sulks"', "sulks"),
        ('host = "quickpic.example"', 'host = "pixelbarn.test"', "same host"),
        ('title = "Sixfold"\n', "", "'title' is missing"),
        ('registrar = "orthonym"', 'registrar = "nobody"', "no registrar"),
        ('path = "/v/20419"', 'path = "/v/20418"', "same path"),
        ('after = "25m"', 'after = "soon"', "not a length of time"),
    ],
)
def test_a_world_file_that_does_not_fit_is_refused(
    tmp_path: Path, written: str, instead: str, complaint: str
) -> None:
    text = WORLD_FILE.read_text(encoding="utf-8")
    assert written in text
    file = tmp_path / "world.toml"
    file.write_text(text.replace(written, instead, 1), encoding="utf-8")

    with pytest.raises(WorldError, match=complaint):
        load_world(file)


@pytest.mark.parametrize("text", ["", "6", "h", "-6h", "6 h", "6w"])
def test_a_length_of_time_is_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(WorldError):
        span(text)
