"""Making a home, and opening one: what `init`, `serve`, `web` and `work` have in common."""

import os
from pathlib import Path

from nightlight.vault import KeyRing

SETTINGS = "nightlight.server.settings"


def folder() -> Path:
    """The home as the environment names it."""
    return Path(os.environ.get("NIGHTLIGHT_HOME") or "~/.nightlight").expanduser()


def exists() -> bool:
    """Whether a home was made there."""
    return (folder() / "keys").is_dir()


def make() -> None:
    """Makes the folder and the key ring, where they are missing. Raises KeyRingError where they can't be written."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    if not exists():
        KeyRing.create(folder() / "keys")


def start_django() -> None:
    """Reads the settings of the home and starts Django. Raises ConfigError, KeyRingError."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()


def migrate() -> None:
    """Brings the database up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def establish(rehearsal: bool) -> None:
    """Prepares database and home record. Raises WrongHome if they belong to others or are of the other kind."""
    from nightlight.work import home
    from nightlight.work.models import Home

    migrate()
    home.establish(Home.Kind.REHEARSAL if rehearsal else Home.Kind.REAL)


def open_() -> None:
    """Refuses a home that doesn't fit its database or its kind, and starts the clock of a rehearsal.

    Raises WrongHome, ClockError, or what `accounts.rehearsal.check` names.
    """
    from django.conf import settings

    from nightlight.accounts import rehearsal
    from nightlight.work import clock, home

    home.ring()  # first: without it there is nothing to check, and no database either
    home.check()
    rehearsal.check(settings.NIGHTLIGHT)
    if settings.NIGHTLIGHT.clock:
        clock.apply(settings.NIGHTLIGHT.clock)
