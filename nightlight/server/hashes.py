"""What `doctor` looks at of fingerprints: that media and pages can be opened, behind which limits, and the index."""

from collections.abc import Iterator

from django.conf import settings

from nightlight.casebook import hashing, pages
from nightlight.casebook.index import known_index
from nightlight.fingerprint import compiled, confined
from nightlight.fingerprint.sandbox import Sandbox, Unavailable
from nightlight.server import volume
from nightlight.server.findings import Finding, missing, ok, warn


def media() -> Iterator[Finding]:
    """Whether pictures and videos can be opened, and how well their processes are locked in."""
    sandbox = Sandbox(1, hashing.SECONDS, hashing.MEGABYTES)
    caps = f"{hashing.SECONDS:g} s and {hashing.MEGABYTES} MiB a file"
    yield _opened("media", sandbox, caps, "without it media are compared byte for byte only; install anew")


def reported_pages() -> Iterator[Finding]:
    """Whether reported pages can be taken apart, and how well their processes are locked in."""
    sandbox = Sandbox(1, pages.SECONDS, pages.MEGABYTES, examine=pages.EXAMINE)
    caps = f"{pages.SECONDS:g} s and {pages.MEGABYTES} MiB a page"
    yield _opened("pages", sandbox, caps, "without it no page is read and no look can tell; install anew")


def _opened(check: str, sandbox: Sandbox, caps: str, without: str) -> Finding:
    try:
        sandbox.warm_up()
    except Unavailable as error:
        return missing(check, str(error), without)
    finally:
        sandbox.close()
    if confined.has_landlock():
        return ok(check, f"opened in processes of their own that reach no file and no network: {caps}")
    return warn(
        check,
        f"opened in processes of their own ({caps}), which this kernel can't keep from files",
        "use a kernel with Landlock (Linux 5.13 or later)",
    )


def loops() -> Iterator[Finding]:
    """Whether the compiled loops of hashing and matching are there for this machine."""
    if compiled.ready():
        yield ok("loops", "compiled for this machine")
    else:
        yield warn(
            "loops",
            "not compiled for this machine yet: the first start takes a minute more",
            "start it once where it may write its cache (a home folder, or NUMBA_CACHE_DIR)",
        )


def index() -> Iterator[Finding]:
    """How many known hashes there are, and where their copy lies."""
    pictures, frames, number = known_index().facts()
    yield ok("index", f"{pictures} hashes of pictures, {frames} of video frames, up to change {number}")
    folder = settings.NIGHTLIGHT.home / "index"
    if folder.is_dir() and not volume.is_encrypted(folder):
        yield warn(
            "index.volume",
            "hash values of known media are saved there, and no encryption of the volume can be seen",
            "put the home on an encrypted volume (LUKS, or your cloud's)",
        )
