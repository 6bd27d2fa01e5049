"""Several addresses pasted at once: as text, as a table, as a forwarded mail or as a mail's source."""

import json
from base64 import b64encode
from email.message import EmailMessage

import pytest
from django.test import Client

from nightlight.casebook.models import Report
from nightlight.casebook.spellings import understand
from nightlight.intake.pasted import unpacked

FORWARDED = """I got this, please look.

---------- Forwarded message ---------
From: Someone <someone@mail.example>
Subject: Fwd: the blue square

> Look here: hxxps://quick[.]example/a?x=1
> and www.pics.test/b, or <http://a.example/c>.
"""
TABLE = "seen,address,note\n1 Jan,http://a.example/1,square\n2 Jan,https://b.example/2,circle\n"


def mail() -> EmailMessage:
    """A mail whose words are in a page, with a picture (drawn: eight bytes) attached."""
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "a link", "one@mail.example", "two@mail.example"
    made.set_content("See http://a.example/plain")
    long = "http://b.example/" + "x" * 90
    made.add_alternative(
        f'<style>p{{}}</style><p>See <a href="{long}?a=1&amp;b=2">this</a></p>', subtype="html"
    )
    made.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="square.png")
    return made


def addresses(text: str) -> list[str]:
    return [address.url for _, address in understand([unpacked(text)])[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FORWARDED, ["https://quick.example/a?x=1", "http://www.pics.test/b", "http://a.example/c"]),
        (TABLE, ["http://a.example/1", "https://b.example/2"]),
        ("http://a.example/1; http://a.example/2", ["http://a.example/1", "http://a.example/2"]),
    ],
    ids=["forwarded", "table", "one line"],
)
def test_what_was_pasted_is_split_and_cleaned(text: str, expected: list[str]) -> None:
    assert addresses(text) == expected


def test_the_source_of_a_mail_gives_its_addresses_and_nothing_of_its_attachments() -> None:
    source = mail().as_string()

    words = unpacked(source)

    assert "http://b.example/" + "x" * 90 not in source  # broken by quoted-printable
    assert addresses(source) == ["http://a.example/plain", f"http://b.example/{'x' * 90}?a=1&b=2"]
    assert b64encode(b"\x89PNG\r\n\x1a\n").decode() in source and "iVBOR" not in words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Note: http://a.example/",
        "Content-Type: x\n\n",
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=no\n\nx",
    ],
)
def test_what_is_no_mail_or_a_broken_one_stays_as_it_is(text: str) -> None:
    assert unpacked(text) == text


def test_the_form_takes_a_pasted_mail_and_shows_what_it_read(home: None, client: Client) -> None:
    answer = client.post("/report/", {"urls": mail().as_string()}).content.decode()

    assert "We read 2 addresses" in answer and "http://a.example/plain" in answer
    assert "png" not in json.loads(Report.objects.get().addresses)[0].lower()
