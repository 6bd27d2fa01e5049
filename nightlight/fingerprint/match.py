"""Examined files answered with what is known of them, and with what was allowed.

A picture matches the entries within the radius of one of its looks. A video matches by its frames: where at least 80 %
of those with quality 50 or more are within the radius of something known (vPDQ's rule for the query's side, as
python-threatexchange ships it; of the entry's side nothing is asked), it matches every entry that one of them met, with
the least distance. Any file matches the entries with one of its digests.

An allow list takes matches away, and says so. One with the SHA-256 of the file: all, because a person has judged this
very file. One with a PDQ within the radius: those PDQ matches that are no nearer to the file than it is, so that an
allowed picture never hides a nearer match; never a match by digest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nightlight.fingerprint.codes import from_hex
from nightlight.fingerprint.exact import KINDS
from nightlight.fingerprint.known import Known
from nightlight.fingerprint.listed import Kind
from nightlight.fingerprint.look import AS_IS, Examined, Look
from nightlight.fingerprint.video_match import DEFAULT, Rule

ALLOWED_KINDS = frozenset({Kind.PDQ, Kind.SHA256})  # MD5 and SHA-1 can be forged to get a file allowed


@dataclass(frozen=True, slots=True)
class _Hit:
    """A known entry met by a look, and the allowed one that takes it away, if any: its number and distance."""

    number: int
    distance: int
    via: str
    form: str
    by: tuple[int, int] | None

    @property
    def rank(self) -> tuple[bool, bool, bool, int]:
        """Which of several hits of one entry is told: what stands; then the file's own hash, so that the distance is
        that of the `pdq` we print; then the nearest."""
        return self.by is not None, self.via != AS_IS, self.via == AS_IS and bool(self.form), self.distance


@dataclass(frozen=True, slots=True)
class Matcher:
    """Looks files up in `known` within `radius` bits; `allowed` is what a person said is no match."""

    known: Known
    radius: int
    allowed: Known | None = None
    rule: Rule = DEFAULT
    threads: int = 1

    def answer(self, examined: Sequence[Examined]) -> list[dict[str, Any]]:
        """The object of each file with its `matches`, and `allowed` where something was taken away."""
        looks = [_looks(each, self.rule.quality) for each in examined]
        hits = iter(self._search([look for each in looks for look in each]))
        return [self._one(each, [next(hits) for _ in of]) for each, of in zip(examined, looks, strict=True)]

    def hashes(self, values: Sequence[str]) -> list[dict[str, Any]]:
        """`{"pdq","matches"}` for bare PDQ hashes in lower-case hex."""
        found = self._search([Look(AS_IS, "", value) for value in values])
        return [self._said({"pdq": value}, hits) for value, hits in zip(values, found, strict=True)]

    def _one(self, examined: Examined, hits: list[list[_Hit]]) -> dict[str, Any]:
        said = examined.said
        if "error" in said:
            return said
        by = None
        if self.allowed and (same := self.allowed.exact.find(Kind.SHA256, said["sha256"])):
            by = (same[0], 0)
        exact = {
            number: (kind, by)
            for kind in reversed(KINDS)
            for number in self.known.exact.find(kind, said[kind])
        }
        if said["kind"] == "video":
            said, hits = self._of_video(said, hits)
        flat = [
            _Hit(hit.number, hit.distance, hit.via, hit.form, by or hit.by) for each in hits for hit in each
        ]
        return self._said(said, flat, exact)

    def _of_video(
        self, said: dict[str, Any], hits: list[list[_Hit]]
    ) -> tuple[dict[str, Any], list[list[_Hit]]]:
        """The object with how many frames met an entry, and the hits of frames: none where too few met one."""
        matched = sum(any(hit.by is None for hit in frame) for frame in hits)
        met = sum(map(bool, hits))
        if not met:
            return said, []
        said = {**said, "frames": {"matched": matched, "of": len(hits)}}
        if met < self.rule.query_share * len(hits):
            return said, []
        if matched < self.rule.query_share * len(hits):
            return said, [[hit for hit in frame if hit.by is not None] for frame in hits]
        return said, hits

    def _search(self, looks: list[Look]) -> list[list[_Hit]]:
        """For each look what it meets, the nearest first."""
        found: list[list[_Hit]] = [[] for _ in looks]
        if not looks:
            return found
        codes = from_hex([look.pdq for look in looks])
        allowing: dict[int, tuple[int, int]] = {}
        if self.allowed is not None:
            for query, number, distance, _ in _rows(self.allowed, codes, self.radius, self.threads):
                allowing.setdefault(query, (number, distance))
        for query, number, distance, tag in _rows(self.known, codes, self.radius, self.threads):
            by = allowing.get(query)
            if by and by[1] > distance:
                by = None
            look = looks[query]
            found[query].append(_Hit(number, distance, _via(look.via, tag), look.form, by))
        return found

    def _said(
        self,
        said: dict[str, Any],
        hits: Iterable[_Hit],
        exact: dict[int, tuple[Kind, tuple[int, int] | None]] | None = None,
    ) -> dict[str, Any]:
        best: dict[int, _Hit] = {}
        for hit in hits:
            if hit.number not in best or hit.rank < best[hit.number].rank:
                best[hit.number] = hit
        for number, (_, by) in (exact or {}).items():
            best[number] = _Hit(number, 0, AS_IS, "", by)
        ordered = sorted(best.values(), key=lambda hit: (hit.distance, hit.number))
        kinds = {number: kind for number, (kind, _) in (exact or {}).items()}
        told = [(hit, self._told(hit, kinds.get(hit.number))) for hit in ordered]
        said = {**said, "matches": [match for hit, match in told if hit.by is None]}
        if taken := [{**match, "by": self._by(hit.by)} for hit, match in told if hit.by is not None]:
            said["allowed"] = taken
        return said

    def _told(self, hit: _Hit, kind: Kind | None) -> dict[str, Any]:
        entry = self.known.entry(hit.number)
        told: dict[str, Any] = {
            "id": entry.id,
            "distance": hit.distance,
            "label": entry.label,
            "via": hit.via,
        }
        if kind is not None:
            told["type"] = kind
        if hit.form:
            told["form"] = hit.form
        if entry.source is not None:
            told["list"] = entry.source
        return told

    def _by(self, by: tuple[int, int] | None) -> dict[str, Any]:
        assert self.allowed is not None and by is not None  # noqa: S101 (said for the type checker)
        entry = self.allowed.entry(by[0])
        return {"id": entry.id, "distance": by[1], "label": entry.label}


def _looks(examined: Examined, quality: int) -> list[Look]:
    if examined.said.get("kind") != "video":
        return list(examined.looks)
    frames = examined.said["vpdq"]
    return [Look(AS_IS, "", frame["pdq"]) for frame in frames if frame["quality"] >= quality]


def _rows(known: Known, codes: Any, radius: int, threads: int) -> Iterable[tuple[int, int, int, int]]:
    hits = known.index.search(codes, radius, threads)
    columns = (hits.query, hits.id, hits.distance, hits.tag)
    return zip(*(column.tolist() for column in columns), strict=True)


def _via(look: str, tag: int) -> str:
    """How a hit was seen. Lists hold no derived entries (tag 0); an index of the product may, by number."""
    if tag == 0:
        return look
    return f"edit_{tag}" if look == AS_IS else f"{look}+edit_{tag}"
