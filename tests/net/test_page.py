"""Reading pages: what a visitor sees, the media on it, and whether it reads as removed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.net.fetch import Fetched, Hop
from nightlight.net.markup import MOST_ADDRESSES, gather
from nightlight.net.page import MOST_TEXT, SHORT, fingerprint, read, reads_as_removed

URL = "http://pictures.example/album/1?page=2"


def answer(body: str | bytes, status: int = 200, **headers: str) -> Fetched:
    raw = body.encode() if isinstance(body, str) else body
    named = {"content-type": "text/html; charset=utf-8"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Fetched(URL, status, named, raw, (Hop(URL, "192.0.2.1", status),), "192.0.2.1", False)


def test_title_and_text_are_what_a_visitor_sees() -> None:
    page = read(
        answer(
            "<!doctype html><html><head><title> Shapes &amp;\n colours </title><style>p{}</style>"
            "<script>document.write('<p>no</p>')</script></head><body><!-- not this --><h1>Cir<b>cles</b></h1>"
            "<p>1 &lt; 2 and 2 < 3</p>Ende<noscript>for everyone</noscript></body>"
        )
    )

    assert page.title == "Shapes & colours"
    assert page.text == "Circles 1 < 2 and 2 < 3 Ende for everyone"


def test_media_are_found_wherever_a_page_names_them() -> None:
    page = read(
        answer(
            """<meta property="og:image" content="//cdn.example/og.png"><link rel="image_src" href="/src.png">
            <img src="a b.jpg" srcset="a-2.jpg 2x, /a-3.jpg 3x" alt=x><IMG SRC='a%20b.jpg'><img data-src=lazy.webp>
            <picture><source srcset="p.avif 100w"></picture><video src=v.mp4 poster=v.jpg><source src=v.webm></video>
            <a href="/full/1.JPG?size=big">full</a><a href="next.html">next</a><img src="data:image/png;base64,AA">"""
        )
    )

    assert page.media == (
        "http://cdn.example/og.png",
        "http://pictures.example/src.png",
        "http://pictures.example/album/a%20b.jpg",
        "http://pictures.example/album/a-2.jpg",
        "http://pictures.example/a-3.jpg",
        "http://pictures.example/album/lazy.webp",
        "http://pictures.example/album/p.avif",
        "http://pictures.example/album/v.mp4",
        "http://pictures.example/album/v.jpg",
        "http://pictures.example/album/v.webm",
        "http://pictures.example/full/1.JPG?size=big",
    )


def test_links_are_absolute_canonical_and_only_web_addresses() -> None:
    page = read(
        answer(
            '<base href="http://other.example/dir/"><a href=x#part>1</a><a href="../y">2</a><a href="x">again</a>'
            '<a href="mailto:a@b.example">m</a><a href="javascript:void(0)">j</a><area href="?q">'
        )
    )

    assert page.links == (
        "http://other.example/dir/x",
        "http://other.example/y",
        "http://other.example/dir/?q",
    )


def test_an_image_is_its_own_only_medium() -> None:
    page = read(answer(b"\x89PNG", content_type="image/png"))

    assert (page.media, page.text, page.links) == ((URL,), "", ())


def test_plain_text_is_read_as_it_stands() -> None:
    page = read(answer("This <file> was removed", content_type="text/plain"))

    assert page.text == "This <file> was removed"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Größe".encode("latin-1"), "text/html; charset=iso-8859-1"),
        (b'<meta charset="windows-1252">' + "Größe".encode("cp1252"), "text/html"),
        (b"\xef\xbb\xbf" + "Größe".encode(), "text/html; charset=latin-1"),
        ("Größe".encode(), "text/html; charset=no-such-thing"),
        ("Größe".encode(), "text/html; charset=base64"),
        ("Größe".encode(), "text/html"),
    ],
)
def test_text_is_decoded_as_the_page_says(body: bytes, content_type: str) -> None:
    assert read(answer(body, content_type=content_type)).text == "Größe"


@pytest.mark.parametrize(
    "phrase",
    [
        "This file was removed.",
        "Sorry, this content is no longer available",
        "Diese Datei wurde GELÖSCHT",
        "Ce fichier n’existe plus",
        "El archivo ha sido eliminado",
        "O arquivo foi excluído",
        "Il file è stato rimosso",
        "Dit bestand is verwijderd",
        "Plik został usunięty",
        "Файл был удалён",
        "Dosya bulunamadı",
        "ファイルは削除されました",
        "文件已被删除",
        "تم حذف الملف",
    ],
)
def test_a_short_page_that_says_so_reads_as_removed(phrase: str) -> None:
    page = read(answer(f"<title>Host</title><p>{phrase}</p>"))

    assert page.reads_as_removed
    assert not page.blocks_robots


def test_an_ordinary_page_does_not_read_as_removed() -> None:
    page = read(answer("<title>Album</title><p>Twelve pictures of lighthouses</p>"))

    assert not page.reads_as_removed


def test_a_long_page_that_mentions_a_removal_does_not_read_as_removed() -> None:
    page = read(answer("<p>lighthouses and more </p>" * SHORT + "<p>one post has been removed</p>"))

    assert not page.reads_as_removed


@pytest.mark.parametrize("status", [404, 410, 451])
def test_some_statuses_say_it_themselves(status: int) -> None:
    assert reads_as_removed("", status)


@pytest.mark.parametrize("status", [301, 401, 403, 429, 500, 502, 503])
def test_a_broken_or_closed_server_never_reads_as_removed(status: int) -> None:
    assert not reads_as_removed("file was removed", status)


@pytest.mark.parametrize(
    "fetched",
    [
        answer("<title>Just a moment...</title>Enable JavaScript and cookies to continue", 403),
        answer("<p>Please verify you are human</p>"),
        answer("", 429),
        answer("anything", 403, cf_mitigated="challenge"),
    ],
)
def test_a_wall_before_the_page_is_recognised(fetched: Fetched) -> None:
    page = read(fetched)

    assert page.blocks_robots
    assert not page.reads_as_removed


def test_the_same_page_has_the_same_digest_whatever_its_counters_say() -> None:
    one = read(answer("<title>Album</title><p>Seen 17 times</p><p>Now 12:01</p>"))
    two = read(answer("<title>Album</title>\n<div>seen  1893 times Now 9:59</div>"))

    assert one.digest == two.digest == fingerprint("album seen 5 times now 5:5")


def test_another_page_has_another_digest() -> None:
    assert read(answer("<p>lighthouses</p>")).digest != read(answer("<p>harbours</p>")).digest


def test_text_and_addresses_are_bounded() -> None:
    page = read(answer("word " * MOST_TEXT + "".join(f"<img src={n}>" for n in range(2 * MOST_ADDRESSES))))

    assert len(page.text) == MOST_TEXT
    assert len(page.media) == MOST_ADDRESSES


@given(st.text(alphabet="<>/!-?&#;x= '\"abimgsrctle\n", max_size=80) | st.text(max_size=40))
def test_no_markup_is_too_broken_to_read(source: str) -> None:
    gather(source, URL)


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<a ",
        "<a<",
        "</",
        "<?",
        "<a x='y' ",
        '<a x="',
        "</a ",
        "<title>",
        "<script>",
        "&#9",
        "<img src=x>",
    ],
)
def test_hostile_markup_takes_no_longer_than_its_length_deserves(piece: str) -> None:
    """A parser that goes back to the start of each unclosed tag needs minutes for this."""
    begun = time.thread_time()

    gather(piece * (400_000 // len(piece)), URL)

    assert time.thread_time() - begun < 10
