"""Draws `docs/rooms.svg` from the import contracts of pyproject.toml: `python docs/rooms.py`.

The layers of "the house stands on its ground", top to bottom; a room may import what lies below it.
"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
WIDTH, ROW, GAP = 960, 46, 12
WORDS = {
    "cli": "the nightlight command",
    "server": "pages, settings",
    "stats": "measures, tables",
    "intake": "the public door",
    "triage": "sort, merge, rank",
    "assess": "decide, second look",
    "takedown": "notices, watching",
    "referral": "police, holds",
    "sharing": "lists, match",
    "casebook": "the shared records, the announcements",
    "accounts": "people, roles, mandate",
    "audit": "the tamper-evident log",
    "work": "the clock, due work",
    "fingerprint": "media to hashes",
    "hosting": "who hosts it",
    "vault": "keys, sealing",
    "net": "addresses, guarded fetcher",
}


def layers() -> list[list[str]]:
    """The rooms by layer, top first, as the contract names them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    house = next(each for each in contracts if each["name"] == "the house stands on its ground")
    return [
        [room.strip().removeprefix("nightlight.") for room in layer.split("|")] for layer in house["layers"]
    ]


def draw() -> str:
    """The picture as SVG."""
    rows = layers()
    height = len(rows) * (ROW + GAP) + GAP + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="t d" font-family="system-ui, sans-serif">',
        '<title id="t">The rooms of Nightlight</title>',
        '<desc id="d">Layers from top to bottom; a room may import only what lies below it. '
        + " Then ".join(", ".join(row) for row in rows)
        + ".</desc>",
        f'<rect width="{WIDTH}" height="{height}" fill="#FBF8F3"/>',
    ]
    for line, row in enumerate(rows):
        top = GAP + line * (ROW + GAP)
        width = (WIDTH - GAP * (len(row) + 1)) / len(row)
        for place, room in enumerate(row):
            left = GAP + place * (width + GAP)
            parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{ROW}" rx="8" fill="#fff" '
                'stroke="#0F5F5C"/>'
                f'<text x="{left + width / 2:.1f}" y="{top + 19}" text-anchor="middle" font-size="15" '
                f'font-weight="600" fill="#1B2430">{room}</text>'
                f'<text x="{left + width / 2:.1f}" y="{top + 36}" text-anchor="middle" font-size="12" '
                f'fill="#4A5463">{WORDS[room]}</text>'
            )
    parts.append(
        f'<text x="{WIDTH / 2}" y="{height - 12}" text-anchor="middle" font-size="12" fill="#4A5463">'
        "A room may import what lies below it, never beside or above; demo stands outside and imports none.</text>"
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "rooms.svg").write_text(draw())
