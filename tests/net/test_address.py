"""One place on the web has one canonical address, however it is spelled, and hostile spellings gain nothing."""

import doctest
import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nightlight.net
from nightlight.net.address import (
    LONGEST,
    NotAnAddress,
    canonical,
    defang,
    digests,
    exact,
    expressions,
    find,
)

SAME_PLACE = {
    "http://quick.example/a/b?z=1&a=2": [
        "http://quick.example/a/b?z=1&a=2",
        "HTTP://QUICK.example:80/a/b?z=1&a=2",
        "http://quick.example./a/b?z=1&a=2",
        "http://quick.example/a/./x/../b?z=1&a=2#top",
        "http://quick.example/%61/%62?z=%31&a=2",
        "http://user:secret@quick.example/a/b?z=1&a=2",
        "http:\\\\quick.example\\a\\b?z=1&a=2",
        "hxxp://quick[.]example/a/b?z=1&a=2",
        "hXXp[:]//quick(.)example/a/b?z=1&a=2",
        "hxxp[://]quick[dot]example/a/b?z=1&a=2",
        "h**p://quick{.}example/a/b?z=1&a=2",
        "quick.example/a/b?z=1&a=2",
        "quick[.]example/a/b?z=1&a=2",
        "//quick.example/a/b?z=1&a=2",
        "http://http://quick.example/a/b?z=1&a=2",
        "  <http://quick.example/a/b?z=1&a=2>.",
        '"http://quick.example/a/b?z=1&a=2",',
        "(http://quick.example/a/b?z=1&a=2)",
        "\ufeff„http://quick.example/a/b?z=1&a=2“;",
        "http://qu\u00adick.example/a/b?z=1&a=2",
        "http://ｑｕｉｃｋ.example/a/b?z=1&a=2",
        "http://qu%69ck.example/a/b?z=1&a=2",
    ],
    "http://127.0.0.1/": [
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1",
        "http://0x7f000001",
        "http://017700000001",
        "http://127.0.0.1.",
        "http://１２７.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "http://%31%32%37.0.0.1/",
        "127.0.0.1",
    ],
    "http://[::ffff:7f00:1]/": ["http://[::ffff:127.0.0.1]/", "http://[0:0:0:0:0:FFFF:127.0.0.1]"],
    "http://169.254.169.254/": ["http://2852039166/", "http://0xa9.0xfe.0xa9.0xfe/", "http://169.254.43518/"],
    "http://xn--bcher-kva.example/%C3%BC": ["http://bücher.example/ü", "http://BÜCHER.example/%c3%bc"],
}


@pytest.mark.parametrize(
    ("url", "spelling"), [(u, s) for u, spellings in SAME_PLACE.items() for s in spellings]
)
def test_spellings_of_one_place_become_one_address(url: str, spelling: str) -> None:
    assert canonical(spelling).url == url


@pytest.mark.parametrize(
    ("spelling", "reason"),
    [
        ("", "empty"),
        (" <>.,; ", "empty"),
        ("hello", "no dot"),
        ("http://localhost/", "no dot"),
        ("http://", "not well formed"),
        ("http:///", "not well formed"),
        ("http://x.test:99999/", "not well formed"),
        ("http://1.2.3.4.5/", "not well formed"),
        ("http://256.1.1.1/", "not well formed"),
        ("http://[::1/", "not well formed"),
        ("http://x%00.test/", "not well formed"),
        ("http://[fe80::1%25eth0]/", "not well formed"),
        ("http://a..test/", "host name"),
        ("http://.test/", "host name"),
        ("http://a*b.test/", "host name"),
        ("http://" + "a" * 64 + ".test/", "host name"),
        ("http://x.test/a b", "space"),
        ("http://x.test/a\nHost: y", "space"),
        ("http://x.test/\x00", "control"),
        ("http://x.test/\ud800", "control"),
        ("javascript:alert(1)", "not javascript:"),
        ("data:text/html,x", "not data:"),
        ("file:///etc/passwd", "not file:"),
        ("mailto:someone@x.test", "not mailto:"),
        ("ftp://x.test/a", "not ftp:"),
        ("x.test://y", "not x.test:"),
        ("someone@x.test", "e-mail"),
        ("24.12.2020", "number"),
        ("http://x.test/" + "a" * LONGEST, "longer"),
        ("http://x.test/" + "ü" * 3000, "longer"),
    ],
)
def test_what_is_no_web_address_is_refused_with_its_reason(spelling: str, reason: str) -> None:
    with pytest.raises(NotAnAddress) as caught:
        canonical(spelling)

    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("url", "host", "domain", "tld"),
    [
        ("http://a.b.quick.example/", "a.b.quick.example", "quick.example", "example"),
        ("http://www.shop.co.uk/", "www.shop.co.uk", "shop.co.uk", "uk"),
        ("http://pages.user.github.io/", "pages.user.github.io", "user.github.io", "io"),
        ("http://github.io/", "github.io", "github.io", "io"),
        ("http://192.0.2.7:8080/", "192.0.2.7", "192.0.2.7", ""),
        ("http://[2001:db8::7]/", "2001:db8::7", "2001:db8::7", ""),
        (f"http://www.{'a' * 56}.onion/", f"www.{'a' * 56}.onion", f"www.{'a' * 56}.onion", "onion"),
    ],
)
def test_an_address_knows_its_host_site_and_top_level_domain(
    url: str, host: str, domain: str, tld: str
) -> None:
    address = canonical(url)

    assert (address.host, address.domain, address.tld) == (host, domain, tld)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://x.test/%7Euser%2dname/%3a%2f", "http://x.test/~user-name/%3A%2F"),
        ("http://x.test/?q=%7e&b=%26", "http://x.test/?q=~&b=%26"),
        ("http://x.test/%2541", "http://x.test/%2541"),
        ("http://x.test/%4%31", "http://x.test/%4%31"),
        ("http://x.test/%%34%31", "http://x.test/%%341"),
        ("http://x.test/%zz%41", "http://x.test/%zzA"),
        ("http://x.test/a%2E", "http://x.test/a%2E"),
        ("http://x.test/a[.]jpg", "http://x.test/a[.]jpg"),
        ("http://x.test/film_(2001)", "http://x.test/film_(2001)"),
        ("see(http://x.test/a", None),
    ],
)
def test_percent_codes_and_brackets_keep_their_meaning(written: str, url: str | None) -> None:
    if url is None:
        with pytest.raises(NotAnAddress):
            canonical(written)
    else:
        assert canonical(written).url == url


_URL_TEXT = st.text(alphabet=string.printable + "%%%%....//()[]üß。１\u200b\u202e", max_size=60)
_PERCENT_TEXT = st.text(alphabet="%0123456789abcdefABCDEF./?~-", max_size=40)


@given(st.one_of(_URL_TEXT, _PERCENT_TEXT).map("http://quick.example/".__add__) | _URL_TEXT | st.text())
def test_canonical_is_idempotent_and_never_fails_otherwise(text: str) -> None:
    try:
        once = canonical(text)
    except NotAnAddress:
        return

    assert canonical(once.url) == once
    assert exact(once.url) == once
    assert once.url.isascii()
    assert not set(once.url) & set(string.whitespace)


@given(_URL_TEXT)
def test_defanging_is_undone_by_reading(text: str) -> None:
    try:
        address = canonical("https://www.quick.example/" + text)
    except NotAnAddress:
        return

    assert canonical(defang(address.url)) == address


@given(st.text(alphabet=string.ascii_letters + string.digits + "/?&=%._~-", max_size=40))
def test_a_canonical_address_is_found_again_in_a_sentence(path: str) -> None:
    address = canonical("http://quick.example/" + path)

    understood, _ = find(f"I saw this ({address.url}), please look.")

    assert [found for _, found in understood] == [address]


def test_defanging_changes_only_scheme_and_host() -> None:
    assert defang("https://quick.example:8080/a.b?c.d") == "hxxps://quick[.]example:8080/a.b?c.d"
    assert defang("http://[2001:db8::1]/a.b") == "hxxp://[2001:db8::1]/a.b"


def test_free_text_gives_its_addresses_in_order_and_as_written() -> None:
    text = (
        "Found on www.one.test, then hxxp://two[.]test/a. Not photo.jpg or 3.5. Also (three.example/b?x=1,2)!"
    )

    understood, not_understood = find(text)

    assert [(written, address.url) for written, address in understood] == [
        ("www.one.test", "http://www.one.test/"),
        ("hxxp://two[.]test/a", "http://two.test/a"),
        ("three.example/b?x=1,2)!", "http://three.example/b?x=1,2)!"),
    ]
    assert not_understood == []


def test_one_address_a_line_names_back_what_makes_no_sense() -> None:
    text = (
        "http://one.test/a\n\nI have no address\r\nhttp://localhost/x\njavascript:alert(1)\nhttp://two.test"
    )

    understood, not_understood = find(text)

    assert [address.url for _, address in understood] == ["http://one.test/a", "http://two.test/"]
    assert not_understood == ["I have no address", "http://localhost/x", "javascript:alert(1)"]


def test_addresses_run_together_are_told_apart() -> None:
    understood, _ = find("http://a.test/1,http://b.test/2;hxxps://c[.]test|www.d.test [e](http://e.test/x)")

    assert [address.domain for _, address in understood] == ["a.test", "b.test", "c.test", "d.test", "e.test"]


def test_an_address_inside_another_stays_inside() -> None:
    understood, _ = find(
        "https://archive.example/web/2020/http://a.test/b and see:http://c.test/?u=http://d.test/"
    )

    assert [address.url for _, address in understood] == [
        "https://archive.example/web/2020/http://a.test/b",
        "http://c.test/?u=http://d.test/",
    ]


def test_an_address_named_twice_is_understood_once() -> None:
    understood, _ = find("http://a.test/x\nHTTP://A.test:80/%78")

    assert [written for written, _ in understood] == ["http://a.test/x"]


@pytest.mark.parametrize(
    ("delimiter", "cell"), [(",", '"http://a.test/x,y"'), (";", "a.test/x,y"), ("\t", "a.test/x,y")]
)
def test_a_table_with_a_head_gives_the_column_of_addresses(delimiter: str, cell: str) -> None:
    rows = [["id", "address", "note"], ["1", cell, "bad"], ["2", "b.test/z", "worse"], ["3", "no idea", "?"]]

    understood, not_understood = find("\n".join(delimiter.join(row) for row in rows))

    assert [address.url for _, address in understood] == ["http://a.test/x,y", "http://b.test/z"]
    assert not_understood == ["no idea"]


def test_a_comma_without_a_head_row_is_the_address_s_own() -> None:
    understood, _ = find("http://a.test/x,1\nhttp://a.test/x,2")

    assert [address.url for _, address in understood] == ["http://a.test/x,1", "http://a.test/x,2"]


@pytest.mark.parametrize("tail", [")", "a", "a.", "a.b/", "[:"])
@pytest.mark.parametrize("head", ["", "url,note\n1,"])
def test_a_word_of_a_million_characters_is_named_back_and_never_cut_into_an_address(
    head: str, tail: str
) -> None:
    understood, not_understood = find(head + "http://a.test/" + tail * 200_000)

    assert understood == []
    assert not_understood[-1].startswith("http://a.test/")


def test_expressions_go_from_the_most_exact_to_the_whole_domain() -> None:
    forms = expressions(canonical("https://a.b.quick.example:8443/1/2.html?q=1"))

    assert forms == [
        "a.b.quick.example/1/2.html?q=1",
        "a.b.quick.example/1/2.html",
        "a.b.quick.example/",
        "a.b.quick.example/1/",
        "b.quick.example/1/2.html?q=1",
        "b.quick.example/1/2.html",
        "b.quick.example/",
        "b.quick.example/1/",
        "quick.example/1/2.html?q=1",
        "quick.example/1/2.html",
        "quick.example/",
        "quick.example/1/",
    ]


def test_expressions_of_a_long_address_stay_within_thirty() -> None:
    forms = expressions(canonical("http://a.b.c.d.e.f.test/1/2/3/4/5.html?q"))

    assert len(forms) == 30
    assert "f.test/1/2/3/" in forms
    assert not any(form.endswith("/4/") or form.startswith("b.") for form in forms)


@pytest.mark.parametrize(("url", "host"), [("http://192.0.2.7/a", "192.0.2.7"), ("http://[::2]/a", "[::2]")])
def test_an_ip_address_has_no_shorter_host(url: str, host: str) -> None:
    assert expressions(canonical(url)) == [f"{host}/a", f"{host}/"]


def test_digests_start_with_the_address_itself() -> None:
    address = canonical("http://quick.example/")

    assert digests(address) == [
        hashlib.sha256(b"http://quick.example/").digest(),
        hashlib.sha256(b"quick.example/").digest(),
    ]


def test_a_link_is_read_against_its_page_and_spaces_in_it_are_encoded() -> None:
    assert exact("../my file.jpg", "http://x.test/a/b").url == "http://x.test/my%20file.jpg"
    with pytest.raises(NotAnAddress):
        exact("mailto:a@x.test", "http://x.test/")


def test_the_example_of_the_room_runs() -> None:
    assert doctest.testmod(nightlight.net).attempted > 0
    assert doctest.testmod(nightlight.net).failed == 0
