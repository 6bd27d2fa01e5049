"""Videos to frame hashes, and the 80 % rule in both directions."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.fingerprint.errors import MediaError
from nightlight.fingerprint.pdq import Mode, pdq
from nightlight.fingerprint.video import Frame, Limits, Rule, Verdict, compare, frames
from nightlight.fingerprint.video_plan import Do, Packets, plan
from tests.fingerprint.drawings import film, hills

GOP = {"g": "7", "bf": "2"}
FILMS = {
    "mp4": film(options=GOP),
    "mp4 with open groups": film(options={"x264-params": "keyint=8:min-keyint=8:open-gop=1:bframes=3"}),
    "mp4 without key frames after the first": film(options={"g": "1000"}),
    "matroska": film(container="matroska", options=GOP),
    "webm": film(codec="libvpx-vp9", container="webm", options={"g": "12", "deadline": "realtime"}),
    "avi": film(codec="mpeg4", container="avi", options={"g": "6"}),
    "mpegts": film(codec="mpeg2video", container="mpegts", rate=25, options={"g": "9", "bf": "2"}),
    "mpeg": film(codec="mpeg2video", container="mpeg", rate=25, options={"g": "9", "bf": "2"}),
    "flv": film(codec="flv1", container="flv"),
    "hevc": film(codec="libx265", options={"x265-params": "keyint=9:bframes=3:log-level=none"}),
}


def _all_frames(raw: bytes) -> list[av.VideoFrame]:
    import io

    with av.open(io.BytesIO(raw)) as container:
        return list(container.decode(video=0))


@pytest.mark.parametrize("name", FILMS)
def test_leaving_packets_out_changes_no_hash(name: str) -> None:
    whole = _all_frames(FILMS[name])
    rate = 25 if name.startswith("mpeg") else 10

    found = frames(FILMS[name]).frames

    assert [each.frame for each in found] == list(range(0, len(whole), rate))
    for each in found:
        pixels = whole[each.frame].to_ndarray(format="rgb24", interpolation="AREA")
        assert (each.pdq, each.quality) == ((want := pdq(pixels)).hex, want.quality)
        assert each.timestamp == pytest.approx(each.frame / rate, abs=0.002)


@pytest.mark.parametrize("name", FILMS)
def test_key_frames_alone_are_the_key_frames_of_the_whole(name: str) -> None:
    whole = _all_frames(FILMS[name])

    found = frames(FILMS[name], key_frames=True).frames

    assert [each.frame for each in found] == [n for n, frame in enumerate(whole) if frame.key_frame]
    for each in found:
        assert each.pdq == pdq(whole[each.frame].to_ndarray(format="rgb24", interpolation="AREA")).hex


@pytest.mark.parametrize(("every", "numbers"), [(0, range(40)), (0.25, range(0, 40, 2)), (100, [0])])
def test_the_spacing_of_frames_is_as_asked(every: float, numbers: list[int]) -> None:
    found = frames(FILMS["mp4"], every)

    assert [each.frame for each in found.frames] == list(numbers)
    assert found.duration == 4.0


def test_a_file_and_its_bytes_are_the_same_video(tmp_path: Path) -> None:
    path = tmp_path / "film.txt"
    path.write_bytes(FILMS["webm"])

    assert frames(path) == frames(FILMS["webm"])


def test_a_frame_s_hash_is_near_that_of_the_picture_filmed() -> None:
    found = frames(FILMS["mp4"]).frames

    for second, each in enumerate(found):
        drawn = pdq(hills(120, 160, 40 * second))
        assert (int(each.pdq, 16) ^ int(drawn.hex, 16)).bit_count() <= 31


def _trouble(raw: bytes | Path, **options: object) -> str:
    with pytest.raises(MediaError) as caught:
        frames(raw, **options)  # type: ignore[arg-type]
    return caught.value.name


def test_what_is_no_video_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()

    assert _trouble(b"") == "empty"
    assert _trouble(tmp_path / "empty.mp4") == "empty"
    assert _trouble(tmp_path) == "unreadable"
    assert _trouble(b"words") == "not_media"
    assert _trouble(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n") == "not_media"
    assert _trouble(b"ffconcat version 1.0\nfile /etc/hostname\n") == "not_media"
    assert _trouble(FILMS["mp4"][:200]) in ("unreadable", "truncated")


def test_a_video_cut_short_gives_the_frames_before_the_cut() -> None:
    raw = FILMS["matroska"]

    found = frames(raw[: len(raw) // 2]).frames

    assert [each.frame for each in found][:2] == [0, 10]
    assert len(found) < 4


def test_damage_in_the_middle_costs_no_more_than_what_it_hits() -> None:
    raw = bytearray(FILMS["mpegts"])
    raw[len(raw) // 2 : len(raw) // 2 + 3000] = bytes(3000)

    found = frames(bytes(raw)).frames

    assert len(found) >= 3


def test_caps_have_names() -> None:
    late = iter(range(0, 10**9, 100))

    assert _trouble(FILMS["mp4"], limits=Limits(packets=10)) == "too_large"
    assert _trouble(FILMS["mp4"], limits=Limits(frames=3)) == "too_large"
    assert _trouble(FILMS["mp4"], limits=Limits(pixels=1000)) == "too_large"
    assert _trouble(FILMS["mp4"], clock=lambda: float(next(late))) == "timed_out"


# How packets are chosen


def _packets(shown: list[int], keys: set[int]) -> Packets:
    packets = Packets()
    for position, time in enumerate(shown):
        packets.add(time, key=position in keys, shown=True)
    return packets


def test_a_group_is_decoded_up_to_its_last_wanted_frame_and_one_without_any_is_left_out() -> None:
    packets = _packets([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], {0, 4, 8})

    todo = plan(packets, 9)

    assert todo is not None
    assert todo.numbers == {0: 0, 9: 9}
    assert list(todo.steps) == [Do.SHOW, 0, 0, 0, 0, 0, 0, 0, Do.PASS, Do.SHOW, 0, 0]
    assert todo.restarts == {8}


def test_a_frame_shown_before_its_key_frame_brings_the_group_before_with_it() -> None:
    packets = _packets([0, 2, 1, 5, 3, 4, 7, 6], {0, 3})

    todo = plan(packets, 4)

    assert todo is not None
    assert list(todo.steps) == [Do.SHOW, Do.PASS, Do.PASS, Do.PASS, Do.PASS, Do.SHOW, 0, 0]
    assert todo.restarts == set()


def test_packets_without_times_of_their_own_can_only_be_counted() -> None:
    nameless = _packets([0, 1, 2], {0})
    nameless.add(None, key=False, shown=True)

    assert plan(nameless, 1) is None
    assert plan(_packets([0, 1, 1], {0}), 1) is None
    assert plan(_packets([0, 1, 2], set()), 1) is None


@given(
    keys=st.sets(st.integers(1, 59)),
    order=st.permutations(range(60)),
    step=st.integers(1, 70),
    key_frames=st.booleans(),
)
def test_whatever_is_wanted_is_decoded_after_all_that_it_may_refer_to(
    keys: set[int], order: list[int], step: int, key_frames: bool
) -> None:
    packets = _packets(list(order), keys | {0})

    todo = plan(packets, step, key_frames=key_frames)

    assert todo is not None
    for time in todo.numbers:
        packet = order.index(time)
        assert todo.steps[packet] == Do.SHOW
        start = max(key for key in keys | {0} if key <= packet)
        assert key_frames or all(todo.steps[start:packet])
    assert set(todo.numbers.values()) <= set(range(60))


# The rule


def _shots(*places: int, quality: int = 100) -> list[Frame]:
    """Frames that have nothing in common unless they are of the same place."""
    codes = np.random.default_rng(7).integers(0, 256, (20, 32), dtype=np.uint8)
    return [Frame(n, float(n), quality, codes[place].tobytes().hex()) for n, place in enumerate(places)]


def _off(frame: Frame, bits: int) -> Frame:
    moved = int(frame.pdq, 16) ^ ((1 << bits) - 1)
    return Frame(frame.frame, frame.timestamp, frame.quality, f"{moved:064x}")


def test_a_clip_of_a_known_video_has_all_of_its_frames_there_and_few_of_the_known_one_s() -> None:
    clip, known = _shots(2, 3), _shots(*range(10))

    found = compare(clip, known)

    assert (found.verdict, found.query_share, found.index_share) == (Verdict.MATCH, 1.0, 0.2)
    assert not compare(clip, known, Rule(query_share=0.8, index_share=0.8)).matches


def test_a_known_video_hidden_in_a_longer_one_matches_in_the_other_direction_only() -> None:
    padded, known = _shots(*range(10)), _shots(2, 3)

    assert not compare(padded, known).matches
    assert compare(padded, known, Rule(query_share=0.0, index_share=0.8)).matches


def test_the_radius_itself_is_within_the_radius() -> None:
    known = _shots(1)
    at, past = [_off(known[0], 31)], [_off(known[0], 32)]

    assert compare(at, known).matches
    assert not compare(past, known).matches


@pytest.mark.parametrize(("same", "met"), [(8, True), (7, False)])
def test_eighty_percent_is_enough_and_less_is_not(same: int, met: bool) -> None:
    query = _shots(*range(same), *range(10, 20 - same))

    assert compare(query, _shots(*range(10))).matches is met


def test_frames_without_quality_leave_nothing_to_compare_which_is_an_answer() -> None:
    good, dull = _shots(1), _shots(1, quality=49)

    found = [compare(dull, good), compare(good, dull), compare([], [])]

    assert [each.verdict for each in found] == [
        Verdict.QUERY_HAS_NO_FRAMES,
        Verdict.INDEX_HAS_NO_FRAMES,
        Verdict.QUERY_HAS_NO_FRAMES,
    ]
    assert [(each.query_frames, each.index_frames) for each in found] == [(0, 1), (1, 0), (0, 0)]
    assert not any(each.matches for each in found)


def test_thresholds_of_nought_do_not_make_strangers_match() -> None:
    assert not compare(_shots(1), _shots(2), Rule(query_share=0, index_share=0)).matches


def test_long_videos_are_compared_in_blocks() -> None:
    query = _shots(*([1, 2, 3, 4] * 300))

    found = compare(query, _shots(1, 2, 3, *([5] * 1300)))

    assert (found.query_share, found.query_frames, found.index_frames) == (0.75, 1200, 1303)


def test_the_mode_of_the_hash_is_passed_on() -> None:
    large = film(seconds=1, size=(640, 360))
    frame = _all_frames(large)[0].to_ndarray(format="rgb24", interpolation="AREA")

    found = frames(large, mode=Mode.CPP).frames[0]

    assert found.pdq == pdq(frame, Mode.CPP).hex != pdq(frame).hex
