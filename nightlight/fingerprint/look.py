"""A file seen with the eyes of one who looks it up: what `nightlight hash` says of it, and the hashes to search for.

Two PDQs of one large picture may differ by more than the radius, and a picture that says how it is to be turned is
listed by some as it lies and by others as it is seen (performance.md, "How the hash works"). So a look-up of a picture
with a side over 512 pixels searches for both PDQs, and one with an EXIF orientation for both ways up.
"""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from nightlight.fingerprint import decode, media
from nightlight.fingerprint.pdq import LARGEST_CPP_SIDE, MIN_QUALITY, Mode, Pdq, pdq
from nightlight.fingerprint.sniff import HEAD_BYTES, sniff

AS_IS = "as_is"
CPP = "cpp"
ORIENTED = "oriented"
_ORIENTATION = 0x0112  # the EXIF tag
_EXIF = (b"Exif", b"eXIf", b"EXIF")  # as JPEG, PNG and WebP introduce it


@dataclass(frozen=True, slots=True)
class Look:
    """One hash to search for. `via` is `as_is` or the edit seen through; `form` is `cpp` for Meta's C++ hash,
    `oriented` for the picture turned as its EXIF says, empty for the plain one."""

    via: str
    form: str
    pdq: str


@dataclass(frozen=True, slots=True)
class Examined:
    """`said` is the object of `nightlight hash`; `looks` are a picture's, none where its quality says nothing."""

    said: dict[str, Any]
    looks: tuple[Look, ...] = ()


def examine(path: str, through_edits: bool) -> Examined:
    """What one file is and what to search for. Never raises for a bad file: its object then has an `error`."""
    looks: list[Look] = []
    said = media.describe(path, seen=lambda data, picture: looks.extend(_looks(data, picture, through_edits)))
    if said.get("kind") != "image":
        return Examined(said)
    plain = [Look(AS_IS, "", said["pdq"])] if said["quality"] >= MIN_QUALITY else []
    return Examined(said, (*plain, *looks))


def failed(path: str, reason: str) -> Examined:
    """The answer about a file over which a process was lost."""
    return Examined({"path": path, "error": reason})


def _looks(data: bytes, picture: decode.Picture, through_edits: bool) -> list[Look]:
    """What to search for beside the plain hash."""
    found: list[tuple[str, str, Pdq]] = []
    large = max(picture.width, picture.height) > LARGEST_CPP_SIDE
    if large:
        found.append((AS_IS, CPP, pdq(picture.pixels, Mode.CPP)))
    if through_edits:
        found += _through_edits(picture.pixels, large)
    if _is_turned(data):
        turned = decode.picture(data, orient=True).pixels
        found.append((AS_IS, ORIENTED, pdq(turned)))
        if large:
            found.append((AS_IS, f"{CPP}+{ORIENTED}", pdq(turned, Mode.CPP)))
    return [Look(via, form, hashed.hex) for via, form, hashed in found if hashed.quality >= MIN_QUALITY]


def _through_edits(pixels: Any, large: bool) -> list[tuple[str, str, Pdq]]:
    from nightlight.fingerprint import edits

    modes = (Mode.FULL, Mode.CPP) if large else (Mode.FULL,)
    found = []
    for words, hashed in edits.looks(pixels, modes):
        form = CPP if CPP in words.split("+") else ""
        via = "+".join(word for word in words.split("+") if word != CPP) or AS_IS
        if via != AS_IS:
            found.append((via, form, hashed))
    return found


def _is_turned(raw: bytes) -> bool:
    """Whether EXIF says that the picture is to be turned. A broken note turns nothing."""
    found = sniff(raw[:HEAD_BYTES])
    if found is None or not (found.name == "tiff" or any(mark in raw for mark in _EXIF)):
        return False
    try:
        with Image.open(io.BytesIO(raw), formats=[found.decoder]) as image:
            return image.getexif().get(_ORIENTATION, 1) in range(2, 9)
    except Exception:
        return False
