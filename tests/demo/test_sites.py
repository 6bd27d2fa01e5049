"""The web of the small internet from outside, through the proxy."""

import http.client
import io
import re

import pytest
from PIL import Image

from nightlight.demo.internet import SmallInternet
from nightlight.demo.pictures import picture
from nightlight.demo.sites import is_robot
from nightlight.demo.world import Expected
from tests.demo.outside import PERSON, ROBOT, Visitor


def test_every_page_is_up_at_first_with_all_its_pictures(internet: SmallInternet, visitor: Visitor) -> None:
    for site in internet.sites.values():
        at = str(site.addresses[0])
        address = f"[{at}]" if ":" in at else at
        for page in site.pages:
            seen = visitor.looks_at(site.url(page), address=address)
            assert seen.status == (404 if page.expected is Expected.NOT_FOUND else 200), site.url(page)
            sources = re.findall(r'<img src="/pictures/([^"]+)"', seen.text)
            assert tuple(sources) == (() if page.expected is Expected.NOT_FOUND else page.pictures)


def test_a_picture_is_served_as_what_it_is(visitor: Visitor) -> None:
    seen = visitor.looks_at("http://pixelbarn.test/pictures/13.jpg")

    assert Image.open(io.BytesIO(seen.body)).format == "JPEG"


def test_a_site_has_a_front_and_robots_rules(visitor: Visitor) -> None:
    assert "Pixelbarn" in visitor.looks_at("http://pixelbarn.test/").text
    assert visitor.looks_at("http://pixelbarn.test/robots.txt").text == "User-agent: *\nDisallow:\n"


@pytest.mark.parametrize("path", ["/nothing", "/pictures/999.png", "/pictures/../world.toml", "/pictures/"])
def test_what_is_not_on_a_site_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.looks_at(f"http://pixelbarn.test{path}").status == 404


def test_a_server_shows_no_site_of_another_address(visitor: Visitor) -> None:
    seen = visitor.looks_at("http://pixelbarn.test/a/k3v9", address="192.0.2.37")

    assert (seen.status, "No such site" in seen.text) == (404, True)


def test_nobody_is_served_but_through_the_proxy(internet: SmallInternet) -> None:
    direct = http.client.HTTPConnection("127.0.0.1", internet._sites_server.port, timeout=60)

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        direct.request("GET", "/a/k3v9", headers={"Host": "pixelbarn.test"})
        direct.getresponse()
    direct.close()


def test_head_has_the_length_and_no_body(visitor: Visitor) -> None:
    seen = visitor.asks_proxy("http://192.0.2.5/a/k3v9", "pixelbarn.test", method="HEAD")

    assert (seen.status, seen.body) == (200, b"")


def test_a_picture_is_the_same_every_time_and_another_for_another_seed() -> None:
    first = picture("11.png")
    picture.cache_clear()

    assert picture("11.png") == first
    assert picture("12.png")[1] != first[1]


def test_a_small_jpeg_shows_the_same_picture() -> None:
    large = Image.open(io.BytesIO(picture("11.png")[1])).convert("L").resize((16, 12))
    small = Image.open(io.BytesIO(picture("11-small.jpg")[1])).convert("L").resize((16, 12))

    differences = [abs(a - b) for a, b in zip(large.tobytes(), small.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 8


@pytest.mark.parametrize("name", ["", "x.png", "11.gif", "11.png/..", "99999999.png"])
def test_only_numbered_pictures_exist(name: str) -> None:
    with pytest.raises(LookupError):
        picture(name)


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        (PERSON, False),
        (ROBOT, True),
        ("", True),
        ("python-httpx/0.28", True),
        ("Mozilla/5.0 (compatible; Somebot/1.0)", True),
    ],
)
def test_a_robot_is_known_by_its_name(agent: str, robot: bool) -> None:
    assert is_robot(agent) is robot
