"""Media are shown only in networks and on devices that a manager named."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts import devices, networks
from nightlight.accounts.devices import COOKIE, NotHere, Seat
from nightlight.accounts.models import DeskDevice, Person
from nightlight.audit.models import Entry

Someone = Callable[..., Person]
Browser = Callable[..., Client]


def test_a_real_home_shows_nothing_where_nothing_was_named(real_home: None) -> None:
    with pytest.raises(NotHere, match="networks"):
        devices.require(Seat("203.0.113.7", ""))


def test_a_named_network_alone_is_not_enough(real_home: None, someone: Someone) -> None:
    networks.name("203.0.113.0/24", someone("manager"))

    with pytest.raises(NotHere, match="devices"):
        devices.require(Seat("203.0.113.7", "nl_device_guessed"))


def test_a_named_device_outside_the_named_networks_is_not_enough(real_home: None, someone: Someone) -> None:
    manager = someone("manager")
    networks.name("203.0.113.0/24", manager)
    _row, secret = devices.name("Room 2", manager)

    for address in ("198.51.100.7", None):
        with pytest.raises(NotHere, match="networks"):
            devices.require(Seat(address, secret))


def test_a_named_device_in_a_named_network_is_let_in_until_it_is_taken_back(
    real_home: None, someone: Someone
) -> None:
    manager = someone("manager")
    networks.name("203.0.113.0/24", manager)
    row, secret = devices.name("Room 2", manager)

    devices.require(Seat("203.0.113.7", secret))
    devices.drop(row, manager)

    with pytest.raises(NotHere, match="devices"):
        devices.require(Seat("203.0.113.7", secret))
    assert set(Entry.objects.values_list("verb", flat=True)) >= {
        "accounts.name_device",
        "accounts.drop_device",
    }


def test_a_manager_names_the_browser_they_use(real_home: None, browser: Browser) -> None:
    client = browser("manager", factor=True)

    client.post("/desk/devices/", {"label": "Room 2"})
    page = client.get("/desk/devices/").content.decode()

    cookie = client.cookies[COOKIE]
    assert (bool(cookie["httponly"]), cookie["samesite"], cookie["path"]) == (True, "Strict", "/desk/")
    assert "this one" in page and cookie.value not in page
    assert not DeskDevice.objects.filter(digest=cookie.value).exists()


def test_a_browser_that_claims_to_speak_for_somebody_sits_nowhere(
    real_home: None, rf: "object", someone: Someone
) -> None:
    request = rf.get("/", REMOTE_ADDR="203.0.113.7", headers={"X-Forwarded-For": "203.0.113.8"})  # type: ignore[attr-defined]

    assert devices.seat(request).address is None


@pytest.mark.parametrize("role", ["analyst", "senior_analyst", "administrator", "inspector"])
def test_nobody_but_a_manager_names_devices(real_home: None, browser: Browser, role: str) -> None:
    client = browser(role, factor=True)

    answer = client.post("/desk/devices/", {"label": "At home"})

    assert (answer.status_code, DeskDevice.objects.count()) == (403, 0)
