"""Hostile things to send to the door, all generated: none of them names a real place."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

MEGABYTE = 1_000_000

_HOSTS = ("a.example", "xn--80ak6aa92e.test", "192.0.2.1", "[2001:db8::1]", "A.EXAMPLE.", "b_c.example")
_SCHEMES = (
    "http",
    "https",
    "HTTP",
    "hxxp",
    "ftp",
    "javascript",
    "data",
    "file",
    "mailto",
    "gopher",
    "vbscript",
    "",
)
_BROKEN_HOSTS = (
    "http://", "http:///x", "http://[::1", "http://]", "http://[v1.x]/", "http://a..example/", "http://.example/",
    "http://-/", "http://a.example:99999/", "http://a.example:-1/", "http://a.example:x/", "http://%/", "http://%00/",
    "http://a%00.example/", "http://a%2fb.example/", "http://256.256.256.256/", "http://0x7f.1/", "http://2130706433/",
    "http://127.1/", "http://localhost/", "http://127.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/",
    "http://" + "a" * 64 + ".example/", "http://" + "a." * 200 + "example/", "http://xn--/", "http://xn--a/",
    "http://\u0430\u0440\u0440\u04cf\u0435.example/", "http://a\u3002example/", "http://\u2100.example/",
    "http://\u202ea.example/", "http://a\u200b.example/", "http://a\u00ad.example/", "http://\uff41.example/",
    "http://faß.example/", "http://a.example\\@b.example/", "http:a.example", "http:/\\a.example", "//a.example",
    "\\\\a.example\\x", "a.example", "a", ".", "/", "?", "#", "%", "@", ":", "\\", "''", '""', "()", "[]", "{}",
)  # fmt: skip
_PATHS = (
    "/%", "/%z", "/%zz", "/%1", "/%%%", "/%00", "/%0a%0d", "/%c0%ae%c0%ae/", "/%ff%fe", "/../../etc/passwd",
    "/..%2f..%2f", "/\\..\\", "/a//b///c", "/;a=b", "/?a&b=&=c&", "/??", "/?%", "/#%", "/" + "x" * 9000,
    "/?" + "a=b&" * 3000, "/\t", "/\n", "/\r\nHost: b.example", "/<script>alert(1)</script>", "/'or'1'='1",
    "/\u202e", "/\U0001f600", "/é", "/e\u0301", "/\ud7ff", "/\ufffd", "/\uffff", "/%u0041", "/&amp;", "/{{7*7}}",
)  # fmt: skip
_CREDENTIALS = (
    "http://user@a.example/", "http://user:word@a.example/", "http://@a.example/", "http://:@a.example/",
    "http://a.example@b.example/", "http://%75ser:%00@a.example/", "https://user:word@[2001:db8::1]:8/x",
    "http://a.example:80@b.example:80/", "http://user:wo rd@a.example/",
)  # fmt: skip


def addresses() -> Iterator[str]:
    """Addresses, and what only looks like one."""
    yield from _BROKEN_HOSTS
    yield from _CREDENTIALS
    for host in _HOSTS:
        yield from (f"http://{host}{path}" for path in _PATHS)
        yield from (f"{scheme}://{host}/x" for scheme in _SCHEMES)
        yield from (f"{scheme}:{host}" for scheme in _SCHEMES)
    for code in (*range(0x21), *range(0x7F, 0xA1), 0x2028, 0x2029, 0xFEFF, 0x180E, 0xFFF9):
        yield f"http://a.example/{chr(code)}x"
        yield chr(code)
    yield from ("x" * MEGABYTE, "http://a.example/" + "x" * MEGABYTE, "." * MEGABYTE, "%" * MEGABYTE)
    yield from (
        "http://" * 100_000,
        "a.example " * 500,
        "\n" * MEGABYTE,
        "[" * MEGABYTE,
        "http://[" + ":" * MEGABYTE,
    )
    yield from (unicodedata.normalize("NFKD", "ﬃ" * 2000), quote("\x00" * 1000), "<" * 200_000)


def bodies() -> Iterator[tuple[bytes, set[int]]]:
    """Raw bodies for the API, each with the statuses that are a clear answer."""
    broken = [
        b"",
        b"{",
        b"}",
        b"nul",
        b"{'kind':1}",
        b"\xff\xfe",
        b"\x00",
        b'{"kind":"material"',
        b"[" * 100_000,
    ]
    broken += [b'{"a":' * 50_000, b"\xef\xbb\xbf", b'{"kind":"material"}{}', b'{"kind":"\xed\xa0\x80"}']
    yield from ((body, {400, 422}) for body in broken)
    for value in (b"null", b"true", b"1", b"1e999", b"NaN", b"-Infinity", b'""', b"[]", b"{}", b'["kind"]'):
        yield value, {400, 422}
    for wrong in (
        None,
        1,
        1.5,
        True,
        [],
        {},
        "",
        "MATERIAL",
        "unknown",
        "material\x00",
        "x" * 10_000,
        ["material"],
    ):
        yield _report(kind=wrong), {422}
    for wrong in (None, 1, True, "http://a.example/", {}, [1], [None], [[]], [{}], ["x"] * 1001):
        yield _report(urls=wrong), {422}
    for wrong in (None, 1, "x", {}, [1], ["x"], [{}], [{"type": "md5"}], [{"type": 1, "value": "x"}]):
        yield _report(hashes=wrong), {422}
    for wrong in (None, 1, True, [], {}, ["x"], "x" * (MEGABYTE // 2)):
        yield _report(text=wrong), {422}
    for wrong in (None, 1, [], {}, "telegraph", "web_page\x00", "x" * 5000):
        yield _report(channel=wrong), {422}
    for wrong in (None, 0, 1, "true", "yes", [], {}, 1.0):
        yield _report(happening_now=wrong), {422}
    for wrong in (None, 1, "x", [], {"a": []}, {"a": {}}, {str(n): n for n in range(30)}):
        yield _report(contact=wrong), {422}
    yield b'{"kind":"material","contact":{"a":' + b'{"b":' * 400 + b"1" + b"}" * 402, {400, 422}
    yield b'{"kind":"material","text":"\\ud800"}', {422}
    yield b'{"kind":"material","urls":["\\udfff"],"hashes":[{"type":"\\ud800","value":"\\ud800"}]}', {201}
    yield b'{"kind":"material","text":"' + b"x" * 3 * MEGABYTE + b'"}', {400, 413}
    yield _report(text="\x00 null \x00", contact={"\x00": "\x00"}, urls=["\x00"]), {201}
    yield _report(hashes=[{"type": "md5\x00", "value": "\x00"}]), {201}
    yield _report(hashes=[{"type": "sha256", "value": "z" * 64}, {"type": "x" * 9000, "value": ""}]), {201}
    yield _report(unknown={"deep": [[[[]]]]}, __class__="x", id="1", source="police", receipt="0"), {201}
    yield _report(text="'; DROP TABLE casebook_report; --", urls=["{{ settings.SECRET_KEY }}"]), {201}
    yield b'{"kind":"material","kind":"other"}', {201}


def _report(**fields: Any) -> bytes:
    return json.dumps({"kind": "material", **fields}).encode()
