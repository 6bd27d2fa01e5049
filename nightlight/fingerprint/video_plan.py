"""Which packets of a video must be decoded to see certain of its frames.

A frame that no other refers to is decoded only if it is wanted, and of the packets between two key frames only those
up to the last wanted one. What is decoded comes out the same as if all were, because skipped frames are never
referred to. On ordinary files that leaves about half of the work at one frame a second, and nearly none for key frames.
"""

from array import array
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Packets:
    """The packets of a video stream in the order of the file.

    `times` their presentation times, `keys` 1 for key frames, `shown` 0 for what an edit list cuts away.
    `timed`: whether each has a time of its own, without which frames can only be counted as they come.
    """

    times: "array[int]" = field(default_factory=lambda: array("q"))
    keys: bytearray = field(default_factory=bytearray)
    shown: bytearray = field(default_factory=bytearray)
    timed: bool = True

    def add(self, time: int | None, *, key: bool, shown: bool) -> None:
        """Append one packet."""
        self.timed = self.timed and time is not None
        self.times.append(time or 0)
        self.keys.append(key)
        self.shown.append(shown)

    def __len__(self) -> int:
        return len(self.times)


class Do(IntEnum):
    """What to do with a packet: leave it out, decode it only if others refer to it, or decode it to be seen."""

    SKIP = 0
    PASS = 1
    SHOW = 2


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`numbers`: the frame number of each wanted time. `steps`: a :class:`Do` for each packet. `restarts`: before
    these packets the decoder must give out what it holds and begin anew."""

    numbers: dict[int, int]
    steps: bytearray
    restarts: frozenset[int]


def plan(packets: Packets, step: int, *, key_frames: bool = False) -> Plan | None:
    """How to see frames number 0, `step`, twice `step`…, or all key frames.

    None if only counting can tell frames apart: packets without times, or two with the same.
    """
    first = packets.keys.find(1)
    if not packets.timed or first < 0:
        return None
    times = np.frombuffer(packets.times, np.int64)
    seen = np.frombuffer(packets.shown, np.uint8).astype(bool)
    seen[:first] = False
    order = np.flatnonzero(seen)[np.argsort(times[seen], kind="stable")]
    if len(np.unique(times[order])) != len(order):
        return None
    keys = np.frombuffer(packets.keys, np.uint8).astype(bool)
    wanted = np.flatnonzero(keys[order]) if key_frames else np.arange(0, len(order), step)
    numbers = dict(zip(times[order[wanted]].tolist(), wanted.tolist(), strict=True))
    steps = _steps(times, np.flatnonzero(keys), order[wanted], alone=key_frames)
    fed = np.flatnonzero(np.frombuffer(steps, np.uint8))
    gaps = fed[1:][(np.diff(fed) > 1) & keys[fed[1:]]]
    return Plan(numbers, steps, frozenset(gaps.tolist()))


def _steps(
    times: NDArray[np.int64], keys: NDArray[np.int64], wanted: NDArray[np.int64], *, alone: bool
) -> bytearray:
    """The packets that the wanted ones need: those from their key frame on. A frame shown before the key frame it
    follows in the file may refer to the group before, so it needs that one too."""
    steps = np.zeros(len(times), np.uint8)
    if not alone:
        groups = np.searchsorted(keys, wanted, side="right") - 1
        until: dict[int, int] = {}
        for group, packet in zip(groups.tolist(), wanted.tolist(), strict=True):
            until[group] = max(until.get(group, 0), packet)
            if group and times[packet] < times[keys[group]]:
                until[group - 1] = int(keys[group]) - 1
        for group, last in until.items():
            steps[keys[group] : last + 1] = Do.PASS
    steps[wanted] = Do.SHOW
    return bytearray(steps.tobytes())
