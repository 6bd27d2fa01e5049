"""What a key ring holds, and its form on disk."""

import binascii
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from nightlight.vault.derive import KEY_BYTES

FORMAT = 1
_KEY_ID_BYTES = 4


class KeyRingError(Exception):
    """The key ring is missing, unreadable, readable by others, or lacks a key."""


class Family(StrEnum):
    """The two kinds of keys that rotate."""

    DATA = "data"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class Key:
    """One 32-byte secret with its id (eight hex digits) and its day of birth."""

    id: str
    created: datetime
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls, created: datetime, taken: Mapping[str, "Key"]) -> Self:
        """Make a random key. Ids are random too, so that two copies of one ring never give one id twice."""
        while (key_id := secrets.token_hex(_KEY_ID_BYTES)) in taken:
            continue
        return cls(key_id, created, secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class KeyFamily:
    """All keys of one family by id, and which of them seals from now on."""

    current: str
    keys: Mapping[str, Key] = field(repr=False)

    @classmethod
    def new(cls, created: datetime) -> Self:
        """Start a family with one key."""
        key = Key.new(created, {})
        return cls(key.id, {key.id: key})

    def rotated(self, created: datetime) -> Self:
        """Return the family with one more key, which is now the current one."""
        key = Key.new(created, self.keys)
        return replace(self, current=key.id, keys={**self.keys, key.id: key})


@dataclass(frozen=True, slots=True)
class RingContents:
    """Every secret of one ring. Only the families change."""

    ring_id: bytes = field(repr=False)
    families: Mapping[Family, KeyFamily] = field(repr=False)
    receipt_key: bytes = field(repr=False)
    token_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)
    secret_key: str = field(repr=False)

    @classmethod
    def new(cls, created: datetime) -> Self:
        """Draw every secret afresh from the operating system."""
        return cls(
            ring_id=secrets.token_bytes(KEY_BYTES),
            families={family: KeyFamily.new(created) for family in Family},
            receipt_key=secrets.token_bytes(KEY_BYTES),
            token_key=secrets.token_bytes(KEY_BYTES),
            signing_key=secrets.token_bytes(KEY_BYTES),
            secret_key=secrets.token_urlsafe(48),
        )

    def rotated(self, family: Family, created: datetime) -> Self:
        """Return the contents with a new current key in one family."""
        return replace(self, families={**self.families, family: self.families[family].rotated(created)})

    def to_json(self) -> str:
        """Write the contents as a JSON object; secrets are base64."""
        document = {
            "format": FORMAT,
            "ring_id": _text(self.ring_id),
            "families": {name: _family_to_wire(family) for name, family in self.families.items()},
            "receipt_key": _text(self.receipt_key),
            "token_key": _text(self.token_key),
            "signing_key": _text(self.signing_key),
            "secret_key": self.secret_key,
        }
        return json.dumps(document, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises KeyRingError when it is not that; the error quotes nothing of the text.
        """
        try:
            document = json.loads(text)
            if document["format"] != FORMAT:
                raise KeyRingError("the key ring was written by another version of Nightlight")
            return cls(
                ring_id=_secret(document["ring_id"]),
                families={family: _family_from_wire(document["families"][family]) for family in Family},
                receipt_key=_secret(document["receipt_key"]),
                token_key=_secret(document["token_key"]),
                signing_key=_secret(document["signing_key"]),
                secret_key=_django_key(document["secret_key"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            # "from None": a parser's error would carry the text it stumbled over, here a secret
            raise KeyRingError("the key ring is damaged; restore it from a backup") from None


def _text(secret: bytes) -> str:
    return b64encode(secret).decode("ascii")


def _secret(text: str) -> bytes:
    secret = b64decode(text, validate=True)
    if len(secret) != KEY_BYTES:
        raise ValueError("wrong length")
    return secret


def _django_key(text: str) -> str:
    if not isinstance(text, str) or len(text) < 50:
        raise ValueError("too short")
    return text


def _family_to_wire(family: KeyFamily) -> dict[str, Any]:
    keys = {
        key.id: {"created": key.created.isoformat(), "secret": _text(key.secret)}
        for key in family.keys.values()
    }
    return {"current": family.current, "keys": keys}


def _family_from_wire(wire: dict[str, Any]) -> KeyFamily:
    keys = {
        _key_id(key_id): Key(key_id, datetime.fromisoformat(entry["created"]), _secret(entry["secret"]))
        for key_id, entry in wire["keys"].items()
    }
    return KeyFamily(keys[wire["current"]].id, keys)


def _key_id(text: str) -> str:
    if len(binascii.unhexlify(text)) != _KEY_ID_BYTES:
        raise ValueError("wrong length")
    return text
