"""Whether two videos are the same, frame by frame, and in which direction.

vPDQ compares two bags of frame hashes and asks two questions: what share of the query's frames occur in the known
video, and what share of the known video's in the query. A clip of a known film has the first high and the second low;
a known clip inside something longer the reverse. The published tools disagree on which question the 80 % belongs to
(vpdq's README: the known side; python-threatexchange: the query's) and on `<` or `<=`; here both shares are
given, both thresholds are set by name, and a distance equal to the radius is a match.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

BLOCK = 1024


class Hashed(Protocol):
    """A frame's hash: 64 hex digits, and a quality from 0 to 100."""

    @property
    def pdq(self) -> str: ...

    @property
    def quality(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """When two videos match: at least these shares of the query's and of the known video's frames occur in the
    other within `radius` bits, of those with at least this `quality`."""

    query_share: float = 0.8
    index_share: float = 0.0
    radius: int = 31
    quality: int = 50


class Verdict(StrEnum):
    """The answer, also where there is nothing to compare: no frame of one side is good enough."""

    MATCH = "match"
    NO_MATCH = "no_match"
    QUERY_HAS_NO_FRAMES = "query_has_no_frames"
    INDEX_HAS_NO_FRAMES = "index_has_no_frames"


@dataclass(frozen=True, slots=True)
class VideoMatch:
    """Shares from 0 to 1 of the frames compared; `query_frames` and `index_frames` how many those were."""

    verdict: Verdict
    query_share: float
    index_share: float
    query_frames: int
    index_frames: int

    @property
    def matches(self) -> bool:
        """Whether the rule is met."""
        return self.verdict is Verdict.MATCH


DEFAULT = Rule()


def compare(query: Sequence[Hashed], known: Sequence[Hashed], rule: Rule = DEFAULT) -> VideoMatch:
    """Compare the frames of a video in question with those of a known one."""
    ours, theirs = _codes(query, rule), _codes(known, rule)
    if not len(ours) or not len(theirs):
        verdict = Verdict.INDEX_HAS_NO_FRAMES if len(ours) else Verdict.QUERY_HAS_NO_FRAMES
        return VideoMatch(verdict, 0.0, 0.0, len(ours), len(theirs))
    near_ours = np.zeros(len(ours), bool)
    near_theirs = np.zeros(len(theirs), bool)
    for start in range(0, len(ours), BLOCK):
        for other in range(0, len(theirs), BLOCK):
            near = _near(ours[start : start + BLOCK], theirs[other : other + BLOCK], rule.radius)
            near_ours[start : start + BLOCK] |= near.any(axis=1)
            near_theirs[other : other + BLOCK] |= near.any(axis=0)
    query_share, index_share = float(near_ours.mean()), float(near_theirs.mean())
    met = query_share >= rule.query_share and index_share >= rule.index_share
    # With a threshold of nought, videos without a frame in common would "match".
    met = met and query_share > 0
    verdict = Verdict.MATCH if met else Verdict.NO_MATCH
    return VideoMatch(verdict, query_share, index_share, len(ours), len(theirs))


def _codes(frames: Sequence[Hashed], rule: Rule) -> NDArray[np.uint64]:
    good = b"".join(bytes.fromhex(frame.pdq) for frame in frames if frame.quality >= rule.quality)
    return np.frombuffer(good, np.uint64).reshape(-1, 4)


def _near(ours: NDArray[np.uint64], theirs: NDArray[np.uint64], radius: int) -> NDArray[np.bool_]:
    distance = np.zeros((len(ours), len(theirs)), np.uint16)
    for word in range(4):
        distance += np.bitwise_count(ours[:, word, None] ^ theirs[None, :, word])
    near: NDArray[np.bool_] = distance <= radius
    return near
