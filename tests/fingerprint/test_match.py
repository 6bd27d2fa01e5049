"""What is answered about a file: what stands, what was allowed, and by which way it was found."""

import json
from pathlib import Path
from typing import Any

import pytest

from nightlight.fingerprint.known import Known, load
from nightlight.fingerprint.listed import Kind
from nightlight.fingerprint.look import Examined, Look
from nightlight.fingerprint.match import ALLOWED_KINDS, Matcher

ZERO = "0" * 64
SHA256, SHA1, MD5 = "1a" * 32, "2b" * 20, "3c" * 16


def bits(count: int) -> str:
    """A hash at that distance from ZERO."""
    return f"{(1 << count) - 1:064x}"


def known(tmp_path: Path, *lines: str | dict[str, Any], name: str = "list", allow: bool = False) -> Known:
    path = tmp_path / name
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return load([path], lambda *_: None, only=ALLOWED_KINDS if allow else frozenset(Kind))


def image(*looks: tuple[str, str, str]) -> Examined:
    said = {"path": "a.png", "kind": "image", "md5": MD5, "sha1": SHA1, "sha256": SHA256, "pdq": ZERO}
    return Examined(said, tuple(Look(*each) for each in looks or (("as_is", "", ZERO),)))


def video(*frames: tuple[str, int]) -> Examined:
    said = {"path": "a.mp4", "kind": "video", "md5": MD5, "sha1": SHA1, "sha256": SHA256, "duration": 1.0}
    vpdq = [{"frame": n, "timestamp": n, "quality": q, "pdq": pdq} for n, (pdq, q) in enumerate(frames)]
    return Examined({**said, "vpdq": vpdq})


def answer(matcher: Matcher, examined: Examined) -> dict[str, Any]:
    (found,) = matcher.answer([examined])
    return found


@pytest.mark.parametrize(("radius", "found"), [(0, [0]), (4, [0, 1]), (31, [0, 1, 2]), (32, [0, 1, 2, 3])])
def test_what_is_within_the_radius_matches_the_nearest_first(
    tmp_path: Path, radius: int, found: list[int]
) -> None:
    lists = known(tmp_path, ZERO, f"{bits(4)},dunes", bits(31), bits(32))

    said = answer(Matcher(lists, radius), image())

    assert [match["id"] for match in said["matches"]] == found
    assert [match["distance"] for match in said["matches"]] == [0, 4, 31, 32][: len(found)]
    assert said["matches"][0] == {"id": 0, "distance": 0, "label": "", "via": "as_is"}
    assert "allowed" not in said


def test_an_error_is_passed_on_as_it_is(tmp_path: Path) -> None:
    wrong = Examined({"path": "a", "error": "empty: the file has no bytes"})

    assert answer(Matcher(known(tmp_path, ZERO), 31), wrong) == wrong.said


def test_an_entry_met_in_several_ways_is_told_once_by_the_file_s_own_hash(tmp_path: Path) -> None:
    matcher = Matcher(known(tmp_path, bits(10)), 31)

    plainly = answer(
        matcher, image(("mirrored", "", bits(10)), ("as_is", "cpp", bits(9)), ("as_is", "", ZERO))
    )
    formed = answer(matcher, image(("mirrored", "", bits(10)), ("as_is", "cpp", bits(9))))
    edited = answer(matcher, image(("mirrored", "", bits(10)), ("trimmed", "", bits(9))))

    assert plainly["matches"] == [{"id": 0, "distance": 10, "label": "", "via": "as_is"}]
    assert formed["matches"] == [{"id": 0, "distance": 1, "label": "", "via": "as_is", "form": "cpp"}]
    assert edited["matches"] == [{"id": 0, "distance": 0, "label": "", "via": "mirrored"}]


@pytest.mark.parametrize("kind", ["sha256", "sha1", "md5"])
def test_a_digest_matches_by_equality_and_says_so(tmp_path: Path, kind: str) -> None:
    value = {"sha256": SHA256, "sha1": SHA1, "md5": MD5}[kind]
    lists = known(tmp_path, {"id": "x", "type": kind, "value": value, "label": "dunes"})

    said = answer(Matcher(lists, 31), image())

    assert said["matches"] == [{"id": "x", "distance": 0, "label": "dunes", "via": "as_is", "type": kind}]


def test_bare_hashes_are_answered_in_order(tmp_path: Path) -> None:
    matcher = Matcher(known(tmp_path, bits(4)), 31)

    found = matcher.hashes([bits(64), ZERO])

    match = {"id": 0, "distance": 4, "label": "", "via": "as_is"}
    assert found == [{"pdq": bits(64), "matches": []}, {"pdq": ZERO, "matches": [match]}]


class TestVideos:
    """By their frames: 80 % of those that are good enough."""

    @pytest.mark.parametrize(("known_frames", "matches"), [(8, True), (7, False), (10, True)])
    def test_four_fifths_of_the_frames_must_be_known(
        self, tmp_path: Path, known_frames: int, matches: bool
    ) -> None:
        frames = [(bits(3), 100)] * known_frames + [(bits(200), 100)] * (10 - known_frames)

        said = answer(Matcher(known(tmp_path, ZERO), 31), video(*frames))

        assert [match["distance"] for match in said["matches"]] == [3] * matches
        assert said["frames"] == {"matched": known_frames, "of": 10}

    def test_every_entry_that_a_frame_met_is_told(self, tmp_path: Path) -> None:
        said = answer(Matcher(known(tmp_path, ZERO, bits(128)), 31), video((bits(1), 100), (bits(128), 60)))

        assert [(match["id"], match["distance"]) for match in said["matches"]] == [(1, 0), (0, 1)]

    def test_poor_frames_are_neither_looked_up_nor_counted(self, tmp_path: Path) -> None:
        said = answer(Matcher(known(tmp_path, ZERO), 31), video((ZERO, 50), (bits(128), 49)))

        assert said["frames"] == {"matched": 1, "of": 1}
        assert len(said["matches"]) == 1

    @pytest.mark.parametrize("frames", [(), ((ZERO, 49),)])
    def test_a_video_without_a_good_frame_matches_nothing(
        self, tmp_path: Path, frames: tuple[tuple[str, int], ...]
    ) -> None:
        said = answer(Matcher(known(tmp_path, ZERO), 31), video(*frames))

        assert said["matches"] == []
        assert "frames" not in said

    def test_frames_that_are_allowed_count_as_unknown(self, tmp_path: Path) -> None:
        matcher = Matcher(known(tmp_path, ZERO, bits(128)), 31, known(tmp_path, ZERO, name="a", allow=True))

        said = answer(matcher, video((ZERO, 100), (ZERO, 100), (bits(128), 100)))

        assert said["frames"] == {"matched": 1, "of": 3}
        assert said["matches"] == []
        assert [taken["id"] for taken in said["allowed"]] == [0]


class TestAllowed:
    """What a person said is no match."""

    def test_an_allowed_picture_takes_away_what_is_no_nearer_than_itself(self, tmp_path: Path) -> None:
        allowed = known(tmp_path, f"{bits(6)},a sunset", name="a", allow=True)
        matcher = Matcher(known(tmp_path, bits(5), bits(6), bits(7)), 31, allowed)

        said = answer(matcher, image())

        assert [match["id"] for match in said["matches"]] == [0]
        assert said["allowed"] == [
            {"id": n, "distance": d, "label": "", "via": "as_is",
             "by": {"id": 0, "distance": 6, "label": "a sunset"}}
            for n, d in ((1, 6), (2, 7))
        ]  # fmt: skip

    def test_an_allowed_picture_beyond_the_radius_takes_nothing_away(self, tmp_path: Path) -> None:
        matcher = Matcher(known(tmp_path, bits(4)), 4, known(tmp_path, bits(5), name="a", allow=True))

        assert len(answer(matcher, image())["matches"]) == 1

    def test_an_allowed_picture_never_takes_a_match_by_digest_away(self, tmp_path: Path) -> None:
        lists = known(tmp_path, {"id": "x", "type": "md5", "value": MD5})
        matcher = Matcher(lists, 31, known(tmp_path, ZERO, name="a", allow=True))

        said = answer(matcher, image())

        assert [match["type"] for match in said["matches"]] == ["md5"]

    def test_an_allowed_file_matches_nothing(self, tmp_path: Path) -> None:
        lists = known(tmp_path, {"id": "x", "type": "md5", "value": MD5}, {"id": "y", "value": ZERO})
        allowed = known(tmp_path, {"id": "ok", "type": "sha256", "value": SHA256}, name="a", allow=True)

        said = answer(Matcher(lists, 31, allowed), image())

        assert said["matches"] == []
        assert [taken["by"] for taken in said["allowed"]] == [{"id": "ok", "distance": 0, "label": ""}] * 2

    @pytest.mark.parametrize(("kind", "value"), [("md5", MD5), ("sha1", SHA1)])
    def test_a_digest_that_can_be_forged_allows_nothing(self, tmp_path: Path, kind: str, value: str) -> None:
        allowed = known(tmp_path, {"type": kind, "value": value}, name="a", allow=True)

        said = answer(Matcher(known(tmp_path, ZERO), 31, allowed), image())

        assert len(said["matches"]) == 1
        assert list(allowed.left_out.values()) == [1]

    def test_what_one_look_finds_is_not_hidden_by_what_another_may_not_see(self, tmp_path: Path) -> None:
        allowed = known(tmp_path, ZERO, name="a", allow=True)
        matcher = Matcher(known(tmp_path, bits(5)), 31, allowed)

        said = answer(matcher, image(("as_is", "", ZERO), ("mirrored", "", bits(5))))

        assert [(match["via"], match["distance"]) for match in said["matches"]] == [("mirrored", 0)]
        assert "allowed" not in said
