"""What a file is, by its first bytes; its name is never believed.

Only the formats named here reach a decoder, and each reaches no other decoder than its own: FFmpeg and Pillow, left to
guess, also open playlists that name other files, and PostScript.
"""

from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 4096


class Kind(StrEnum):
    """Still or animated pictures, and videos."""

    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its `name` here, and the decoder's name for it (Pillow's, or FFmpeg's demuxer)."""

    name: str
    kind: Kind
    decoder: str


JPEG = Format("jpeg", Kind.IMAGE, "JPEG")
PNG = Format("png", Kind.IMAGE, "PNG")
GIF = Format("gif", Kind.IMAGE, "GIF")
WEBP = Format("webp", Kind.IMAGE, "WEBP")
BMP = Format("bmp", Kind.IMAGE, "BMP")
TIFF = Format("tiff", Kind.IMAGE, "TIFF")
AVIF = Format("avif", Kind.IMAGE, "AVIF")
HEIC = Format("heic", Kind.IMAGE, "HEIF")
MP4 = Format("mp4", Kind.VIDEO, "mov")
MATROSKA = Format("matroska", Kind.VIDEO, "matroska")
AVI = Format("avi", Kind.VIDEO, "avi")
FLV = Format("flv", Kind.VIDEO, "flv")
ASF = Format("asf", Kind.VIDEO, "asf")
OGG = Format("ogg", Kind.VIDEO, "ogg")
MPEG_PS = Format("mpeg", Kind.VIDEO, "mpeg")
MPEG_TS = Format("mpegts", Kind.VIDEO, "mpegts")
MPEG_ES = Format("mpegvideo", Kind.VIDEO, "mpegvideo")

# offset, bytes, format. Sources: the formats' specifications, and RFC 9649 (WebP), ISO 14496-12 (boxes).
_SIGNATURES: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (0, b"II*\x00", TIFF),
    (0, b"MM\x00*", TIFF),
    (0, b"II+\x00", TIFF),
    (0, b"MM\x00+", TIFF),
    (0, b"\x1aE\xdf\xa3", MATROSKA),
    (0, b"FLV\x01", FLV),
    (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), ASF),
    (0, b"OggS\x00", OGG),
    (0, b"\x00\x00\x01\xba", MPEG_PS),
    (0, b"\x00\x00\x01\xb3", MPEG_ES),
)
_RIFF = {b"WEBP": WEBP, b"AVI ": AVI}
_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"moof", b"styp")
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_TS_PACKET = 188


def sniff(head: bytes) -> Format | None:
    """The format of a file that begins with `head` (:data:`HEAD_BYTES` are enough), or None."""
    for offset, magic, found in _SIGNATURES:
        if head.startswith(magic, offset):
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _branded(head)
    if head[4:8] in _BOXES:
        return MP4
    if head[:2] == b"BM" and len(head) >= 18 and head[15:18] == b"\x00\x00\x00":
        return BMP
    if _is_transport_stream(head):
        return MPEG_TS
    return None


def _branded(head: bytes) -> Format:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if _AVIF_BRANDS.intersection(brands):
        return AVIF
    if brands[0] in _HEIC_BRANDS:
        return HEIC
    return MP4


def _is_transport_stream(head: bytes) -> bool:
    for start in (0, 4):  # 4: with a time code before each packet, as cameras write it
        step = _TS_PACKET + start
        marks = head[start::step]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return True
    return False


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height that a WebP file declares: its decoder would set the memory aside before we can ask."""
    if head[12:16] == b"VP8X" and len(head) >= 30:
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if head[12:16] == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 " and len(head) >= 30:
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return None
