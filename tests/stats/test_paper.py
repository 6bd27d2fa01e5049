"""Tables on paper: tagged, with title and language, and nothing that somebody named is read as markup."""

import re
import zlib
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from nightlight.stats import editions, paper
from nightlight.stats.books import Books
from nightlight.stats.rounding import Rounding
from nightlight.stats.tables import TABLES
from tests.stats.conftest import History


def opened(content: bytes) -> str:
    """A PDF with its compressed parts unpacked."""
    parts = [content]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        try:
            # which doesn't miss the end of a checksum that looks like the end of a line
            parts.append(zlib.decompressobj().decompress(found.group(1)))
        except zlib.error:
            continue
    return b"\n".join(parts).decode("latin-1")


def test_a_table_on_paper_is_tagged_and_has_a_title_a_language_and_header_cells(
    client: Client, history: History
) -> None:
    history.confirmed("2020-02-01", 4)

    answer = client.get("/transparency/severity/table.pdf")

    said = opened(answer.content)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert all(word in said for word in ("/StructTreeRoot", "/Lang", "pdfuaid", "/TH", "/Alt", "/H1"))
    assert "Severity by the UK scheme" in said


def test_arabic_on_paper_says_that_it_is_arabic(home: None) -> None:
    rows = TABLES["severity"].count(Books(None, None, date(2020, 1, 1)))

    with translation.override("ar"):
        content = paper.pdf("Test", [], [paper.Printed("severity", TABLES["severity"], rows)])

    assert re.search(r"/Lang ?\(ar", opened(content))


@pytest.mark.parametrize("name", ['#panic("x")', "*a* _b_ $c$ @d <e>", "]#[", "\\u{41} // /* `"])
def test_what_somebody_named_is_shown_and_never_run(client: Client, history: History, name: str) -> None:
    edition = editions.publish(name, None, None, date(2020, 1, 1), Rounding.WHOLE)
    editions.note(name, name)

    answer = client.get(f"/transparency/editions/{edition.pk}/edition.pdf")

    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_all_tables_fit_into_one_document(client: Client, history: History) -> None:
    history.reports("2020-02-01", 4)
    history.confirmed("2020-02-01", 4)

    answer = client.get("/transparency/numbers.pdf")

    assert all(opened(answer.content).count(f"/{tag}") for tag in ("Table", "TH", "H1", "Figure"))


def test_a_language_this_machine_has_no_font_for_is_said_so(
    client: Client, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = editions.publish("漢", None, None, date(2020, 1, 1), Rounding.WHOLE)
    monkeypatch.setattr(paper.typst, "compile", _without_font)

    answer = client.get(f"/transparency/editions/{edition.pk}/edition.pdf")

    assert (answer.status_code, answer["Content-Type"]) == (503, "text/plain; charset=utf-8")


def _without_font(*given: object, **more: object) -> bytes:
    raise paper.typst.TypstError("the text could not be displayed with font")
