"""The counters of the sign-in limits, in the database: several processes and machines share nothing else.

Django's own database cache would do the same but pickles its values, and whoever can write to the database could
then run code here; these are JSON. The keys hold addresses of staff, so only keyed digests of them are stored.
They expire by real time.
"""

import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction

from nightlight.accounts.models import Limit
from nightlight.work import clock
from nightlight.work.home import ring

LONGEST = timedelta(days=365)


class Limits(BaseCache):
    """A Django cache of JSON values; what is no JSON is refused with TypeError."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Sets a value that is not there yet, atomically; False if it is there."""
        name, expires = self._name(key, version), self._expires(timeout)
        try:
            with transaction.atomic():
                Limit.objects.filter(key=name, expires__lte=clock.real_now()).delete()
                Limit.objects.create(key=name, value=json.dumps(value), expires=expires)
        except IntegrityError:
            return False
        return True

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default` where there is none or it expired."""
        row = Limit.objects.filter(key=self._name(key, version), expires__gt=clock.real_now()).first()
        return json.loads(row.value) if row else default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Sets a value, and forgets those that expired."""
        values = {"value": json.dumps(value), "expires": self._expires(timeout)}
        Limit.objects.filter(expires__lte=clock.real_now()).delete()
        Limit.objects.update_or_create(key=self._name(key, version), defaults=values)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Lets a value live on; False if there is none."""
        rows = Limit.objects.filter(key=self._name(key, version), expires__gt=clock.real_now())
        return bool(rows.update(expires=self._expires(timeout)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forgets a value; False if there was none."""
        return bool(Limit.objects.filter(key=self._name(key, version)).delete()[0])

    def clear(self) -> None:
        """Forgets everything."""
        Limit.objects.all().delete()

    def _name(self, key: Any, version: int | None) -> str:
        full = self.make_and_validate_key(key, version=version)
        return hmac.digest(ring().token_subkey("limits"), full.encode(), "sha256").hex()

    def _expires(self, timeout: Any) -> datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return clock.real_now() + (LONGEST if seconds is None else timedelta(seconds=seconds))
