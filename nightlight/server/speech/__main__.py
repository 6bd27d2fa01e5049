"""`python -m nightlight.server.speech`: brings every catalogue up to date with the texts (`make texts`).

`python -m nightlight.server.speech digest CODE PART` prints what the reviewer of a part signs in `languages.toml`.
"""

import sys

import django

from nightlight.server.speech import catalogue, gather
from nightlight.server.speech.tongues import PARTS, SOURCE, tongues

USAGE = "python -m nightlight.server.speech [digest CODE young|public|desk]"


def main(arguments: list[str]) -> str:
    """What there is to say."""
    django.setup()
    if not arguments:
        return "\n".join(_bring_up_to_date(code) for code in tongues() if code != SOURCE)
    match arguments:
        case ["digest", code, part] if code in tongues() and part in PARTS:
            return catalogue.digest(catalogue.read(code).values(), part)
    raise SystemExit(USAGE)


def _bring_up_to_date(code: str) -> str:
    entries = gather.merged(code, catalogue.read(code))
    catalogue.write(code, entries)
    missing = {part: sum(part in each.parts and not each.complete for each in entries) for part in PARTS}
    return f"{code}: {len(entries)} texts; missing: {', '.join(f'{part} {n}' for part, n in missing.items())}"


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
