"""What we hand out so that others can hold us to the log: a signed promise at once, a proof of the place later.

A promise names the hash of the entry, which tells nothing of what the entry says. Whoever keeps it can ask later
for the proof that this hash is in a tree we signed (RFC 6962 section 2.1.1), and check that with hashes alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload
from uuid import UUID

from nightlight.audit.models import Checkpoint, Entry, Leaf
from nightlight.audit.tree import inclusion_proof, verify_inclusion
from nightlight.vault.signing import SignatureRefused, public_jwk, sign, verify
from nightlight.work.home import ring

TYPE = "nightlight-promise"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The proof that a leaf is in a signed tree: hashes in hex, the path from the leaf up."""

    leaf: str
    seq: int
    path: tuple[str, ...]
    checkpoint: Checkpoint

    def holds(self) -> bool:
        """Whether the path leads from the leaf to the checkpoint's root; its signature is for `checkpoints.holds`."""
        return verify_inclusion(
            bytes.fromhex(self.leaf),
            self.seq,
            self.checkpoint.size,
            [bytes.fromhex(node) for node in self.path],
            bytes.fromhex(self.checkpoint.root),
        )


def promise(entry: Entry) -> dict[str, str]:
    """Our signed promise that an entry will be in the log: `{"entry", "at", "signature"}`.

    `entry` is its id, `at` its time by the hotline's clock (ISO 8601), `signature` a compact JWS (RFC 7515, Ed25519)
    over both and the entry's leaf hash.
    """
    named = {"entry": str(entry.pk), "at": entry.at.isoformat()}
    return {**named, "signature": sign(ring(), {**named, "leaf": entry.leaf}, TYPE)}


def check_promise(found: dict[str, str], jwk: dict[str, str] | None = None) -> bool:
    """Whether the holder of this public key (ours if not given) made exactly this promise."""
    try:
        signed = verify(jwk or public_jwk(ring()), found["signature"], typ=TYPE)
    except (SignatureRefused, KeyError):
        return False
    return all(signed.get(name) == found.get(name) for name in ("entry", "at"))


def kept(found: dict[str, str]) -> bool:
    """Whether a promise of ours is kept: its entry is in the tree, under the hash that was promised."""
    if not check_promise(found):
        return False
    promised = verify(public_jwk(ring()), found["signature"], typ=TYPE)["leaf"]
    return Leaf.objects.filter(entry_id=UUID(found["entry"]), hash=promised).exists()


def inclusion(entry_id: UUID) -> Inclusion | None:
    """The proof that an entry is in the newest signed tree; None as long as no checkpoint covers it.

    Reads every leaf once, in constant memory.
    """
    leaf = Leaf.objects.filter(entry_id=entry_id).first()
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if leaf is None or checkpoint is None or checkpoint.size <= leaf.seq:
        return None
    path = inclusion_proof(_Leaves(0, checkpoint.size), leaf.seq)
    return Inclusion(leaf.hash, leaf.seq, tuple(node.hex() for node in path), checkpoint)


class _Leaves(Sequence[bytes]):
    """The leaf hashes from one place up to another, read from the database when they are asked for."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __len__(self) -> int:
        return self.high - self.low

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> "_Leaves": ...
    def __getitem__(self, place: int | slice) -> "bytes | _Leaves":
        if isinstance(place, slice):
            start, stop, _ = place.indices(len(self))
            return _Leaves(self.low + start, self.low + stop)
        return bytes.fromhex(Leaf.objects.get(seq=self.low + place).hash)

    def __iter__(self) -> Iterator[bytes]:
        rows = Leaf.objects.filter(seq__gte=self.low, seq__lt=self.high).order_by("seq")
        return (bytes.fromhex(found) for found in rows.values_list("hash", flat=True).iterator())
