"""The small internet as a whole: its settings, its ports, and that it survives being killed."""

import threading
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path

from nightlight.demo.internet import SmallInternet
from nightlight.demo.world import DOCUMENTATION_NETWORKS
from tests.demo.outside import Clock, Visitor

_LISTENING, _UNCONNECTED = "0A", "07"


def listening() -> set[tuple[str, str]]:
    """Address and inode of this process's own listening TCP and unconnected UDP sockets, as in /proc."""
    opened = []
    for fd in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            opened.append(fd.readlink().name)
    mine = {name.removeprefix("socket:[").removesuffix("]") for name in opened if name.startswith("socket:")}
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[9] in mine and columns[3] in (_LISTENING, _UNCONNECTED):
                found.add((columns[1].partition(":")[0], columns[9]))
    return found


def test_nothing_but_loopback_is_bound(clock: Clock, tmp_path: Path) -> None:
    before = listening()
    with SmallInternet(clock, tmp_path / "post"):
        opened = listening() - before

    assert {address for address, _ in opened} == {"0100007F"}  # 127.0.0.1, as the kernel writes it


def test_the_settings_name_only_loopback_servers_and_exactly_the_documentation_networks(
    internet: SmallInternet,
) -> None:
    settings = internet.environment()

    allowed = {ip_network(block) for block in settings.pop("NIGHTLIGHT_EGRESS_ALLOW").split(",")}
    assert allowed == set(DOCUMENTATION_NETWORKS)
    assert set(settings) == {"NIGHTLIGHT_DNS", "NIGHTLIGHT_RDAP", "NIGHTLIGHT_EMAIL_URL", "NIGHTLIGHT_PROXY"}
    assert all("127.0.0.1:" in value for value in settings.values())


def test_stopping_gives_every_port_back_and_ends_every_server(clock: Clock, tmp_path: Path) -> None:
    before, running = listening(), set(threading.enumerate())
    with SmallInternet(clock, tmp_path / "post"):
        opened = listening() - before
        begun = set(threading.enumerate()) - running

    for thread in begun:
        thread.join(60)
    assert not [thread for thread in begun if thread.is_alive()]
    assert opened and not opened & listening()


def test_a_restarted_internet_stands_where_the_killed_one_stood(clock: Clock, tmp_path: Path) -> None:
    moving, returning = "http://driftpage.test/set/5", "http://returning-gallery.test/room/14"
    with SmallInternet(clock, tmp_path / "post") as first:
        Visitor(first).writes("noc@windmill-colo.example", moving)
        Visitor(first).writes("abuse@havel-media.example", returning)
        clock.goes_on(hours=9)
    with SmallInternet(clock, tmp_path / "post") as second:
        visitor = Visitor(second)
        moved, removed = visitor.addresses("driftpage.test"), visitor.looks_at(returning)
        clock.goes_on(days=7)
        back = visitor.looks_at(returning)
        visitor.writes("abuse@havel-media.example", returning)
    clock.goes_on(hours=2)
    with SmallInternet(clock, tmp_path / "post") as third:
        removed_again = Visitor(third).looks_at(returning)

    assert moved == ["192.0.2.90"]
    assert (removed.status, back.status, removed_again.status) == (404, 200, 404)


def test_two_internets_run_side_by_side(clock: Clock, tmp_path: Path) -> None:
    with SmallInternet(clock, tmp_path / "a") as one, SmallInternet(clock, tmp_path / "b") as other:
        Visitor(one).writes("abuse@elbe-hosting.example", "http://pixelbarn.test/a/k3v9")
        clock.goes_on(hours=1)

        assert Visitor(one).looks_at("http://pixelbarn.test/a/k3v9").status == 404
        assert Visitor(other).looks_at("http://pixelbarn.test/a/k3v9").status == 200
