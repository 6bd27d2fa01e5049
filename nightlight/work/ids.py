"""Row ids: UUIDv7 (RFC 9562), so that rows sort by the time they were made and tell nothing else."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new time-ordered id."""
    return uuid7()
