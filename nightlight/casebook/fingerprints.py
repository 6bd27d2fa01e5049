"""Keeping what a medium's bytes were found to be like, on the Media that stands for them."""

from nightlight.casebook import hashing, packed
from nightlight.casebook.models import EditHashes, Media
from nightlight.fingerprint.sandbox import Fingerprints

_FIELDS = ("pdq", "quality", "duration", "frames", "unhashed")


def keep(media: Media, prints: Fingerprints | None, unhashed: str = "") -> bool:
    """Writes a Media's fingerprints, or the word for why there are none; true if that changed anything.

    What is known already is not lost to a later look that gave less, such as one that ran out of time.
    """
    changed = False
    if prints is None:
        if unhashed and not (media.pdq or media.frames) and media.unhashed != unhashed:
            media.unhashed = unhashed
            changed = True
    else:
        found = {
            "pdq": prints.pdq,
            "quality": prints.quality,
            "duration": prints.duration if prints.kind == "video" else None,
            "frames": packed.pack_frames(
                packed.FrameRow(row.frame, row.timestamp, row.quality, row.pdq) for row in prints.frames
            ),
            "unhashed": "",
        }
        changed = any(_plain(getattr(media, name)) != value for name, value in found.items())
        for name, value in found.items():
            setattr(media, name, value)
    if changed:
        media.save(update_fields=_FIELDS)
    return _keep_edits(media, prints) or changed


def is_distinct(media: Media) -> bool:
    """Whether a Media has a PDQ that tells it from others. One that came without its quality is given credit."""
    return bool(media.pdq) and (media.quality is None or media.quality >= packed.MIN_QUALITY)


def _keep_edits(media: Media, prints: Fingerprints | None) -> bool:
    """The hashes of a picture's edits, where they were asked for."""
    if prints is None or not (prints.derived or prints.looks):
        return False
    grid = hashing.grid_id(hashing.grid_seed())
    if EditHashes.objects.filter(media=media, grid=grid).exists():
        return False
    EditHashes.objects.update_or_create(
        media=media,
        defaults={
            "grid": grid,
            "derived": packed.pack_edits(
                packed.EditRow(row.tag, row.quality, row.pdq) for row in prints.derived
            ),
            "looks": [[row.via, row.quality, row.pdq] for row in prints.looks],
        },
    )
    return True


def _plain(value: object) -> object:
    """A column as it compares: PostgreSQL gives binary ones as a memoryview."""
    return bytes(value) if isinstance(value, memoryview) else value
