"""What `doctor` looks at of the telephone lines on the public pages: whether somebody checked them lately."""

from collections.abc import Iterator

from django.conf import settings

from nightlight.intake import helplines
from nightlight.server.findings import Finding, ok, warn
from nightlight.work import clock


def telephone() -> Iterator[Finding]:
    """Whether the lines are fresh, and whether the hotline's own country has any."""
    old = helplines.old_lines(clock.real_now().date())
    if old:
        named = ", ".join(f"{line.number} ({'/'.join(line.places[:3])})" for line in old[:5])
        yield warn(
            "lines.age",
            f"{len(old)} telephone lines were checked more than {helplines.keeps().days} days ago: {named}",
            "dial and check them, and bring nightlight/intake/helplines.toml up to date",
        )
    else:
        yield ok("lines.age", f"{len(helplines.every_line())} telephone lines, all checked lately")
    own = settings.NIGHTLIGHT.countries[:1]
    if own and own[0] not in helplines.places():
        yield warn(
            "lines.country",
            f"no telephone line of {own[0]} is known: the pages name 112 and 116 111",
            "add the country's lines to nightlight/intake/helplines.toml",
        )
