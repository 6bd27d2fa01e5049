"""Which schemes this hotline has and grades by: what managers decide, each an entry of the log."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import SchemeChoice, SchemeFile
from nightlight.casebook.schemes import read, shipped
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.work import clock

FOLDER = "schemes"  # in the home
ENDINGS = (".toml", ".json")
MOST_IN_USE = 4


class ChoiceRefused(ValueError):
    """These schemes can't be used together; the message says why."""


def all_schemes() -> dict[str, Scheme]:
    """Every scheme by its key: the shipped ones, then those that managers brought."""
    brought = {row.key: read.scheme(row.text) for row in SchemeFile.objects.order_by("at", "pk")}
    return {**brought, **shipped.schemes()}


def scheme(key: str) -> Scheme:
    """One by its key. Raises KeyError."""
    if key in shipped.schemes():
        return shipped.scheme(key)
    row = SchemeFile.objects.filter(key=key).order_by("-at", "-pk").first()
    if row is None:
        raise KeyError(key)
    return read.scheme(row.text)


def in_use() -> tuple[Scheme, ...]:
    """What the desk grades by, the main scheme first; the UK's before a manager chose."""
    row = SchemeChoice.objects.order_by("-at", "-pk").first()
    return tuple(scheme(key) for key in (row.schemes if row else [shipped.UK]))


def offered(home: Path | None = None) -> list[tuple[str, Scheme | read.SchemeRefused]]:
    """The files in the home's folder of schemes, each with its scheme or what is wrong with it."""
    folder = (home or settings.NIGHTLIGHT.home) / FOLDER
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [(path.name, _read(path)) for path in files if path.suffix in ENDINGS]


@transaction.atomic
def bring(text: str, by: Person) -> Scheme:
    """Adds a scheme, or a new edition of one. Raises SchemeRefused with all that is wrong, PermissionDenied."""
    _need(by)
    found = read.scheme(text)
    if found.key in shipped.schemes():
        raise read.SchemeRefused([f"key: {found.key} comes with Nightlight; give yours another key"])
    used = in_use()
    if shared := _shared_key([found if each.key == found.key else each for each in used]):
        raise read.SchemeRefused([f"grades: {shared}"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = SchemeFile.objects.create(key=found.key, text=text, digest=digest, by=by, at=clock.now())
    log.record("casebook.bring_scheme", by=by, about=row)
    return found


def bring_from_home(name: str, by: Person) -> Scheme:
    """Adds a scheme that lies in the home's folder. Raises SchemeRefused, PermissionDenied."""
    _need(by)
    if name not in {each for each, _ in offered()}:
        raise read.SchemeRefused(["there is no such file in the home's folder of schemes"])
    return bring((settings.NIGHTLIGHT.home / FOLDER / name).read_text(encoding="utf-8"), by)


@transaction.atomic
def choose(keys: Sequence[str], by: Person) -> SchemeChoice:
    """Sets what the desk grades by from now on, the main scheme first. Raises ChoiceRefused, PermissionDenied."""
    _need(by)
    known = all_schemes()
    wanted = list(dict.fromkeys(keys))
    if not 1 <= len(wanted) <= MOST_IN_USE:
        raise ChoiceRefused(f"1 to {MOST_IN_USE} schemes can be in use")
    if unknown := [key for key in wanted if key not in known]:
        raise ChoiceRefused(f"there is no scheme {unknown[0]}")
    if shared := _shared_key([known[key] for key in wanted]):
        raise ChoiceRefused(shared)
    row = SchemeChoice.objects.create(schemes=wanted, by=by, at=clock.now())
    log.record("casebook.choose_schemes", by=by, about=row, count=len(wanted))
    return row


def _shared_key(schemes: Sequence[Scheme]) -> str:
    """The key of the desk that two schemes in use would share, in words; empty if there is none."""
    owner: dict[str, str] = {}
    for each in schemes:
        for key in each.desk_keys():
            if key in owner:
                return f"{owner[key]} and {each.key} share the key {key}"
            owner[key] = each.key
    return ""


def _read(path: Path) -> Scheme | read.SchemeRefused:
    try:
        if path.stat().st_size > 4 * read.LONGEST_FILE:
            return read.SchemeRefused([f"the file is longer than {read.LONGEST_FILE} characters"])
        return read.scheme(path.read_text(encoding="utf-8"))
    except read.SchemeRefused as refused:
        return refused
    except (OSError, UnicodeDecodeError) as error:
        return read.SchemeRefused([f"it can't be read: {type(error).__name__}"])


def _need(by: Person) -> None:
    if not by.may(Permission.GRADING_MANAGE):
        raise PermissionDenied(Permission.GRADING_MANAGE)
