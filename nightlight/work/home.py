"""The home: which key ring, which kind, and whether this database belongs to it."""

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from nightlight.vault import KeyRing
from nightlight.work.clock import real_now
from nightlight.work.models import Home


class WrongHome(Exception):
    """This home and this database don't belong together; the message says why and what to do."""


def ring() -> KeyRing:
    """The key ring of the home. Raises WrongHome where the home was never made (`nightlight init`)."""
    found: KeyRing | None = settings.NIGHTLIGHT_RING
    if found is None:
        raise WrongHome("there is no key ring in this home: run nightlight init first")
    return found


def establish(kind: Home.Kind) -> Home:
    """Records the kind of this home and its ring's fingerprint, once.

    Raises WrongHome if the database already belongs to another ring or is of the other kind.
    """
    with transaction.atomic():
        home, _ = Home.objects.get_or_create(
            pk=1, defaults={"kind": kind, "ring_fingerprint": ring().fingerprint, "created_at": real_now()}
        )
    check()
    if home.kind != kind:
        raise WrongHome(f"this is a {home.kind} home, and a home can't change its kind")
    return home


def check() -> None:
    """Refuses a database whose fields this home's ring can't open. Raises WrongHome."""
    try:
        home = Home.objects.filter(pk=1).first()
    except DatabaseError:
        if Home._meta.db_table in connection.introspection.table_names():
            raise
        home = None
    if home is None:
        raise WrongHome("this database was never prepared: run nightlight init first")
    if home.ring_fingerprint != ring().fingerprint:
        raise WrongHome(
            "this database was written with another key ring: restore the keys folder that belongs to it"
        )


def is_rehearsal() -> bool:
    """True in a rehearsal home; a database without a home record is treated as real."""
    return Home.objects.filter(pk=1, kind=Home.Kind.REHEARSAL).exists()
