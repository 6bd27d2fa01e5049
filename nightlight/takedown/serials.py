"""The serial numbers of notices, as people read them out on the telephone: `NL-2026-000123-X`."""

from nightlight.takedown.models import Serial
from nightlight.work import clock

# 23 letters that are hard to mistake; a prime number of them finds every single wrong digit and every swap of
# two neighbours, as the letters of Spanish identity cards do.
LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"


def next_serial() -> str:
    """Gives out the next number of the hotline's year, within the caller's transaction."""
    row = lock()
    row.last += 1
    row.save(update_fields=["last"])
    return written(row.year, row.last)


def lock() -> Serial:
    """The counter of this year, locked until the transaction ends: whoever groups notices waits here in turn."""
    year = clock.now().year
    Serial.objects.get_or_create(year=year)
    return Serial.objects.select_for_update().get(year=year)


def written(year: int, number: int) -> str:
    """
    >>> written(2026, 123)
    'NL-2026-000123-E'
    """
    digits = f"{year:04d}{number:06d}"
    return f"NL-{year:04d}-{number:06d}-{LETTERS[int(digits) % len(LETTERS)]}"


def is_right(serial: str) -> bool:
    """Whether the check letter fits, so that a misheard serial is noticed before anyone is told."""
    parts = serial.strip().upper().split("-")
    if len(parts) != 4 or not (parts[1] + parts[2]).isdecimal():
        return False
    return written(int(parts[1]), int(parts[2])) == "-".join(parts)
