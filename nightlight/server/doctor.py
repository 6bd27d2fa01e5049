"""`nightlight doctor`: everything a hotline needs before its door may open, and what of it is missing.

Checks only read. Each stands alone; where the house itself does not stand (no ring, no database) the rest is left
out, because it would only say the same again.
"""

from collections.abc import Iterator

from nightlight.server import home, volume
from nightlight.server.findings import Check, Finding, Mark, missing, ok, warn

FOUNDATIONS = ("home", "keys", "settings", "database")


def examine() -> Iterator[Finding]:
    """Every finding, in the order in which things build on one another."""
    for checks in (_ground, _house):
        sound = True
        for check in checks():
            for finding in check():
                sound = sound and not (finding.state is Mark.MISSING and finding.check in FOUNDATIONS)
                yield finding
            if not sound:
                return


def _ground() -> tuple[Check, ...]:
    return (_folder, _keys, _settings)


def _house() -> tuple[Check, ...]:
    """Only now, because these need Django."""
    home.start_django()
    from nightlight.server import inside, lines, reach, urgent

    outside = (reach.proxy, reach.mail, reach.resolver, reach.rdap)
    return (*inside.FIRST, *outside, *inside.THEN, urgent.path, lines.telephone)


def _folder() -> Iterator[Finding]:
    folder = home.folder()
    if not folder.is_dir():
        yield missing("home", f"there is no home at {folder}", "run nightlight init, or set NIGHTLIGHT_HOME")
        return
    mode = folder.stat().st_mode & 0o777
    if mode & 0o077:
        yield missing("home", f"{folder} is open to other users (mode {mode:04o})", f"chmod 700 {folder}")
    else:
        yield ok("home", f"{folder} is its owner's alone")
    if volume.is_encrypted(folder):
        yield ok("volume", "the home lies on an encrypted volume")
    else:
        yield warn(
            "volume",
            "no encryption of the volume can be seen from here",
            "hash values, the saved index and SQLite's file belong on an encrypted volume (LUKS, or your cloud's)",
        )


def _keys() -> Iterator[Finding]:
    from nightlight.vault import KeyRing, KeyRingError
    from nightlight.vault.ring import Family

    try:
        ring = KeyRing.load(home.folder() / "keys")
    except KeyRingError as error:
        yield missing("keys", str(error), "run nightlight init, or restore the keys folder from a backup")
        return
    count = {family: len(ring.key_ids(family)) for family in Family}
    yield ok(
        "keys",
        f"ring {ring.fingerprint[:12]}: {count[Family.DATA]} data keys, {count[Family.INDEX]} index keys",
    )


def _settings() -> Iterator[Finding]:
    from nightlight.server import config

    try:
        found = config.read()
        config.database(found.database_url)
    except config.ConfigError as error:
        yield missing("settings", str(error), "see docs/settings.md")
        return
    yield ok("settings", f"{found.name} at {found.base_url}")
