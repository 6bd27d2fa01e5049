"""What is known: every entry of every list, by hash and by digest, in memory and saved."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.fingerprint import bare, saved
from nightlight.fingerprint.codes import from_hex, to_hex
from nightlight.fingerprint.known import Entry, Known, load
from nightlight.fingerprint.lists import BadLine, Kind, Listed, read

A, B, C = ("0123456789abcdef" * 4, "fedcba9876543210" * 4, "00ff" * 16)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


def of(tmp_path: Path, *lines: str, name: str = "list") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines))
    return path


def taken(*paths: Path) -> tuple[Known, list[tuple[int, BadLine]]]:
    problems: list[tuple[int, BadLine]] = []
    return load(paths, lambda source, bad: problems.append((source, bad))), problems


def entries(known: Known, value: str) -> list[Entry]:
    return [known.entry(int(number)) for number in known.index.search(from_hex([value]), 0).id]


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Known]:
    """Hashes and digests, with and without names and labels, from two lists."""
    first = of(tmp_path, f"{A},dunes", "", B, name="first")
    second = of(
        tmp_path,
        json.dumps({"id": "lake", "type": "pdq", "value": A, "labels": {"kind": "lake"}}),
        json.dumps({"id": "film", "type": "md5", "value": "ab" * 16}),
        json.dumps({"type": "sha256", "value": C}),
        name="second",
    )
    yield taken(first, second)[0]


def test_an_entry_without_a_name_is_known_by_its_line(tmp_path: Path) -> None:
    known, problems = taken(of(tmp_path, f"{A},dunes", "", "no hash", B))

    assert entries(known, A) == [Entry(0, "dunes", None)]
    assert entries(known, B) == [Entry(3, "", None)]
    assert [(source, bad.line) for source, bad in problems] == [(0, 2)]
    assert known.entries == 2


def test_entries_of_several_lists_say_which(mixed: Known, tmp_path: Path) -> None:
    first, second = str(tmp_path / "first"), str(tmp_path / "second")

    assert entries(mixed, A) == [Entry(0, "dunes", first), Entry("lake", "kind=lake", second)]
    assert entries(mixed, B) == [Entry(2, "", first)]
    assert [mixed.entry(n) for n in mixed.exact.find(Kind.MD5, "ab" * 16)] == [Entry("film", "", second)]
    assert [mixed.entry(n) for n in mixed.exact.find(Kind.SHA256, C)] == [Entry(2, "", second)]
    assert mixed.exact.find(Kind.SHA256, A) == mixed.exact.find(Kind.SHA1, "ab" * 20) == []


def test_all_fingerprints_of_one_item_are_one_entry(tmp_path: Path) -> None:
    item = f"<image><id>one</id><fingerprints><pdq>{A}</pdq><pdq>{B}</pdq><md5>{'ab' * 16}</md5></fingerprints></image>"

    known, _ = taken(of(tmp_path, f"<queryResult><images>{item}</images></queryResult>"))

    assert known.entries == 1
    assert entries(known, A) == entries(known, B) == [Entry("one", "", None)]
    assert [known.entry(n) for n in known.exact.find(Kind.MD5, "ab" * 16)] == [Entry("one", "", None)]


def test_entries_of_one_page_keep_their_own_labels(tmp_path: Path) -> None:
    page = [{"id": str(n), "type": "pdq", "value": v, "label": f"l{n}"} for n, v in enumerate([A, B, A])]

    known, _ = taken(of(tmp_path, json.dumps({"entries": page, "next": "", "more": False})))

    assert entries(known, A) == [Entry("0", "l0", None), Entry("2", "l2", None)]
    assert entries(known, B) == [Entry("1", "l1", None)]


def test_a_saved_index_says_what_the_lists_said(mixed: Known, tmp_path: Path) -> None:
    mixed.save(tmp_path / "index")

    opened = Known.open(tmp_path / "index")

    for value in (A, B, C):
        assert entries(opened, value) == entries(mixed, value)
    assert opened.exact.find(Kind.MD5, "ab" * 16) == mixed.exact.find(Kind.MD5, "ab" * 16) != []
    assert (opened.sources, opened.entries) == (mixed.sources, 5)
    assert len(opened.exact) == 2


def test_an_index_is_not_opened_with_the_digests_of_another(mixed: Known, tmp_path: Path) -> None:
    mixed.save(tmp_path / "one")
    mixed.save(tmp_path / "two")
    (tmp_path / "two.exact").replace(tmp_path / "one.exact")

    with pytest.raises(saved.BadIndex, match="another index"):
        Known.open(tmp_path / "one")


@given(values=st.lists(HEX, max_size=40), end=st.sampled_from(["", "\n"]), upper=st.booleans())
def test_a_bare_list_read_fast_is_the_list_read_patiently(
    tmp_path_factory: pytest.TempPathFactory, values: list[str], end: str, upper: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "bare"
    text = "\n".join(values) + (end if values else "")
    path.write_text(text.upper() if upper else text)

    codes = bare.codes_of(path)

    assert codes is not None
    assert to_hex(codes) == [each.value for each in read(path) if isinstance(each, Listed)] == values


@pytest.mark.parametrize(
    "content",
    [f"{A}\r\n{B}", f"{A} \n{B}\n", f"{A},\n", A[:63], f" {A[1:]}\n", f"{A[:32]} {A[33:]}\n{B}\n",
     f"{A[:63]}g\n", f"{A[:62]}\u0660\n", f"\n{A[1:]}{B}\n", f"{{{A[1:]}\n"],
)  # fmt: skip
def test_any_other_list_is_left_to_patience(tmp_path: Path, content: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(content.encode())

    assert bare.codes_of(path) is None


def test_a_list_longer_than_a_block_is_read_whole(tmp_path: Path) -> None:
    codes = np.random.default_rng(1).integers(0, 2**64, (20_000, 4), np.uint64)
    path = tmp_path / "list"
    path.write_text("\n".join(to_hex(codes)))

    found = bare.codes_of(path)

    assert found is not None
    assert (found == codes).all()
