"""The Merkle tree of the log, as in RFC 6962 section 2.1: pure functions over hashes of 32 bytes.

`Frontier` is what a sequencer keeps: enough to append and to know the root, a hash per set bit of the size.
Proofs are made from all leaf hashes, and checked with nothing but hashes (RFC 9162 2.1.3.2, 2.1.4.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the roots of its perfect subtrees, the largest first.

    >>> frontier = Frontier.empty().append(leaf_hash(b"first")).append(leaf_hash(b"second"))
    >>> frontier.size, len(frontier.peaks)
    (2, 1)
    >>> Frontier.from_json(frontier.size, frontier.to_json()) == frontier
    True
    """

    size: int
    peaks: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse, with ValueError, a frontier that no tree has."""
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves does not have {len(self.peaks)} peaks")
        if any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise ValueError("a peak is 32 bytes")

    @classmethod
    def empty(cls) -> Self:
        """Return the frontier of the tree without leaves."""
        return cls(0, ())

    def append(self, leaf: bytes) -> Self:
        """Return the frontier with one more leaf hash; O(log n)."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Self:
        """Return the frontier with more leaf hashes, in order. Raises ValueError unless each is 32 bytes."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            if len(leaf) != HASH_BYTES:
                raise ValueError("a leaf hash is 32 bytes")
            node, full = leaf, size
            while full & 1:  # each trailing one is a perfect subtree that this leaf completes
                node = node_hash(peaks.pop(), node)
                full >>= 1
            peaks.append(node)
            size += 1
        return type(self)(size, tuple(peaks))

    def root(self) -> bytes:
        """Root hash of the tree."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def to_json(self) -> list[str]:
        """Write the peaks as hex, ready for JSON."""
        return [peak.hex() for peak in self.peaks]

    @classmethod
    def from_json(cls, size: int, peaks: Sequence[str]) -> Self:
        """Read what `to_json` wrote. Raises ValueError when it does not fit the size."""
        return cls(size, tuple(bytes.fromhex(peak) for peak in peaks))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root hash over leaf hashes."""
    return Frontier.empty().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path PATH(index, leaves) of RFC 6962 section 2.1.1, from the leaf up.

    `leaves` are leaf hashes. Raises IndexError when the tree has no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    low, high = 0, len(leaves)
    path: list[bytes] = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root_of(leaves[middle:high]))
            high = middle
        else:
            path.append(root_of(leaves[low:middle]))
            low = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a leaf hash is at `index` of the tree of that size and root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """PROOF(old_size, leaves) of RFC 6962 section 2.1.2: that the tree only grew since `old_size` leaves.

    `leaves` are leaf hashes. Raises ValueError unless 0 <= old_size <= len(leaves); the proof from nothing,
    and from the tree to itself, is empty.
    """
    if not 0 <= old_size <= len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves never had {old_size}")
    if old_size == 0:
        return []
    low, high, whole = 0, len(leaves), True
    path: list[bytes] = []
    while high != old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(root_of(leaves[middle:high]))
            high = middle
        else:
            path.append(root_of(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(root_of(leaves[low:high]))
    return path[::-1]


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the newer tree only appended to the older one (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old_size.bit_count() == 1:
        path.insert(0, old_root)
    if not path:
        return False
    return _climb(old_size, new_size, path) == (old_root, new_root)


def _climb(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that a consistency proof leads to, or None where its length fits no such trees."""
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below `size` (RFC 6962: k < n <= 2k)."""
    return 1 << (size - 1).bit_length() - 1
