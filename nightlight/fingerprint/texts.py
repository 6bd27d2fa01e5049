"""A text for an id: labels and names, read as they were at some moment while others are still written.

Each write has a number that grows. A reader asks as of the number it started with; what nobody can ask for any more
is dropped when the same id is written again. Texts that came from a file stay there, as a `Column`.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Written = tuple[int, str | None]  # the number of the write, and the text, None once taken back


@dataclass(frozen=True, slots=True)
class Column:
    """Texts as arrays: text `which[i]` belongs to `ids[i]`, sorted; text k is ``heap[ends[k]:ends[k + 1]]``, UTF-8."""

    ids: npt.NDArray[np.uint64]
    which: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.uint64]
    heap: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, texts: dict[int, str]) -> "Column":
        """Write texts by id as arrays, each different text once."""
        ids = sorted(texts)
        numbers = {text: number for number, text in enumerate(dict.fromkeys(texts[one] for one in ids))}
        raw = [text.encode() for text in numbers]
        ends = np.zeros(len(raw) + 1, np.uint64)
        np.cumsum([len(one) for one in raw], out=ends[1:])
        return cls(
            np.array(ids, np.uint64),
            np.array([numbers[texts[one]] for one in ids], np.uint32),
            ends,
            np.frombuffer(b"".join(raw), np.uint8),
        )

    def get(self, identity: int) -> str | None:
        """Give the text of an id, or None."""
        at = int(np.searchsorted(self.ids, np.uint64(identity)))
        return self.text(at) if at < len(self.ids) and int(self.ids[at]) == identity else None

    def text(self, at: int) -> str:
        """Give the text at a position."""
        number = int(self.which[at])
        return self.heap[int(self.ends[number]) : int(self.ends[number + 1])].tobytes().decode()

    def __len__(self) -> int:
        return len(self.ids)


class Texts:
    """Texts by id, over a column from a file. Writers take turns; readers need no lock."""

    def __init__(self, column: Column | None = None) -> None:
        self._column = column if column is not None else Column.of({})
        self._written: dict[int, tuple[Written, ...]] = {}

    def write(self, identity: int, text: str | None, number: int, oldest: int) -> None:
        """Write a text, or None, as write `number`; nobody will ask as of a number below `oldest`."""
        past = self._written.get(identity, ())
        needed = max(bisect_right(past, oldest, key=lambda written: written[0]) - 1, 0)
        self._written[identity] = (*past[needed:], (number, text))

    def read(self, identity: int, number: int) -> str | None:
        """Give the text of an id as of write `number`, or None."""
        for written, text in reversed(self._written.get(identity, ())):
            if written <= number:
                return text
        return self._column.get(identity)

    def written_about(self, ids: npt.NDArray[np.uint64]) -> list[int]:
        """Give those of some ids that ever had a text."""
        known = np.isin(ids, self._column.ids) if len(self._column) else np.zeros(len(ids), bool)
        listed = ids.tolist()
        return [
            one for one, there in zip(listed, known.tolist(), strict=True) if there or one in self._written
        ]

    def items(self, number: int) -> Iterator[tuple[int, str]]:
        """Give every id that has a text as of write `number`, with it."""
        written = dict(self._written)
        for at, identity in enumerate(self._column.ids.tolist()):
            if identity not in written:
                yield identity, self._column.text(at)
        for identity in written:
            text = self.read(identity, number)
            if text is not None:
                yield identity, text
