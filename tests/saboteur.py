"""Taking a guard away to see that the test which holds the guarantee turns red.

A test that stays green without the guard proves nothing; each room's `test_saboteur.py` shows that its tests do not.
"""

from collections.abc import Callable

import pytest
from django.db import transaction


def turns_red(test: Callable[..., None], *fixtures: object, by: tuple[type[Exception], ...] = ()) -> None:
    """Passes if this test, called with its fixtures, fails by an assertion of its own, or by an error named in `by`."""
    with pytest.raises((AssertionError, pytest.fail.Exception, *by)):
        test(*fixtures)


def turns_red_in_database(test: Callable[..., None], *fixtures: object) -> None:
    """The same for a test that leaves a transaction open to the error it expects; what it wrote is taken back."""
    with transaction.atomic():
        turns_red(test, *fixtures)
        transaction.set_rollback(True)
