"""NCMEC's XML: every fingerprint kept, every withdrawal heard, no hostile file swallowed."""

import tracemalloc
from pathlib import Path

import pytest

from nightlight.fingerprint.lists import BadLine, Kind, LeftOut, Listed, read, read_all

A, B = "0123456789abcdef" * 4, "fedcba9876543210" * 4
MD5, SHA1 = "a1" * 16, "b2" * 20


def page(*items: str, prologue: str = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>') -> str:
    return (
        f'{prologue}<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">'
        f'<images count="9" maxTimestamp="2026-01-05T09:00:00Z">{"".join(items)}</images>'
        "<paging><next>/v2/entries?from=2026&amp;start=1</next></paging></queryResult>"
    )


def item(
    name: str, *prints: str, at: str = "2026-01-05T09:00:00Z", tag: str = "image", member: int = 42
) -> str:
    inside = f"<fingerprints>{''.join(prints)}</fingerprints>" if prints else ""
    return (
        f'<{tag}><member id="{member}">Example Member</member><timestamp>{at}</timestamp><id>{name}</id>'
        f"<classification>A1</classification>{inside}</{tag}>"
    )


def pdq(value: str = A) -> str:
    return f"<pdq>{value}</pdq>"


def of(tmp_path: Path, content: str | bytes, name: str = "page.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def names(path: Path) -> list[str | None]:
    return [found.id for found in read(path) if isinstance(found, Listed)]


def test_images_and_videos_are_read_with_all_their_fingerprints(tmp_path: Path) -> None:
    image = item("image1", f"<md5>{MD5.upper()}</md5>", f"<sha1>{SHA1}</sha1>", pdq(A), pdq(B))
    video = item("video1", f"<MD5>{MD5}</MD5>", tag="video", member=43)

    found = list(read(of(tmp_path, page(image, video))))

    assert found == [
        Listed(0, "image1", Kind.MD5, MD5, "A1", "42"),
        Listed(0, "image1", Kind.SHA1, SHA1, "A1", "42"),
        Listed(0, "image1", Kind.PDQ, A, "A1", "42"),
        Listed(0, "image1", Kind.PDQ, B, "A1", "42"),
        Listed(1, "video1", Kind.MD5, MD5, "A1", "43"),
    ]


def test_fingerprints_that_can_t_be_matched_here_are_left_out_and_named(tmp_path: Path) -> None:
    big = '<tmk-pdqf rel="self" href="/v2/entries/1/fingerprints/TMK_PDQF"/>'

    left, kept = read(of(tmp_path, page(item("image1", big, pdq()))))

    assert isinstance(left, LeftOut)
    assert "tmk-pdqf" in left.reason
    assert isinstance(kept, Listed)


def test_a_prefix_for_the_namespace_makes_no_difference(tmp_path: Path) -> None:
    content = page(item("image1", pdq())).replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?")

    assert names(of(tmp_path, content.replace("xmlns=", "xmlns:n="))) == ["image1"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_withdrawal_wins_over_what_is_older_wherever_it_stands(tmp_path: Path, order: int) -> None:
    items = [
        item("image1", pdq(), at="2026-01-05T09:00:00Z"),
        item("image1", tag="deletedImage", at="2026-01-05T10:00:00.5Z"),
        item("image2", pdq(), at="2026-01-05T09:00:00Z"),
    ]

    assert names(of(tmp_path, page(*items[::order]))) == ["image2"]


def test_an_item_put_back_after_its_withdrawal_stands(tmp_path: Path) -> None:
    items = [
        item("image1", pdq(), at="2026-01-05T12:00:00+01:00"),
        item("image1", tag="deletedImage", at="2026-01-05T10:00:00Z"),
    ]

    assert names(of(tmp_path, page(*items))) == ["image1"]


def test_a_withdrawal_is_of_its_member_s_item_and_of_its_kind_only(tmp_path: Path) -> None:
    items = [
        item("one", pdq(), member=1),
        item("one", tag="deletedImage", member=2),
        item("one", tag="deletedVideo", member=1),
    ]

    assert names(of(tmp_path, page(*items))) == ["one"]


def test_a_withdrawal_on_another_page_holds(tmp_path: Path) -> None:
    first = of(tmp_path, page(item("image1", pdq()), item("image2", pdq(B))), "first.xml")
    second = of(tmp_path, page(item("image1", tag="deletedImage")), "second.xml")

    found = [each.id for _, each in read_all([first, second]) if isinstance(each, Listed)]

    assert found == ["image2"]


def test_a_bad_fingerprint_costs_neither_the_item_nor_the_rest(tmp_path: Path) -> None:
    found = list(read(of(tmp_path, page(item("image1", pdq("abc"), pdq(A)), item("image2", pdq(B))))))

    bad = [each for each in found if isinstance(each, BadLine)]
    assert [each.id for each in found if isinstance(each, Listed)] == ["image1", "image2"]
    assert [each.reason for each in bad] == ["item 1: 3 hex digits where a PDQ hash has 64"]


@pytest.mark.parametrize(
    "content",
    [
        page(item("image1", pdq()), item("image2", pdq(B)))[:-300],
        page(item("image1", pdq()), "<image></video>"),
        page(item("image1", pdq()), "<image>\x00</image>"),
        page(item("image1", pdq())).encode() + b"\xff\xfe junk",
        page(item("image1", pdq())) + page(item("image2", pdq())),
    ],
)
def test_xml_that_breaks_off_is_read_as_far_as_it_goes_and_says_so(
    tmp_path: Path, content: str | bytes
) -> None:
    first, *_, last = read(of(tmp_path, content))

    assert isinstance(first, Listed)
    assert isinstance(last, BadLine)
    assert "the XML breaks here" in last.reason


BOMBS = {
    "billion laughs": '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "quadratic": f'<!DOCTYPE q [<!ENTITY a "{"a" * 100_000}">]>',
    "a file of this machine": '<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "another server": '<!DOCTYPE q SYSTEM "http://dtd.test/q.dtd">',
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_document_type_is_refused_before_anything_grows(tmp_path: Path, bomb: str) -> None:
    (found,) = read(of(tmp_path, page(item("image1", "<pdq>&a;</pdq>"), prologue=bomb)))

    assert isinstance(found, BadLine)
    assert "document type" in found.reason


HOGS = {
    "an endless tag": b'<q><images><image a="' + b"a" * 20_000_000,
    "an endless text": b"<q><images><image><id>" + b"a" * 20_000_000,
    "a deep nest": b"<q>" * 3_000_000,
    "an endless item": b"<q><image><fingerprints>" + b"<pdq>a</pdq>" * 100_000,
}


@pytest.mark.parametrize("hog", HOGS.values(), ids=HOGS)
def test_memory_stays_small_whatever_the_file_holds(tmp_path: Path, hog: bytes) -> None:
    path = of(tmp_path, hog)
    tracemalloc.start()

    try:
        found = list(read(path))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert isinstance(found[-1], BadLine)
    assert most < 12_000_000
