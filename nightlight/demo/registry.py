"""The registration data service of the small internet: RDAP (RFC 9083) and its bootstrap file (RFC 9224)."""

import json
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any
from urllib.parse import unquote

from nightlight.demo.loopback import LOOPBACK, LoopbackHTTPServer, QuietHandler, in_thread
from nightlight.demo.world import (
    DOCUMENTATION_NETWORKS,
    DomainContact,
    Network,
    Provider,
    Registrar,
    Site,
    World,
)

RDAP_JSON = "application/rdap+json"
REDACTED = "REDACTED FOR PRIVACY"
_REGISTERED = "2019-05-02T00:00:00Z"

Json = dict[str, Any]


class Register:
    """What the registries know. `base` is the service's own address, ending in a slash."""

    def __init__(self, world: World, base: str) -> None:
        self._world = world
        self._base = base

    def bootstrap(self) -> Json:
        """The bootstrap file in the form that `NIGHTLIGHT_RDAP` names: all four RFC 9224 files in one."""
        blocks = {
            version: [str(n) for n in DOCUMENTATION_NETWORKS if n.version == version] for version in (4, 6)
        }
        kinds = {
            "ipv4": blocks[4],
            "ipv6": blocks[6],
            "asn": ["64496-64511", "65536-65551"],
            "dns": ["test", "example"],
        }
        return {
            kind: {"version": "1.0", "services": [[entries, [self._base]]]} for kind, entries in kinds.items()
        }

    def ip(self, wanted: str) -> Json | None:
        """The most specific network over an address or block (RFC 9082 3.1.1).

        None if nobody holds it; raises `ValueError` if it is no address.
        """
        block = ip_network(wanted, strict=False)
        held = self._world.network_over(block)
        return self._network(*held) if held else None

    def autnum(self, wanted: str) -> Json | None:
        """The AS of this number; raises `ValueError` if it is no number."""
        number = int(wanted)
        provider = next((p for p in self._world.providers.values() if p.asn == number), None)
        if provider is None:
            return None
        return {
            "objectClassName": "autnum",
            "handle": f"AS{number}",
            "startAutnum": number,
            "endAutnum": number,
            "name": provider.key.upper(),
            "country": provider.country,
            "status": ["active"],
            "entities": [self._organisation(provider)],
            "links": [self._link("self", f"autnum/{number}")],
        }

    def domain(self, wanted: str) -> Json | None:
        """The registration of a site's name; None for names that are not registered, such as deeper ones."""
        name = wanted.lower().rstrip(".")
        site = self._world.sites.get(name)
        if site is None:
            return None
        registrar = self._world.registrars[site.registrar]
        return {
            "objectClassName": "domain",
            "handle": f"DOM-{name.upper().replace('.', '-')}",
            "ldhName": name,
            "status": ["active"],
            "events": [{"eventAction": "registration", "eventDate": _REGISTERED}],
            "nameservers": [
                {"objectClassName": "nameserver", "ldhName": f"ns{at}.{registrar.domain}"} for at in (1, 2)
            ],
            "entities": [_registrar(registrar, site), *_holder(site)],
            "links": [self._link("self", f"domain/{name}")],
        }

    def _network(self, provider: Provider, network: Network) -> Json:
        links = [self._link("self", f"ip/{network}")]
        handles: Json = {}
        if provider.parent is not None:
            parent = self._world.providers[provider.parent]
            above = next(n for n in parent.networks if n.version == network.version)
            links.append(self._link("up", f"ip/{above}"))
            handles["parentHandle"] = parent.handle(above)
        prefix = "v4prefix" if network.version == 4 else "v6prefix"
        return {
            "objectClassName": "ip network",
            "handle": provider.handle(network),
            "startAddress": str(network[0]),
            "endAddress": str(network[-1]),
            "ipVersion": f"v{network.version}",
            "name": provider.key.upper(),
            "type": "ASSIGNED",
            "country": provider.country,
            **handles,
            "cidr0_cidrs": [{prefix: str(network.network_address), "length": network.prefixlen}],
            "arin_originas0_originautnums": [provider.asn],
            "status": ["active"],
            "events": [{"eventAction": "registration", "eventDate": _REGISTERED}],
            "entities": [self._organisation(provider)],
            "links": links,
        }

    def _organisation(self, provider: Provider) -> Json:
        """The network's holder, with the abuse desk nested in it as at the regional registries."""
        nested = []
        if provider.mailbox:
            nested.append(
                _entity(f"{provider.key.upper()}-ABUSE", ["abuse"], "Abuse desk", email=provider.mailbox)
            )
        return _entity(
            f"{provider.key.upper()}-ORG",
            ["registrant"],
            provider.name,
            country=provider.country,
            entities=nested,
        )

    def _link(self, relation: str, path: str) -> Json:
        return {"rel": relation, "href": self._base + path, "value": self._base + path, "type": RDAP_JSON}


def _entity(
    handle: str,
    roles: list[str],
    name: str,
    *,
    email: str = "",
    country: str = "",
    entities: Iterable[Json] = (),
    **more: object,
) -> Json:
    """An entity with its jCard (RFC 7095)."""
    card: list[list[object]] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    if email:
        card.append(["email", {"type": "work"}, "text", email])
    if country:
        card.append(["adr", {"cc": country}, "text", ["", "", "", "", "", "", country]])
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": roles,
        "vcardArray": ["vcard", card],
        "entities": list(entities),
        **more,
    }


def _registrar(registrar: Registrar, site: Site) -> Json:
    redacted = site.domain_contact is DomainContact.REDACTED
    email = REDACTED if redacted else registrar.mailbox
    desk = _entity(f"{registrar.iana_id}-ABUSE", ["abuse"], "Abuse desk", email=email)
    ids = [{"type": "IANA Registrar ID", "identifier": str(registrar.iana_id)}]
    return _entity(str(registrar.iana_id), ["registrar"], registrar.name, entities=[desk], publicIds=ids)


def _holder(site: Site) -> list[Json]:
    """Who holds the name: always redacted, now and then with an abuse desk on the site's own domain."""
    entities = [_entity(REDACTED, ["registrant"], REDACTED, email=REDACTED)]
    if site.own_mailbox:
        entities.append(_entity(f"{site.host.upper()}-ABUSE", ["abuse"], site.title, email=site.own_mailbox))
    return entities


class RegistryServer:
    """Serves `ip/…`, `autnum/…`, `domain/…` and `bootstrap.json` over HTTP until `stop`."""

    def __init__(self, world: World) -> None:
        class Desk(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 - the parent's name
                status, body = answered(self.path)
                self.reply(status, RDAP_JSON, json.dumps(body).encode(), Access_Control_Allow_Origin="*")

            do_HEAD = do_GET  # noqa: N815

        def answered(path: str) -> tuple[int, Json]:
            return _answered(self._register, path)

        self._server = LoopbackHTTPServer(Desk)
        self.base = f"http://{LOOPBACK}:{self._server.port}/"
        self._register = Register(world, self.base)

    def bootstrap(self) -> Json:
        """The bootstrap file that leads to this server."""
        return self._register.bootstrap()

    def start(self) -> None:
        """Serve in a thread of this process."""
        in_thread(self._server, "rdap")

    def stop(self) -> None:
        """Stop serving and give the port back."""
        self._server.shutdown()
        self._server.server_close()


def _answered(register: Register, path: str) -> tuple[int, Json]:
    kind, _, wanted = unquote(path.partition("?")[0]).lstrip("/").partition("/")
    if kind == "bootstrap.json":
        return 200, register.bootstrap()
    asked: dict[str, Callable[[str], Json | None]] = {
        "ip": register.ip,
        "autnum": register.autnum,
        "domain": register.domain,
    }
    if kind not in asked:
        return 400, _error(400, "Only ip, autnum and domain can be asked here")
    try:
        found = asked[kind](wanted)
    except ValueError:
        return 400, _error(400, f"Not a valid {kind}")
    if found is None:
        return 404, _error(404, "Nothing is registered under this")
    return 200, {"rdapConformance": ["rdap_level_0", "cidr0", "arin_originas0"]} | found


def _error(status: int, title: str) -> Json:
    return {"rdapConformance": ["rdap_level_0"], "errorCode": status, "title": title, "description": []}
