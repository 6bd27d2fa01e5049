"""Database fields for what must not be readable in a dump.

`SealedField` keeps text encrypted and bound to its table, column and row; it is opened when it is read.
`BlindIndexField` keeps a keyed digest of another attribute, so that equal values can be found without being seen.
"""

from typing import TYPE_CHECKING, Any

from django.db import models

from nightlight.vault import blind, seal, unseal
from nightlight.work.home import ring

# Django's fields are generic to the type checker only.
if TYPE_CHECKING:
    _Char = models.CharField[str, str]
    _Field = models.Field[str, str]
else:
    _Char = models.CharField
    _Field = models.Field


class Sealed(bytes):
    """Ciphertext as it came from the database, not opened yet."""


class _Opens:
    """The attribute of a SealedField: opens the ciphertext on first reading."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, Sealed):
            value = row.__dict__[name] = unseal(
                ring(), bytes(value), table=self.field.table, column=self.field.attname, row=str(row.pk)
            )
        return value

    def __set__(self, row: models.Model, value: object) -> None:
        row.__dict__[self.field.attname] = value


class SealedField(_Field):
    """Text, encrypted before it reaches the database. Set with `save` or `bulk_create`; an `update` is refused,
    because the ciphertext is bound to its row."""

    def get_internal_type(self) -> str:
        return "BinaryField"

    @property
    def table(self) -> str:
        """The table the ciphertext is bound to."""
        return str(self.model._meta.db_table)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opens(self))

    def from_db_value(self, value: Any, expression: object, connection: object) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        value = model_instance.__dict__[self.attname]
        if isinstance(value, Sealed):  # never opened, so unchanged
            return value
        return self.sealed(str(value or ""), str(model_instance.pk))

    def sealed(self, text: str, row: str) -> Sealed:
        """The ciphertext of this column for the row of that key, for whoever writes many rows at once."""
        return Sealed(seal(ring(), text, table=self.table, column=self.attname, row=row))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is sealed: save the row instead of updating or filtering by it")
        return None if value is None else connection.Database.Binary(value)

    def get_default(self) -> str:
        return ""

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is sealed and is not serialised")


class BlindIndexField(_Char):
    """The keyed digest of the attribute `source`, for the purpose `purpose`; kept right at every save.

    Two fields with the same purpose can be compared with one another. Empty values have an empty digest.
    """

    def __init__(self, *args: Any, source: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.source, self.purpose = source, purpose
        kwargs.update(max_length=64, editable=False)
        kwargs.setdefault("db_index", not kwargs.get("unique", False))
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        digest = find(self.purpose, str(getattr(model_instance, self.source) or ""))
        setattr(model_instance, self.attname, digest)
        return digest

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "purpose": self.purpose}


def find(purpose: str, value: str) -> str:
    """What a BlindIndexField of this purpose holds for `value`: `Location.objects.get(url_index=find("url", url))`."""
    return blind(ring(), purpose, value) if value else ""
