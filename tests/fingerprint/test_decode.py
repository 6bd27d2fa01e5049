"""Pictures to pixels: the colours a person sees, whatever the format, and a name for whatever can't be read."""

import io
import os
import struct
import threading
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nightlight.fingerprint.decode import DEFAULT, Limits, luminance, picture, pictures
from nightlight.fingerprint.errors import BY_NAME, MediaError, Trouble
from nightlight.fingerprint.pdq import pdq
from nightlight.fingerprint.sniff import sniff
from tests.fingerprint.drawings import Pixels, encoded, grain, hills

pytestmark = pytest.mark.filterwarnings("ignore:Corrupt EXIF data")

DRAWN = hills(120, 160)


def _heic(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(file, quality=90)
    return file.getvalue()


EXACT = {
    "png": encoded(DRAWN, "PNG"),
    "bmp": encoded(DRAWN, "BMP"),
    "tiff": encoded(DRAWN, "TIFF"),
    "webp": encoded(DRAWN, "WEBP", lossless=True),
    "gif": encoded(hills(120, 160) // 51 * 51, "PNG"),
}
CLOSE = {
    "jpeg": encoded(DRAWN, "JPEG", quality=95),
    "webp": encoded(DRAWN, "WEBP", quality=95),
    "avif": encoded(DRAWN, "AVIF", quality=95),
    "heic": _heic(DRAWN),
}


def _difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def _bits(one: Pixels, other: Pixels) -> int:
    return (int(pdq(one).hex, 16) ^ int(pdq(other).hex, 16)).bit_count()


@pytest.mark.parametrize("form", ["png", "bmp", "tiff", "webp"])
def test_a_lossless_picture_comes_out_as_it_was_drawn(form: str) -> None:
    found = picture(EXACT[form])

    assert (found.pixels == DRAWN).all()
    assert (found.width, found.height, found.format) == (160, 120, form)
    assert found.pixels.dtype == np.uint8


@pytest.mark.parametrize("form", CLOSE)
def test_a_lossy_picture_comes_out_much_as_it_was_drawn(form: str) -> None:
    found = picture(CLOSE[form])

    assert found.format == form
    assert _difference(found.pixels, DRAWN) < 6
    assert _bits(found.pixels, DRAWN) <= 16


def test_jpeg_has_the_same_pixels_as_pillow_gives_so_that_hashes_equal_the_peers() -> None:
    for options in ({}, {"progressive": True}, {"subsampling": 0}, {"subsampling": 1, "quality": 40}):
        raw = encoded(hills(203, 301), "JPEG", **options)

        assert (picture(raw).pixels == np.asarray(Image.open(io.BytesIO(raw)))).all()


COLOURS = {
    "palette": lambda image: image.quantize(256, dither=Image.Dither.NONE),
    "cmyk": lambda image: image.convert("CMYK"),
    "grey": lambda image: image.convert("L"),
    "grey with alpha": lambda image: image.convert("LA"),
    "opaque": lambda image: image.convert("RGBA"),
}


@pytest.mark.parametrize(
    ("colours", "form"),
    [
        ("palette", "PNG"),
        ("palette", "GIF"),
        ("palette", "BMP"),
        ("palette", "TIFF"),
        ("cmyk", "TIFF"),
        ("cmyk", "JPEG"),
        ("grey", "PNG"),
        ("grey", "JPEG"),
        ("grey", "TIFF"),
        ("grey with alpha", "PNG"),
        ("opaque", "PNG"),
        ("opaque", "WEBP"),
        ("opaque", "TIFF"),
    ],
)
def test_however_colours_are_written_the_hash_is_that_of_the_colours_seen(colours: str, form: str) -> None:
    written = COLOURS[colours](Image.fromarray(DRAWN))
    file = io.BytesIO()
    written.save(file, form, **({"lossless": True} if form == "WEBP" else {}))

    found = picture(file.getvalue())

    assert _bits(found.pixels, np.asarray(written.convert("RGB"))) <= (10 if form == "JPEG" else 0)
    assert _bits(found.pixels, DRAWN) <= 24


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(form: str) -> None:
    grey = hills(120, 160)[:, :, 1]
    wide = (grey.astype(np.uint16) << 8) | 0x7F

    found = picture(encoded(wide, form))

    assert (found.pixels == grey[:, :, None]).all()


def test_the_byte_order_of_sixteen_bits_does_not_matter() -> None:
    grey = hills(120, 160)[:, :, 1]
    file = io.BytesIO()
    Image.frombytes("I;16B", (160, 120), (grey.astype(">u2") << 8).astype(">u2").tobytes()).save(file, "TIFF")

    assert (picture(file.getvalue()).pixels == grey[:, :, None]).all()


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_grey_in_fractions_is_scaled_to_its_white(white: float) -> None:
    grey = hills(120, 160)[:, :, 1]
    values = grey.astype(np.float32) / 255 * white
    values[0, 0] = white

    found = picture(encoded(values, "TIFF"))

    assert _difference(found.pixels[:, :, 0], grey) < 1.5


def test_what_is_transparent_is_laid_on_white() -> None:
    clear = np.dstack([DRAWN, np.full(DRAWN.shape[:2], 255, np.uint8)])
    clear[:60, :, 3] = 0
    seen = DRAWN.copy()
    seen[:60] = 255

    found = [picture(encoded(clear, "PNG")), picture(encoded(clear, "WEBP", lossless=True))]

    assert all((each.pixels == seen).all() for each in found)


def test_one_colour_named_transparent_is_laid_on_white_too() -> None:
    flat = np.zeros((20, 20, 3), np.uint8)
    flat[5:15, 5:15] = (10, 200, 30)
    raw = encoded(flat, "PNG", transparency=(0, 0, 0))

    found = picture(raw)

    assert tuple(found.pixels[0, 0]) == (255, 255, 255)
    assert tuple(found.pixels[10, 10]) == (10, 200, 30)


# EXIF 2.32, table "Orientation": where the 0th row and column are seen, and so how to turn them back.
UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: a.transpose(1, 0, 2)[:, ::-1],
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: a.transpose(1, 0, 2)[::-1],
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_upright_only_on_request(orientation: int, form: str) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    raw = encoded(DRAWN, form, exif=exif)
    plain = picture(encoded(DRAWN, form)).pixels

    as_is, upright = picture(raw), picture(raw, orient=True)

    assert (as_is.pixels == plain).all()
    assert (upright.pixels == UPRIGHT[orientation](plain)).all()


def test_the_turn_of_a_tiff_belongs_to_the_picture() -> None:
    exif = Image.Exif()
    exif[274] = 6
    raw = encoded(DRAWN, "TIFF", exif=exif)

    as_is, upright = picture(raw), picture(raw, orient=True)

    assert (as_is.pixels == UPRIGHT[6](DRAWN)).all()
    assert (upright.pixels == as_is.pixels).all()


def test_a_broken_note_of_the_camera_costs_no_picture() -> None:
    raw = encoded(DRAWN, "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff nonsense")

    assert (picture(raw, orient=True).pixels == picture(raw).pixels).all()


def _animation(form: str, count: int) -> bytes:
    drawn = [Image.fromarray(hills(60, 80, 30 * number)) for number in range(count)]
    file = io.BytesIO()
    drawn[0].save(file, form, save_all=True, append_images=drawn[1:], duration=100)
    return file.getvalue()


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_an_animation_is_seen_frame_by_frame_and_as_a_picture_by_its_first(form: str) -> None:
    raw = _animation(form, 4)

    found = list(pictures(raw))

    assert len(found) == 4
    assert (found[0].pixels == picture(raw).pixels).all()
    assert _bits(found[3].pixels, hills(60, 80, 90)) <= 40
    assert _bits(found[0].pixels, found[3].pixels) > 60


def test_an_animation_is_seen_up_to_its_limits() -> None:
    raw = _animation("GIF", 9)

    by_frames = list(pictures(raw, limits=Limits(frames=3)))
    by_pixels = list(pictures(raw, limits=Limits(pixels=5 * 60 * 80)))

    assert (len(by_frames), len(by_pixels)) == (3, 5)


def test_an_animation_that_breaks_off_gives_what_comes_before() -> None:
    raw = _animation("GIF", 6)

    found = list(pictures(raw[: len(raw) * 2 // 3]))

    assert 1 <= len(found) < 6


def _trouble(raw: bytes | Path, limits: Limits = DEFAULT) -> Trouble:
    with pytest.raises(MediaError) as caught:
        picture(raw, limits=limits)
    assert BY_NAME[caught.value.name] is type(caught.value)
    return caught.value.name


@pytest.mark.parametrize(
    "raw",
    [
        b"hello",
        b"\x00" * 100,
        b"%!PS-Adobe-3.0 EPSF",
        b"#EXTM3U\nhttp://a.example/",
        b"<svg/>",
        b"BM is a text",
    ],
)
def test_what_is_no_picture_is_said_to_be_none(raw: bytes) -> None:
    assert _trouble(raw) == "not_media"


def test_no_bytes_are_empty() -> None:
    assert _trouble(b"") == "empty"


def test_the_name_of_a_file_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(EXACT["png"])
    (tmp_path / "lamp.png").write_bytes(b"just words")

    assert picture(tmp_path / "holiday.jpg").format == "png"
    assert _trouble(tmp_path / "lamp.png") == "not_media"


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty.png").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    places = [tmp_path, tmp_path / "pipe", tmp_path / "none", tmp_path / "loop", Path("/dev/zero")]

    assert [_trouble(place) for place in places] == ["unreadable"] * 5
    assert _trouble(tmp_path / "empty.png") == "empty"
    assert _trouble(Path("a\0b")) == "unreadable"


@pytest.mark.parametrize("form", [*CLOSE, "png", "bmp", "tiff", "gif"])
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_file_cut_short_has_a_name_for_it(form: str, kept: float) -> None:
    whole = encoded(DRAWN, "GIF") if form == "gif" else {**EXACT, **CLOSE}[form]

    assert _trouble(whole[: int(len(whole) * kept)]) in ("truncated", "unreadable")


def test_a_jpeg_or_png_cut_short_is_called_truncated() -> None:
    assert _trouble(CLOSE["jpeg"][:-300]) == "truncated"
    assert _trouble(EXACT["png"][:-300]) == "truncated"


def test_more_bytes_than_allowed_are_too_large(tmp_path: Path) -> None:
    (tmp_path / "lamp.png").write_bytes(EXACT["png"])

    assert _trouble(EXACT["png"], Limits(bytes=100)) == "too_large"
    assert _trouble(tmp_path / "lamp.png", Limits(bytes=100)) == "too_large"


def _png_bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _patched(raw: bytes, at: int, new: bytes) -> bytes:
    return raw[:at] + new + raw[at + len(new) :]


def _jpeg_bomb() -> bytes:
    raw = CLOSE["jpeg"]
    return _patched(raw, raw.index(b"\xff\xc0") + 5, struct.pack(">HH", 65500, 65500))


def _webp_bomb() -> bytes:
    canvas = (2**24 - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + canvas + b"\xff\x00\x00"
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


BOMBS = {
    "png": _png_bomb(50_000, 50_000),
    "jpeg": _jpeg_bomb(),
    "webp": _webp_bomb(),
    "gif": _patched(encoded(DRAWN, "GIF"), 6, struct.pack("<HH", 65535, 65535)),
    "bmp": _patched(EXACT["bmp"], 18, struct.pack("<ii", 60_000, 60_000)),
}


@pytest.mark.parametrize("form", BOMBS)
def test_a_bomb_is_refused_by_the_size_it_declares(form: str) -> None:
    assert _trouble(BOMBS[form]) == "too_large"


def test_a_jpeg_of_endless_passes_is_refused() -> None:
    raw = encoded(DRAWN, "JPEG", progressive=True)
    start = raw.rindex(b"\xff\xda")
    scan = raw[start:-2]

    assert _trouble(raw[:start] + scan * 200 + raw[-2:]) == "too_large"
    with pytest.raises(MediaError, match="too_large"):
        luminance(raw[:start] + scan * 200 + raw[-2:])


@pytest.mark.parametrize(("height", "width", "by"), [(699, 1200, 1), (700, 901, 2), (1000, 1203, 4)])
def test_luminance_for_the_fast_mode_is_reduced_only_where_the_picture_is_large(
    height: int, width: int, by: int
) -> None:
    raw = encoded(hills(height, width), "JPEG")

    found = luminance(raw)

    assert found is not None
    assert (found.height, found.width, found.by) == (height, width, by)
    assert found.plane.shape == (-(-height // by), -(-width // by))


def test_luminance_is_left_to_others_where_the_file_is_no_sound_jpeg() -> None:
    cmyk = io.BytesIO()
    Image.fromarray(DRAWN).convert("CMYK").save(cmyk, "JPEG")

    assert luminance(EXACT["png"]) is None
    assert luminance(cmyk.getvalue()) is None
    assert luminance(CLOSE["jpeg"][:-300]) is None


def test_many_threads_decode_at_once() -> None:
    raw = [encoded(grain(60, 80, seed), "PNG") for seed in range(8)]
    found: list[bool] = []

    def look(seed: int) -> None:
        found.append(bool((picture(raw[seed]).pixels == grain(60, 80, seed)).all()))

    threads = [threading.Thread(target=look, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 8


@settings(max_examples=300, deadline=None)
@given(head=st.binary(max_size=600))
def test_sniffing_answers_whatever_the_bytes(head: bytes) -> None:
    assert sniff(head) is None or sniff(head) is not None


@settings(max_examples=150, deadline=None)
@given(
    magic=st.sampled_from(
        [
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"II*\x00",
            b"MM\x00*",
            b"RIFF\x00\x00\x00\x00WEBPVP8X",
            b"RIFF\x00\x00\x00\x00WEBPVP8 ",
            b"\x00\x00\x00\x1cftypheic",
            b"\x00\x00\x00\x1cftypavif",
            b"BM\x00\x00\x00\x00\x00\x00\x00\x00",
        ]
    ),
    rest=st.binary(max_size=300),
)
def test_a_known_beginning_with_nonsense_after_it_has_a_name(magic: bytes, rest: bytes) -> None:
    try:
        picture(magic + rest)
    except MediaError as error:
        assert error.name in set(Trouble)
