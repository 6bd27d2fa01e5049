"""What keeps the door from being flooded, without asking who is there.

Programs show a little work, forms too or else wait a moment, and nobody knocks more often than a person could. The
network address of a caller is never stored: a keyed digest stands for it, another one each day, and is deleted after
hours.
All of it is real time, and none of it is asked with NIGHTLIGHT_LIMITS=off.
"""

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_network

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest

from nightlight.accounts import caller
from nightlight.intake.models import Knock, Repeat, Spent
from nightlight.vault.tokens import open_link, signed_link
from nightlight.work import clock
from nightlight.work.home import ring

WORK_BITS = 18  # about 260,000 hashes: a second or two of a program's time, costly by the million
WORK_MINUTES = 10
LONGEST_ANSWER, LONGEST_NONCE = 400, 20
FORM_BITS = 16  # about 65,000 hashes: a second or two on a telephone (docs/door.md, "Against floods")
FORM_SECONDS = 10  # the slower path, without JavaScript: most people take longer to fill the form in
FORM_HOURS = 24
MOST_KNOCKS = {"report": 60, "receipt": 60, "own_prints": 6}  # an hour, for each caller and door
# An hour, for all together who can't be told apart: only what goes on to others, and refuses nobody, is limited so.
MOST_OF_ALL = {"own_prints": 60}


class NotYet(Exception):
    """The door does not open this time; `title` says why and what to do."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


class WorkNeeded(NotYet):
    """A program must fetch a challenge and answer it first."""


class TooSoon(NotYet):
    """A form was sent faster than anybody reads, was sent before, or is too old."""


class TooFast(TooSoon):
    """A form was sent within FORM_SECONDS and showed no work; its stamp is still good."""


class TooOften(NotYet):
    """This caller knocked too often within the hour."""


def are_on() -> bool:
    """Whether this home limits anything."""
    return bool(settings.NIGHTLIGHT.limits)


def new_challenge() -> tuple[str, datetime]:
    """A challenge and when it expires. It is signed, so nothing is stored until it is used."""
    expires = clock.real_now() + timedelta(minutes=WORK_MINUTES)
    value = f"{int(expires.timestamp())}.{WORK_BITS}.{secrets.token_hex(8)}"
    return signed_link(ring(), "work", value), expires


def check_work(answer: str) -> None:
    """Takes the answer to a challenge, `<challenge>:<nonce>`, once. Raises WorkNeeded."""
    if not are_on():
        return
    challenge, _, nonce = answer.partition(":")
    value = open_link(ring(), "work", challenge) if nonce and len(answer) <= LONGEST_ANSWER else None
    if value is None:
        raise WorkNeeded("Fetch a challenge from /api/v1/challenge and send its answer in X-Work")
    expires, bits, _random = value.split(".")
    if not shows_work(answer, int(bits)):
        raise WorkNeeded("The answer in X-Work does not solve its challenge")
    if not _spend(challenge, datetime.fromtimestamp(int(expires), UTC)):
        raise WorkNeeded("This challenge expired or was used; fetch a new one")


def shows_work(answer: str, bits: int) -> bool:
    """Whether SHA-256 of `<challenge>:<nonce>` begins with so many zero bits (as Hashcash, Back 2002)."""
    digest = hashlib.sha256(answer.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def new_stamp() -> str:
    """What a form carries to show when it was opened."""
    value = f"{int(clock.real_now().timestamp() * 1000)}.{secrets.token_hex(8)}"
    return signed_link(ring(), "form", value)


def check_stamp(stamp: str, nonce: str = "") -> str:
    """Looks at a form's stamp: FORM_HOURS old at most, and FORM_SECONDS at least unless `nonce` shows work for it, so
    that SHA-256 of `<stamp>:<nonce>` begins with FORM_BITS zero bits. Raises TooSoon; of it TooFast leaves the stamp as
    good as it was, so that waiting once is enough.

    The answer is what tells this form from every other, for `repeats.once`; empty where this home limits nothing and
    the stamp is none of ours.
    """
    value = open_link(ring(), "form", stamp)
    if not are_on():
        return stamp if value else ""
    if value is None:
        raise TooSoon("not a form of ours")
    age = clock.real_now() - _opened(value)
    worked = 0 < len(nonce) <= LONGEST_NONCE and shows_work(f"{stamp}:{nonce}", FORM_BITS)
    if age < timedelta(seconds=FORM_SECONDS) and not worked:
        raise TooFast("sent faster than anybody reads")
    if age >= timedelta(hours=FORM_HOURS):
        raise TooSoon("too old")
    return stamp


def take_stamp(stamp: str) -> None:
    """The same, and takes it: each form once. Raises TooSoon."""
    check_stamp(stamp)
    if not are_on():
        return
    value = open_link(ring(), "form", stamp) or "0"
    if not _spend(stamp, _opened(value) + timedelta(hours=FORM_HOURS)):
        raise TooSoon("sent before")


def _opened(value: str) -> datetime:
    return datetime.fromtimestamp(int(value.partition(".")[0]) / 1000, UTC)


def knock(request: HttpRequest, door: str) -> None:
    """Counts one knock of this caller. Raises TooOften above MOST_KNOCKS in the hour.

    Callers who can't be told from others (a hidden service, a proxy that names nobody) are counted as one, where
    MOST_OF_ALL limits the door, and else not.
    """
    if not are_on():
        return
    who, most = _caller(request), MOST_KNOCKS[door]
    if who is None and door in MOST_OF_ALL:
        who, most = "all", MOST_OF_ALL[door]
    if who is None:
        return
    hour = clock.real_now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        row, _ = Knock.objects.get_or_create(caller=who, door=door, hour=hour)
        Knock.objects.filter(pk=row.pk).update(count=F("count") + 1)
        row.refresh_from_db(fields=["count"])
    if row.count > most:
        raise TooOften("Too often within an hour; please try again later")


def too_many_prints(request: HttpRequest) -> bool:
    """Counts one report with fingerprints of somebody's own picture; whether this caller sent too many of them. The
    report is taken in all the same."""
    try:
        knock(request, "own_prints")
    except TooOften:
        return True
    return False


def hesitate() -> None:
    """Waits 50 to 150 ms, so that the time of an answer tells nothing."""
    if are_on():
        time.sleep(0.05 + secrets.randbelow(100) / 1000)


def forget() -> int:
    """Deletes what no longer limits anything; returns how many rows."""
    real = clock.real_now()
    used, _ = Spent.objects.filter(expires__lt=real).delete()
    old, _ = Knock.objects.filter(hour__lt=real - timedelta(hours=2)).delete()
    told, _ = Repeat.objects.filter(expires__lt=real).delete()
    return used + old + told


def _spend(token: str, expires: datetime) -> bool:
    if expires <= clock.real_now():
        return False
    digest = hashlib.sha256(token.encode()).hexdigest()
    try:
        with transaction.atomic():
            Spent.objects.create(digest=digest, expires=expires)
    except IntegrityError:
        return False
    return True


def _caller(request: HttpRequest) -> str | None:
    """The keyed digest of whoever is at the door: of the address, or of an IPv6 caller's /64 (RFC 6177)."""
    address = caller.address(request)
    if address is None:
        return None
    whole = str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)
    day = clock.real_now().date().isoformat()
    return hmac.digest(ring().token_subkey("knock"), f"{day}|{whole}".encode(), "sha256").hex()
