"""The settings: the environment first, then the file in the home, then the default; what can't be used is named."""

from pathlib import Path

import pytest
from django.test import Client

from nightlight.server import config
from nightlight.server.config import Config, ConfigError


def read(home: Path, file: str = "", **environment: str) -> Config:
    (home / "nightlight.toml").write_text(file)
    names = {f"NIGHTLIGHT_{name.upper()}": value for name, value in environment.items()}
    return config.read({**names, "NIGHTLIGHT_HOME": str(home)})


def test_what_is_not_set_has_its_default(tmp_path: Path) -> None:
    found = read(tmp_path)

    assert (found.base_url, found.name, found.countries) == ("http://localhost:8000", "Nightlight", ())
    assert found.email_from == "hotline@localhost"
    assert found.database_url == f"sqlite:///{tmp_path / 'nightlight.sqlite3'}"
    assert (found.mail, found.proxy, found.dns, found.rdap, found.clock) == (None,) * 5
    assert (found.egress_allow, found.limits) == ((), True)


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = 'name = "File"\nbase_url = "https://file.example"\nlimits = "off"\n'

    found = read(tmp_path, file, name="Environment")

    assert (found.name, found.base_url, found.limits) == ("Environment", "https://file.example", False)
    assert found.email_from == "hotline@file.example"


@pytest.mark.parametrize("country", ['"de, NL"', '["DE", "nl"]'])
def test_countries_are_written_with_commas_or_as_a_list(tmp_path: Path, country: str) -> None:
    assert read(tmp_path, f"country = {country}").countries == ("DE", "NL")


@pytest.mark.parametrize(("limits", "are_on"), [("true", True), ("false", False), ('"on"', True)])
def test_limits_may_be_true_and_false_in_the_file(tmp_path: Path, limits: str, are_on: bool) -> None:
    assert read(tmp_path, f"limits = {limits}").limits is are_on


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "localhost:8000"),
        ("base_url", "https://"),
        ("base_url", "http://host.example:99999"),
        ("base_url", "http://[::1"),
        ("country", "Germany"),
        ("country", "DE;NL"),
        ("email_from", "hotline"),
        ("email_from", "a@b.example\nBcc: c@d.example"),
        ("email_url", "smtp://user:secret77@host.example:port"),
        ("email_url", "https://host.example"),
        ("proxy", "https://secret77@proxy.example:1"),
        ("proxy", "socks5://proxy.example:70000"),
        ("dns", "resolver:port"),
        ("dns", "127.0.0.1:99999"),
        ("egress_allow", "everything"),
        ("limits", "maybe"),
    ],
)
def test_a_value_that_can_t_be_used_is_named_and_its_secrets_are_not(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ConfigError, match=f"NIGHTLIGHT_{name.upper()}: ") as refused:
        read(tmp_path, **{name: value})

    assert "secret77" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///", "mysql://host/name", "postgresql://user@host:port/name"]
)
def test_a_database_that_can_t_be_used_is_named(url: str) -> None:
    with pytest.raises(ConfigError, match="NIGHTLIGHT_DATABASE_URL: "):
        config.database(url)


@pytest.mark.parametrize("file", ["name = ", "colour = 'red'", "name = {a = 1}", "country = [1]"])
def test_a_file_that_can_t_be_read_is_named(tmp_path: Path, file: str) -> None:
    with pytest.raises(ConfigError, match=r"nightlight\.toml"):
        read(tmp_path, file)


@pytest.mark.parametrize("dns", ["127.0.0.1:53", "127.0.0.1", "[2001:db8::1]:53", "2001:db8::1", "resolver"])
def test_a_resolver_is_an_address_or_a_name_with_or_without_a_port(tmp_path: Path, dns: str) -> None:
    assert read(tmp_path, dns=dns).dns == dns


@pytest.mark.parametrize("host", ["localhost", "localhost:81", "127.0.0.1", "[::1]:8000", "desk.localhost"])
def test_loopback_names_are_always_accepted_as_host(client: Client, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost.elsewhere.example", "a b", "127.0.0.1.example"]
)
def test_no_other_host_is(client: Client, home: None, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 400
