"""Known videos, by number: their good frames in one exact index, and answers a video at a time.

What `video_match.compare` says of two videos, said of one against all: the frames of each known video are rows of an
:class:`~nightlight.fingerprint.index.Index`, whose ids hold the video's number and the frame's place in it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint.codes import from_hex
from nightlight.fingerprint.index import Index
from nightlight.fingerprint.video_match import DEFAULT, Hashed, Rule, Verdict, VideoMatch

FRAME_BITS = 20  # a million frames a video: twelve days at one a second
MOST_FRAMES = 1 << FRAME_BITS
MOST_VIDEOS = 1 << (64 - FRAME_BITS)


class VideoIndex:
    """Videos are numbers from 0 to 2**44 - 1. Many threads may search; one at a time may write. `rule` says which
    frames are good enough, and when two videos match; `seed` is the index's."""

    def __init__(self, rule: Rule = DEFAULT, seed: int = 0) -> None:
        self.rule = rule
        self._index = Index(seed)
        self._frames: dict[int, int] = {}

    def __len__(self) -> int:
        """How many videos it knows, those without a good frame too."""
        return len(self._frames)

    def add(self, video: int, frames: Sequence[Hashed]) -> int:
        """Add a video, in place of what stood under its number. Returns how many of its frames are good; with none
        it can't be found, which is an answer and no error. Raises `ValueError` for a number or a video too large."""
        if not 0 <= video < MOST_VIDEOS:
            raise ValueError(f"a video's number is from 0 to {MOST_VIDEOS - 1}")
        codes = _good(frames, self.rule)
        if len(codes) > MOST_FRAMES:
            raise ValueError(f"a video has at most {MOST_FRAMES} frames")
        self.remove(video)
        self._index.add(_first(video) + np.arange(len(codes), dtype=np.uint64), codes)
        self._frames[video] = len(codes)
        return len(codes)

    def remove(self, video: int) -> bool:
        """Take a video away at once. Returns whether it was there."""
        count = self._frames.pop(video, None)
        if count:
            self._index.remove(_first(video) + np.arange(count, dtype=np.uint64))
        return count is not None

    def search(self, frames: Sequence[Hashed]) -> dict[int, VideoMatch]:
        """What each known video with a frame in common is to this one, as `compare` says it: the likest first, by
        the share of this one's frames, then by number. Empty where nothing is in common, or no frame is good."""
        codes = _good(frames, self.rule)
        hits = self._index.search(codes, self.rule.radius)
        videos = hits.id >> np.uint64(FRAME_BITS)
        found = {}
        for video in np.unique(videos).tolist():
            mine = videos == video
            ours, theirs = len(np.unique(hits.query[mine])), len(np.unique(hits.id[mine]))
            known = self._frames.get(video, 0)
            if known:  # else it was removed while we looked
                found[video] = self._match(ours / len(codes), theirs / known, len(codes), known)
        return dict(sorted(found.items(), key=lambda each: (-each[1].query_share, each[0])))

    def _match(self, query_share: float, index_share: float, ours: int, theirs: int) -> VideoMatch:
        met = query_share >= self.rule.query_share and index_share >= self.rule.index_share
        verdict = Verdict.MATCH if met else Verdict.NO_MATCH
        return VideoMatch(verdict, query_share, index_share, ours, theirs)


def _first(video: int) -> np.uint64:
    return np.uint64(video << FRAME_BITS)


def _good(frames: Sequence[Hashed], rule: Rule) -> NDArray[np.uint64]:
    return from_hex([frame.pdq for frame in frames if frame.quality >= rule.quality])
