"""What happens in the demonstration: who reports what, in which spelling, and what the analysts will find.

Everything follows from the world and a fixed seed, so that every run tells the same story.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from nightlight.demo.world import Expected, Page, Site, World

SEED = 20260105
AGES = ("3-6", "7-10", "11-13", "11-13", "14-15", "16-17")
MADE_BY = ("adult_present", "adult_present", "child_alone_directed", "child_alone_unclear", "synthetic")
SITE_TYPES = {
    "image_host": "image_host",
    "image_store": "image_store",
    "image_board": "image_board",
    "file_host": "file_host",
    "forum": "forum",
    "blog": "blog",
    "website": "website",
    "link_site": "link_site",
    "banner_site": "banner_site",
    "social_network": "social_network",
    "redirector": "redirector",
    "web_archive": "web_archive",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """One report as somebody sends it: through the form, or as a program through the API."""

    kind: str
    urls: tuple[str, ...] = ()
    text: str = ""
    happening_now: bool = False
    by_form: bool = False


# Not reported in the play, so that whoever watches has something of their own to report.
LEFT_FOR_YOU = ("http://quickpic.example/v/20419", "http://seaside-postcards.test/cards/harbour")

WITHOUT_ADDRESS = (
    Filing(
        "grooming", text="An account on a game keeps asking my child to move to another chat.", by_form=True
    ),
    Filing(
        "live_stream",
        text="A stream that looks wrong is on right now. I wrote down the name.",
        happening_now=True,
    ),
    Filing("sexual_extortion", text="Someone threatens my friend with a picture. We need advice."),
)
NOT_UNDERSTOOD = Filing(
    "material", urls=("the link with the blue logo", "javascript:void(0)"), text="I closed the page."
)


def filings(world: World) -> list[Filing]:
    """All reports of the demonstration, in the order in which they are sent."""
    chance = random.Random(SEED)
    found = [filing for site, page in pages(world) for filing in _about(site, page, chance)]
    chance.shuffle(found)
    return [*WITHOUT_ADDRESS, NOT_UNDERSTOOD, *found]


def pages(world: World) -> Iterator[tuple[Site, Page]]:
    """Every page that somebody reports."""
    for site in world.sites.values():
        for page in site.pages:
            if site.url(page) not in LEFT_FOR_YOU:
                yield site, page


def decision(site: Site, page: Page) -> dict[str, object]:
    """What an analyst decides about a page, in the form of the API."""
    if page.expected is not Expected.CONFIRMED:
        return {"outcome": page.expected.value, "site_type": SITE_TYPES.get(site.kind, "other")}
    chance = random.Random(f"{SEED} {site.url(page)}")
    made_by = chance.choice(MADE_BY)
    return {
        "outcome": "confirmed",
        "severity": chance.choices(("A", "B", "C"), (1, 2, 3))[0],
        "age": chance.choice(AGES),
        "sex": chance.choices(("girls", "boys", "both"), (8, 2, 1))[0],
        "made_by": made_by,
        "ai_generated": made_by == "synthetic",
        "live_stream": False,
        "commercial": chance.random() < 0.1,
        "site_type": SITE_TYPES.get(site.kind, "other"),
    }


def _about(site: Site, page: Page, chance: random.Random) -> Iterator[Filing]:
    url = site.url(page)
    yield Filing("material", (url,), by_form=chance.random() < 0.2)
    if chance.random() < 0.4:
        yield Filing("material", (_respelled(url, chance),), by_form=chance.random() < 0.2)


def _respelled(url: str, chance: random.Random) -> str:
    """The same address as another person might write it."""
    parts = urlsplit(url)
    return chance.choice(
        (
            url.replace(parts.netloc, parts.netloc.upper(), 1),
            f"{url}#comments",
            url.replace("http://", "hxxp://", 1),
            url.replace(parts.netloc, f"{parts.netloc}:80", 1),
            f"  {url} ",
        )
    )
