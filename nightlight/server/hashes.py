"""What `doctor` looks at of fingerprints: that media can be opened, behind which limits, and the index."""

from collections.abc import Iterator

from django.conf import settings

from nightlight.casebook import hashing
from nightlight.casebook.index import known_index
from nightlight.fingerprint import compiled, confined
from nightlight.fingerprint.sandbox import Sandbox, Unavailable
from nightlight.server import volume
from nightlight.server.findings import Finding, missing, ok, warn


def media() -> Iterator[Finding]:
    """Whether pictures and videos can be opened, and how well their processes are locked in."""
    sandbox = Sandbox(1, hashing.SECONDS, hashing.MEGABYTES)
    try:
        sandbox.warm_up()
    except Unavailable as error:
        yield missing("media", str(error), "without it media are compared byte for byte only; install anew")
        return
    finally:
        sandbox.close()
    caps = f"{hashing.SECONDS:g} s and {hashing.MEGABYTES} MiB a file"
    if confined.has_landlock():
        yield ok("media", f"opened in processes of their own that reach no file and no network: {caps}")
    else:
        yield warn(
            "media",
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
