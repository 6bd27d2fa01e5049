"""Many pieces of one kind, claimed at once and done part by part, each part in one transaction.

What fails in a part is told apart by doing each piece of that part alone, as if nobody had gathered them: so one that
can't be done holds up no other, and is tried again by itself.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from nightlight.work import due
from nightlight.work.models import Work

log = logging.getLogger(__name__)


def perform(works: Sequence[Work], before: Callable[[], object]) -> list[Work]:
    """Does works of one claim; `before` is called ahead of each part. Returns what is still to be done, each alone,
    because its part failed or was not reached."""
    alone: list[Work] = []
    left = list(works)
    try:
        parts = cast(Iterable[due.Part], due.TASKS[works[0].task].run([work.args for work in works]))
        for part in parts:
            these, left = left[: part.count], left[part.count :]
            before()
            try:
                due.finish(these, part.record)
            except Exception as error:
                _told(these, error)
                alone += these
    except Exception as error:
        _told(left, error)
    return alone + left


def _told(works: Sequence[Work], error: Exception) -> None:
    log.warning(
        "many at once failed; each alone now",
        extra={"task": works[0].task if works else "", "count": len(works), "error": type(error).__name__},
    )
    log.debug("many at once failed", exc_info=True)
