"""Records in the form registries give them."""

import json
from dataclasses import dataclass
from typing import Any

from tests.net.small_internet import Reply, Site


def entity(
    *roles: str, name: str = "", email: str = "", cc: str = "", inside: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """An RDAP entity with a jCard."""
    card: list[Any] = [["version", {}, "text", "4.0"]]
    if name:
        card.append(["fn", {}, "text", name])
    if email:
        card.append(["email", {"type": "abuse"}, "text", email])
    if cc:
        card.append(["adr", {"cc": cc}, "text", ["", "", "1 Road", "Town", "", "", "Somewhere"]])
    return {
        "objectClassName": "entity",
        "roles": list(roles),
        "vcardArray": ["vcard", card],
        "entities": inside or [],
    }


@dataclass
class Registry:
    """An RDAP service at ``base``."""

    site: Site
    base: str

    def knows(self, path: str, **record: Any) -> None:
        """Answer ``path`` with this record."""
        body = json.dumps(record).encode()
        self.site.replies[f"/rdap/{path}"] = Reply(200, body, {"Content-Type": "application/rdap+json"})

    def answers(self, path: str, reply: Reply) -> None:
        """Answer ``path`` in some other way."""
        self.site.replies[f"/rdap/{path}"] = reply

    def up(self, path: str) -> list[dict[str, str]]:
        """The links of a record whose parent is at ``path``."""
        return [
            {"rel": "self", "href": f"{self.base}/rdap/self", "type": "application/rdap+json"},
            {"rel": "up", "href": f"{self.base}/rdap/{path}", "type": "application/rdap+json"},
        ]

    def bootstrap(self) -> dict[str, Any]:
        """In the form of NIGHTLIGHT_RDAP (design.md 5.1)."""
        urls = [f"{self.base}/rdap"]
        return {
            "ipv4": {"services": [[["192.0.2.0/24", "198.51.100.0/24"], urls]]},
            "ipv6": {"services": [[["2001:db8::/32"], urls]]},
            "asn": {"services": [[["64496-64511"], urls]]},
            "dns": {"services": [[["example", "test"], urls]]},
        }
