"""The quick reader of JSON and the standard library's agree on every text: the same value, or both refuse."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.stats import line
from nightlight.stats.line import BadLine

ODD = [
    *(
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "-0",
        "-0.0",
        "01",
        "1.",
        ".5",
        "1e400",
        "4.9e-324",
        "+1",
        "0x1",
    ),
    *("9223372036854775808", "9" * 4300, "9" * 4301, "-" + "9" * 4301, "1" * 400 + ".5"),
    *(
        r'"\ud800"',
        r'"\udc00\ud800"',
        r'"\ud83d\ude00"',
        r'"\u0000"',
        r'"\u12"',
        r'"\x"',
        r'"\/"',
        '"\ud800"',
    ),
    *('"\x00"', '"\x1f"', '"\x7f"', '"é"', "\ufeff", "\x0b", "\xa0", "//", "True", "[1,]", '{"a":1,}'),
    *('{"a":1,"b":2,"a":3}', '{"id":"1","id":"2"}', "[" * 150 + "]" * 150, "[" * 250 + "]" * 250, "[" * 9000),
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]

plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)).map(json.dumps)
texts = st.recursive(
    st.one_of(plain, st.sampled_from(ODD)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda some: f"[{','.join(some)}]"),
        st.lists(st.tuples(st.sampled_from(['"a"', '"id"', r'"\u0061"']), inner), max_size=3).map(
            lambda some: "{" + ", ".join(f"{name}:{value}" for name, value in some) + "}"
        ),
    ),
    max_leaves=5,
)


@given(texts, st.sampled_from(["", *ODD]), st.integers(0, 99), st.sampled_from(ENCODINGS))
@settings(max_examples=400, deadline=None)
def test_both_readers_agree_on_every_text(whole: str, put_in: str, place: int, encoding: str) -> None:
    text = whole[:place] + put_in + whole[place:]
    raw = text.encode(encoding, "replace" if encoding == "latin-1" else "surrogatepass")

    for given_text in (text, raw, raw[:-1]):
        assert _said(line._json, given_text) == _said(line._json_slowly, given_text)


@pytest.mark.parametrize("odd", ODD)
def test_both_readers_agree_on_what_is_odd(odd: str) -> None:
    within = f'{{"id":{odd}}}'

    for text in (odd, within, odd.encode("utf-8", "surrogatepass"), within.encode("utf-8", "surrogatepass")):
        assert _said(line._json, text) == _said(line._json_slowly, text)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_line_is_read_in_every_encoding_that_json_allows(encoding: str) -> None:
    text = '{"id":"1","received_at":"2020-09-03T10:02:00Z","source":"public"}'

    assert line.read(text.encode(encoding)).id == "1"


def _said(reader: Any, text: str | bytes) -> Any:
    """The value with the type of each of its parts, or the reason."""
    try:
        value = reader(text)
    except BadLine as error:
        return str(error)
    return repr(value), type(value)
