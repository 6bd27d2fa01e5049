"""The web of the small internet: one HTTP server for all sites, told apart by address and Host.

The address that a visitor meant comes in the line that the proxy puts before each connection
(PROXY protocol version 1, as load balancers speak it).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from ipaddress import ip_address

from nightlight.demo.conduct import Shows
from nightlight.demo.course import Course
from nightlight.demo.loopback import LoopbackHTTPServer, QuietHandler, in_thread
from nightlight.demo.pictures import picture
from nightlight.demo.world import Address, Page, Site, World

HTML = "text/html; charset=utf-8"
_PROXY_LINE = re.compile(rb"PROXY TCP[46] \S+ (?P<meant>\S+) \d+ \d+\r\n")
_ROBOT = re.compile(r"bot|crawl|spider|compatible;|nightlight|httpx|python|curl|wget", re.IGNORECASE)

_ROBOTS_PAGE = "<!doctype html><title>Checking your browser</title><h1>Robots are not served here</h1>"
_NOTHING_HERE = "<!doctype html><title>404 Not Found</title><h1>Not Found</h1>"
_NO_SUCH_SITE = "<!doctype html><title>404</title><h1>No such site on this server</h1>"
_GONE = "<!doctype html><title>410 Gone</title><h1>Gone</h1>"
_REMOVED = (
    "<!doctype html><title>Removed</title><h1>This file was removed</h1><p>It is no longer available.</p>"
)
_PARKED = (
    "<!doctype html><title>Garden furniture</title><h1>Garden furniture</h1><p>Benches, tables, lanterns.</p>"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    kind: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def _html(status: int, text: str, **headers: str) -> Reply:
    return Reply(status, HTML, text.encode(), headers)


_FIXED: Mapping[Shows, Reply] = {
    Shows.NOT_FOUND: _html(404, _NOTHING_HERE),
    Shows.GONE: _html(410, _GONE),
    Shows.REMOVED_NOTE: _html(200, _REMOVED),
    Shows.OTHER_PAGE: _html(200, _PARKED),
}


class Web:
    """What any visitor gets for an address, a Host and a path, as of the injected clock."""

    def __init__(self, world: World, course: Course) -> None:
        self._world = world
        self._course = course

    def hosts(self, address: Address) -> bool:
        """Whether any server listens on `address` at all."""
        return any(
            address in (*site.addresses, *site.origin, *self._world.onward_addresses(site))
            for site in self._world.sites.values()
        )

    def visit(self, address: Address, host: str, path: str, agent: str) -> Reply:
        """The answer to one GET. `path` includes the query; `agent` is the User-Agent."""
        site = self._world.site(host.partition(":")[0])
        if site is None or address not in self._course.serving(site):
            return _html(404, _NO_SUCH_SITE)
        found = self._world.page(f"http://{site.host}{path}")
        if found:
            return self._page(site, found[1], agent)
        if path == "/":
            return _html(200, _front(site))
        if path == "/robots.txt":
            return self._robots(site)
        if path.startswith("/pictures/") and path.removeprefix("/pictures/") in self._course.pictures(site):
            return Reply(200, *picture(path.removeprefix("/pictures/")))
        return _FIXED[Shows.NOT_FOUND]

    def _page(self, site: Site, page: Page, agent: str) -> Reply:
        if not page.title:
            return _FIXED[Shows.NOT_FOUND]
        turn = self._course.standing(site, page)
        if turn.refuses_robots and is_robot(agent):
            return _html(403, _ROBOTS_PAGE)
        if turn.shows is Shows.REDIRECT:
            return _html(302, "", Location=self._world.conduct_of(site).redirects_to)
        return _FIXED.get(turn.shows) or _html(200, _shown(site, page))

    def _robots(self, site: Site) -> Reply:
        refused = any(self._course.standing(site, page).refuses_robots for page in site.pages)
        return Reply(
            200, "text/plain", b"User-agent: *\nDisallow: /\n" if refused else b"User-agent: *\nDisallow:\n"
        )


def is_robot(agent: str) -> bool:
    """Whether a User-Agent is a program's own rather than a person's browser's."""
    return not agent.startswith("Mozilla/") or _ROBOT.search(agent) is not None


def _front(site: Site) -> str:
    return f"<!doctype html><title>{escape(site.title)}</title><h1>{escape(site.title)}</h1><p>Welcome.</p>"


def _shown(site: Site, page: Page) -> str:
    pictures = "".join(
        f'<p><img src="/pictures/{name}" alt="A picture of shapes"></p>' for name in page.pictures
    )
    links = "".join(f'<li><a href="{escape(url)}">{escape(url)}</a></li>' for url in page.links)
    return (
        f"<!doctype html><html><head><title>{escape(page.title)} – {escape(site.title)}</title></head>"
        f"<body><h1>{escape(page.title)}</h1>{pictures}{f'<ul>{links}</ul>' if links else ''}"
        f'<p><a href="/">{escape(site.title)}</a></p></body></html>'
    )


class SitesServer:
    """Serves the web on a free loopback port until `stop`; only the proxy should call it."""

    def __init__(self, web: Web) -> None:
        class Visit(QuietHandler):
            meant: Address

            def handle(self) -> None:
                line = _PROXY_LINE.fullmatch(self.rfile.readline(200))
                if line is None:  # not from the proxy: nobody else is served
                    return
                self.meant = ip_address(line["meant"].decode())
                super().handle()

            def do_GET(self) -> None:  # noqa: N802 - the parent's name
                agent = self.headers.get("User-Agent", "")
                reply = web.visit(self.meant, self.headers.get("Host", ""), self.path, agent)
                self.reply(reply.status, reply.kind, reply.body, **reply.headers)

            do_HEAD = do_GET  # noqa: N815

        self._server = LoopbackHTTPServer(Visit)
        self.port = self._server.port

    def start(self) -> None:
        """Serve in a thread of this process."""
        in_thread(self._server, "sites")

    def stop(self) -> None:
        """Stop serving and give the port back."""
        self._server.shutdown()
        self._server.server_close()
