"""One small site on a documentation address, its name, and a Case about a page on it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.casebook import egress
from nightlight.casebook.models import Assessment, Case, Location, Media, Sighting
from nightlight.casebook.words import Outcome, ReportKind, Severity, State
from nightlight.net.address import canonical
from nightlight.net.resolve import CannotTell, NoSuchName
from nightlight.takedown.models import Trace
from nightlight.work import clock
from tests.net.small_internet import Reply, Site, SmallInternet

HOME, ELSEWHERE = "192.0.2.5", "198.51.100.7"
NETWORK = "192.0.2.0/27"
PICTURE, LOGO, OTHER = b"a picture of dunes", b"a logo", b"a picture of garden chairs"
HTML = {"Content-Type": "text/html; charset=utf-8"}
PNG = {"Content-Type": "image/png"}
PAGE = "<title>Album 7</title><h1>Album 7</h1><p>Dunes, seen from the harbour wall at noon</p>"


def digest(content: bytes) -> str:
    """The SHA-256 by which a Media is known."""
    return sha256(content).hexdigest()


def html(text: str, status: int = 200, **headers: str) -> Reply:
    """A page."""
    return Reply(
        status, text.encode(), HTML | {name.replace("_", "-"): text for name, text in headers.items()}
    )


def picture(content: bytes) -> Reply:
    """A picture, as far as anybody asks."""
    return Reply(200, content, PNG)


class Names:
    """Names to addresses; a name without any does not exist, one in `silent` can't be told."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}
        self.silent: set[str] = set()

    def addresses(self, host: str) -> list[str]:
        if host in self.silent:
            raise CannotTell("SERVFAIL")
        if host not in self.known:
            raise NoSuchName(host)
        return self.known[host]

    def name_servers(self, domain: str) -> list[str]:
        return [f"ns1.{domain}"]


@dataclass
class SmallWeb:
    """`album.test` with one page that shows one picture, served at `HOME` and, once moved, at `ELSEWHERE`."""

    internet: SmallInternet
    names: Names
    site: Site = field(default_factory=Site)
    new_host: Site = field(default_factory=Site)
    url: str = "http://album.test/a/7"

    def show(self, text: str = PAGE, status: int = 200, *, picture_of: bytes | None = PICTURE) -> None:
        """Puts the page up as this text, with a logo and a picture (None: a page without media)."""
        media = '<img src="/logo.png"><img src="/7.png">' if picture_of is not None else ""
        self.site.replies["/a/7"] = html(text + media, status)
        self.site.replies["/logo.png"] = picture(LOGO)
        self.site.replies.pop("/7.png", None)
        if picture_of:
            self.site.replies["/7.png"] = picture(picture_of)

    def remove(self, status: int = 404) -> None:
        """Takes page and picture down."""
        self.site.replies["/a/7"] = html("<h1>Nothing here</h1>", status)
        self.site.replies.pop("/7.png", None)

    def note(self) -> None:
        """Answers 200 with a removal note, logo and all."""
        self.show("<title>Album 7</title><p>This content has been removed.</p>", picture_of=b"")

    def move(self) -> None:
        """The site leaves for another host, page and all."""
        self.new_host.replies.update(self.site.replies)
        self.names.known["album.test"] = [ELSEWHERE]

    def asked(self, path: str) -> int:
        """How often a path was asked for, on either host."""
        return sum(target == path for site in (self.site, self.new_host) for _, target, _ in site.asked)


@contextmanager
def small_web(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWeb]:
    """The site, and the home's way out leading to it and to nowhere else."""
    with ExitStack() as stack:
        internet, names = SmallInternet(stack, folder), Names()
        web = SmallWeb(internet, names)
        web.site = internet.site("album.test", HOME, {})
        web.new_host = internet.site("album.test", ELSEWHERE, {})
        names.known["album.test"] = [HOME]
        fetcher = internet.fetcher(resolver=names)
        monkeypatch.setattr(egress, "resolver", lambda: names)
        monkeypatch.setattr(egress, "fetcher", lambda: fetcher)
        web.show()
        yield web


def case_about(url: str, state: State = State.CONFIRMED, **fields: Any) -> Case:
    """A Case about one address."""
    address, now = canonical(url), clock.now()
    location = Location.objects.create(
        url=address.url, host=address.host, domain=address.domain, tld=address.tld, first_seen=now
    )
    return Case.objects.create(
        state=state,
        kind=ReportKind.MATERIAL,
        priority=3,
        received_at=now,
        changed_at=now,
        confirmed_at=now,
        location=location,
        **fields,
    )


def confirm(case: Case, by: Person, *contents: bytes) -> Assessment:
    """What an analyst decided, and which media they chose."""
    assert case.location
    decision = Assessment.objects.create(
        case=case,
        episode=case.episode,
        round=1 + case.assessments.count(),
        by=by,
        at=clock.now(),
        outcome=Outcome.CONFIRMED,
        severity=Severity.C,
        is_final=True,
    )
    for content in contents:
        media, _ = Media.objects.get_or_create(sha256=digest(content), defaults={"first_seen": clock.now()})
        Sighting.objects.get_or_create(media=media, location=case.location, defaults={"at": clock.now()})
        decision.media.add(media)
    return decision


def traced(case: Case, *addresses: str, network: str = NETWORK) -> Trace:
    """Where the page was found to be; takes the place of an earlier trace."""
    Trace.objects.filter(case=case).update(is_current=False)
    return Trace.objects.create(
        case=case,
        location=case.location,
        episode=case.episode,
        at=clock.now(),
        host=case.location.host if case.location else "",
        addresses=json.dumps(addresses or [HOME]),
        networks=json.dumps([network] if network else []),
        country="DE",
        provider_key="NET-1",
        contacts=json.dumps([{"email": "abuse@host.example", "scope": "network", "name": "Host"}]),
    )
