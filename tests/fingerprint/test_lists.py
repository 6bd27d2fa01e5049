"""Lists in every form: what is written is read again, and what strangers wrote costs nobody anything but that line."""

import io
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.fingerprint.listed import DIGITS
from nightlight.fingerprint.lists import (
    BadLine,
    BadValue,
    Form,
    Kind,
    LeftOut,
    Listed,
    read,
    read_all,
    recognise,
    write,
)
from nightlight.fingerprint.lists_text import LONGEST_LINE

A, B, C = ("0123456789abcdef" * 4, "fedcba9876543210" * 4, "00ff" * 16)

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30).map(str.strip)
NAMES = st.text(st.characters(categories=("L", "N"), include_characters="-_:."), min_size=1, max_size=30)


def hex_of(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=digits, max_size=digits)


PDQ = st.tuples(st.just(Kind.PDQ), hex_of(64))
ANY = st.sampled_from(Kind).flatmap(lambda kind: st.tuples(st.just(kind), hex_of(DIGITS[kind])))


def of(tmp_path: Path, content: bytes | str, name: str = "list") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def around(entries: list[Listed], form: Form, path: Path) -> list[object]:
    stream = io.StringIO()
    assert write(entries, form, stream) == len(entries)
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return list(read(path))


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists") / "list"


@given(hashes=st.lists(PDQ, max_size=20))
def test_a_text_list_is_read_as_it_was_written(place: Path, hashes: list[tuple[Kind, str]]) -> None:
    entries = [Listed(n, None, *each, "") for n, each in enumerate(hashes)]

    assert around(entries, Form.TEXT, place) == entries


@given(hashes=st.lists(st.tuples(PDQ, WORDS), max_size=20))
def test_a_csv_list_is_read_as_it_was_written(
    place: Path, hashes: list[tuple[tuple[Kind, str], str]]
) -> None:
    entries = [Listed(n, None, *each, label) for n, (each, label) in enumerate(hashes)]

    assert around(entries, Form.CSV, place) == entries


@given(hashes=st.lists(st.tuples(ANY, WORDS, st.one_of(st.none(), NAMES)), max_size=20))
def test_a_json_list_is_read_as_it_was_written(
    place: Path, hashes: list[tuple[tuple[Kind, str], str, str | None]]
) -> None:
    names = {name for *_, name in hashes if name}
    entries = [
        Listed(n, name and f"{name}#{n}", *each, label) for n, (each, label, name) in enumerate(hashes)
    ]

    assert around(entries, Form.JSON, place) == entries
    assert len(names) <= len(entries)


@given(items=st.lists(st.tuples(st.lists(ANY, min_size=1, max_size=5), WORDS, NAMES, NAMES), max_size=8))
def test_an_ncmec_list_is_read_as_it_was_written(
    place: Path, items: list[tuple[list[tuple[Kind, str]], str, str, str]]
) -> None:
    entries = [
        Listed(n, f"{name}#{n}", *each, label, member)
        for n, (prints, label, name, member) in enumerate(items)
        for each in prints
    ]

    assert around(entries, Form.NCMEC, place) == entries


@given(hashes=st.lists(st.tuples(ANY, WORDS), max_size=20))
def test_a_dataset_is_read_as_it_was_written(place: Path, hashes: list[tuple[tuple[Kind, str], str]]) -> None:
    entries = [
        Listed(n + 1, None, *each, label) for n, (each, label) in enumerate(hashes)
    ]  # 0 is the heading

    assert around(entries, Form.THREATEXCHANGE, place) == entries


@pytest.mark.parametrize("form", [Form.TEXT, Form.CSV])
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PDQ])
def test_a_form_that_can_t_hold_a_kind_says_so_instead_of_losing_it(form: Form, kind: Kind) -> None:
    with pytest.raises(BadValue, match="holds PDQ only"):
        write([Listed(0, None, kind, "a" * DIGITS[kind], "")], form, io.StringIO())


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.TEXT])
@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\u2028", "\x00", "\x85", "\ud800"])
def test_a_label_can_t_forge_an_entry(form: Form, breaks: str, tmp_path: Path) -> None:
    forged = Listed(0, "one", Kind.PDQ, A, f"dunes{breaks}{B}")

    found = around([forged], form, tmp_path / "list")

    assert [(each.value, each.label) for each in found if isinstance(each, Listed)] == [(A, f"dunes {B}")]
    assert len(found) == 1


@settings(max_examples=300)
@given(
    junk=st.binary(max_size=400), first=st.sampled_from([b"", b"<", b"{", b"collab,signal_type,signal_str\n"])
)
def test_junk_is_answered_and_never_raises(place: Path, junk: bytes, first: bytes) -> None:
    place.write_bytes(first + junk)

    for answer in read(place):
        assert isinstance(answer, Listed | BadLine)


@given(
    junk=st.lists(st.binary(max_size=80).map(lambda line: line.replace(b"\n", b"")), max_size=5),
    after=st.booleans(),
)
def test_an_entry_is_found_whatever_the_lines_around_it_are(
    place: Path, junk: list[bytes], after: bool
) -> None:
    before = [b"# " + line for line in junk]
    place.write_bytes(b"\n".join([*before, A.encode(), *(junk if after else [])]))

    found = [answer for answer in read(place) if isinstance(answer, Listed)]

    assert found[0] == Listed(len(junk), None, Kind.PDQ, A, "")


def test_case_line_ends_blank_lines_comments_headings_and_a_byte_order_mark_make_no_difference(
    tmp_path: Path,
) -> None:
    content = f'\ufeffpdq,label\r\n{A.upper()},dunes\r\n\r\n# a remark\r\n  {B} , a lake, at night \r\n"{C}"'

    found = list(read(of(tmp_path, content)))

    assert found == [
        Listed(1, None, Kind.PDQ, A, "dunes"),
        Listed(4, None, Kind.PDQ, B, "a lake, at night"),
        Listed(5, None, Kind.PDQ, C, ""),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a" * 32, "32 hex digits where a PDQ hash has 64"),
        ("a" * 63, "63 hex digits"),
        ("a" * 65, "65 hex digits"),
        ("a" * 63 + "g", "hex digits only; character 64 is 'g'"),
        (",dunes", "no hash"),
        ("\x1b[2J" + A, r"character 1 is '\x1b'"),
        (A[:63] + "\N{FULLWIDTH DIGIT ONE}", r"character 64 is '\uff11'"),
        (A[:20] + "\0" + A[21:], r"character 21 is '\x00'"),
        (f'{A},"dunes', "unexpected end"),
    ],
)
def test_a_line_that_is_no_entry_says_why_and_the_next_is_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    bad, good = read(of(tmp_path, f"{line}\n{B}\n"))

    assert isinstance(bad, BadLine)
    assert (bad.line, reason in bad.reason) == (0, True), bad.reason
    assert good == Listed(1, None, Kind.PDQ, B, "")


def test_a_line_of_many_megabytes_is_one_bad_line_and_is_not_held_in_memory(tmp_path: Path) -> None:
    content = b"a" * (3 * LONGEST_LINE) + b"\n" + A.encode() + b"\n" + b"b" * (LONGEST_LINE + 1)

    found = list(read(of(tmp_path, content)))

    assert [each.line for each in found] == [0, 1, 2]
    assert found[1] == Listed(1, None, Kind.PDQ, A, "")


def test_a_label_in_another_encoding_does_not_cost_the_hash(tmp_path: Path) -> None:
    (found,) = read(of(tmp_path, A.encode() + b",d\xfcnen\n"))

    assert found == Listed(0, None, Kind.PDQ, A, "d\ufffdnen")


@pytest.mark.parametrize(
    "content",
    [b"\x1f\x8b\x08junk", b"PK\x03\x04junk", A.encode("utf-16"), b"\xfe\xff" + A.encode("utf-16-be")],
)
def test_what_must_be_unpacked_or_saved_otherwise_first_is_one_answer(tmp_path: Path, content: bytes) -> None:
    (found,) = read(of(tmp_path, content))

    assert isinstance(found, BadLine)
    assert recognise(content) == found.reason


def test_an_empty_list_is_a_list(tmp_path: Path) -> None:
    assert list(read(of(tmp_path, b""))) == []


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    line = json.dumps({"id": "1", "type": "pdq", "value": A})
    writer = threading.Thread(target=lambda: pipe.write_text(line))
    writer.start()

    found = list(read(pipe))

    writer.join()
    assert found == [Listed(0, "1", Kind.PDQ, A, "")]


class TestJsonLines:
    """As the members' feed gives them."""

    def entry(self, name: str, value: str | None = A, op: str = "put", **more: object) -> dict[str, object]:
        return {
            "id": name,
            "op": op,
            "changed": "2026-01-05T09:00:00Z",
            "type": "pdq",
            "value": value,
            **more,
        }

    def found(self, tmp_path: Path, *lines: object) -> list[tuple[str | None, str]]:
        path = of(tmp_path, "\n".join(json.dumps(line) for line in lines))
        return [(each.id, each.value) for each in read(path) if isinstance(each, Listed)]

    def test_a_delete_withdraws_what_came_before_and_not_what_comes_after(self, tmp_path: Path) -> None:
        lines = [self.entry("1"), self.entry("2", B), self.entry("1", None, "delete"), self.entry("3", C)]

        once = self.found(tmp_path, *lines)
        again = self.found(tmp_path, *lines, self.entry("1", C))

        assert once == [("2", B), ("3", C)]
        assert again == [("2", B), ("3", C), ("1", C)]

    def test_a_put_that_was_taken_back_since_lists_nothing(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, self.entry("1", None, labels={})) == []

    def test_an_entry_put_again_has_its_last_labels_only(self, tmp_path: Path) -> None:
        first, last = self.entry("1", labels={"severity": "A"}), self.entry("1", labels={"severity": "B"})

        (found,) = read(of(tmp_path, f"{json.dumps(first)}\n{json.dumps(last)}"))

        assert isinstance(found, Listed)
        assert (found.line, found.label) == (1, "severity=B")

    def test_a_saved_page_is_read_with_the_withdrawals_in_it(self, tmp_path: Path) -> None:
        page = [self.entry("1"), self.entry("2", B), self.entry("1", None, "delete")]

        assert self.found(tmp_path, {"entries": page, "next": "hashes.3", "more": False}) == [("2", B)]

    def test_a_withdrawal_on_a_later_page_holds_for_an_earlier_one(self, tmp_path: Path) -> None:
        pages = [
            of(tmp_path, json.dumps({"entries": [self.entry("1"), self.entry("2", B)]}), "first"),
            of(tmp_path, json.dumps({"entries": [self.entry("1", None, "delete")]}), "second"),
        ]

        found = list(read_all(pages))

        assert found == [(0, Listed(0, "2", Kind.PDQ, B, ""))]

    def test_labels_are_told_in_one_line(self, tmp_path: Path) -> None:
        line = self.entry("1", labels={"severity": "A", "self_generated": True})

        (found,) = read(of(tmp_path, json.dumps(line)))

        assert isinstance(found, Listed)
        assert found.label == "severity=A, self_generated"

    @pytest.mark.parametrize(
        "line",
        ['{"id": 1', "[]", "7", '{"type": "pdq", "value": 7}', '{"op": "burn"}', '{"op": "delete"}',
         '{"id": {}, "value": ""}', "{" * 20_000, '{"a":' + "9" * 5000 + "}", '{"type": "pdq", "value": "ab"}'],
    )  # fmt: skip
    def test_a_line_that_is_no_entry_is_answered(self, tmp_path: Path, line: str) -> None:
        first, bad, last = read(of(tmp_path, f'{{"value": "{A}"}}\n{line}\n{{"value": "{B}"}}'))

        assert isinstance(bad, BadLine)
        assert (first, bad.line) == (Listed(0, None, Kind.PDQ, A, ""), 1)
        assert last == Listed(2, None, Kind.PDQ, B, "")

    @pytest.mark.parametrize("said", [{"type": "pdna", "value": "00"}, {"digest": "ab" * 32, "prefixes": []}])
    def test_what_can_t_match_is_left_out_and_named(self, tmp_path: Path, said: dict[str, object]) -> None:
        (found,) = read(of(tmp_path, json.dumps({"id": "1", "op": "put", **said})))

        assert isinstance(found, LeftOut)


class TestDataset:
    """As python-threatexchange prints it."""

    HEADING = "collab,signal_type,signal_str,category,tags\n"

    def test_columns_are_known_by_their_names(self, tmp_path: Path) -> None:
        (found,) = read(of(tmp_path, f"tags,signal_str,signal_type,collab\nt1 t2,{A},pdq,Sample\n"))

        assert found == Listed(1, None, Kind.PDQ, A, "Sample, t1 t2")

    @pytest.mark.parametrize(
        ("row", "reason"),
        [(f"S,pdq,{A},NEGATIVE_CLASS,", "no match"), ("S,raw_text,some words,POSITIVE_CLASS,", "raw_text")],
    )
    def test_what_is_no_match_and_what_can_t_match_is_left_out(
        self, tmp_path: Path, row: str, reason: str
    ) -> None:
        (found,) = read(of(tmp_path, self.HEADING + row))

        assert isinstance(found, LeftOut)
        assert reason in found.reason

    @pytest.mark.parametrize("row", ["S", "S,pdq,abc,,", 'S,pdq,"', "S,,abc,,"])
    def test_a_broken_row_is_answered(self, tmp_path: Path, row: str) -> None:
        bad, good = read(of(tmp_path, f"{self.HEADING}{row}\nS,video_md5,{'ab' * 16},POSITIVE_CLASS,x"))

        assert isinstance(bad, BadLine)
        assert good == Listed(2, None, Kind.MD5, "ab" * 16, "S, x")
