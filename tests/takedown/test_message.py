"""The mail of a notice: what must be in it, and what must never be."""

import csv
import io
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.takedown import laws, message, serials
from nightlight.takedown.message import Page, Sender
from nightlight.takedown.models import Notice

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
SENDER = Sender("Nightlight", "hotline@nightlight.example", "nightlight.example")
LINK = "http://nightlight.example/notice/abc_DEF-1/"
URL = "https://quick.example/a.b?x=1&y=2"


def notice(step: Notice.Step = Notice.Step.NOTICE, role: Notice.Role = Notice.Role.HOST) -> Notice:
    return Notice(serial="NL-2026-000001-A", recipient="abuse@host.example", role=role, step=step)


def built(row: Notice, urls: list[str], country: str = "DE", sender: Sender = SENDER) -> EmailMessage:
    pages = [Page(url, NOW, NOW) for url in urls]
    raw = message.build(row, pages, laws.law_for(country, "material"), sender=sender, link=LINK, at=NOW)
    assert raw.isascii() and b"\n" not in raw.replace(b"\r\n", b"")
    return message_from_bytes(raw, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def rows_of(mail: EmailMessage) -> list[dict[str, str]]:
    (table,) = list(mail.iter_attachments())
    assert table.get_filename() == "addresses.csv"
    return list(csv.DictReader(io.StringIO(str(table.get_content()), newline="")))


def test_a_notice_carries_what_article_16_asks_for() -> None:
    mail = built(notice(), [URL])

    text = text_of(mail)
    assert "Regulation (EU) 2022/2065" in text and "Directive 2011/93/EU" in text
    assert " ".join(message.GOOD_FAITH.split()) in " ".join(text.split())
    assert [row["url"] for row in rows_of(mail)] == [URL]
    assert LINK in text


def test_addresses_are_defanged_in_the_text_and_exact_in_the_table() -> None:
    mail = built(notice(), [URL])

    assert URL not in text_of(mail) and "hxxps://quick[.]example/a.b?x=1&y=2" in text_of(mail)
    assert list(rows_of(mail)[0]) == ["serial", "url", "first_seen", "confirmed_at"]


def test_the_subject_names_the_serial_and_the_date_is_the_hotlines() -> None:
    mail = built(notice(), [URL])

    assert "NL-2026-000001-A" in mail["Subject"]
    assert mail["Date"].datetime == NOW


def test_the_message_id_is_the_same_for_the_same_notice_and_step_and_differs_by_step() -> None:
    row = notice()
    reminder = Notice(pk=row.pk, serial=row.serial, recipient=row.recipient, step=Notice.Step.REMINDER)

    ids = [message.message_id(each, "h.example") for each in (row, row, reminder)]

    assert ids[0] == ids[1] == f"<{row.pk}.notice@h.example>" != ids[2]


@pytest.mark.parametrize(
    ("country", "words"),
    [("US", "18 U.S.C. 2258A"), ("GB", "Protection of Children Act 1978"), ("JP", "Optional Protocol")],
)
def test_the_law_is_that_of_the_country(country: str, words: str) -> None:
    text = " ".join(text_of(built(notice(), [URL], country)).split())

    assert words in text


def test_preservation_is_asked_for_where_the_law_knows_it() -> None:
    american, german = text_of(built(notice(), [URL], "US")), text_of(built(notice(), [URL], "DE"))

    assert "one year" in " ".join(american.split())
    assert "preserve" not in german.lower()


def test_every_law_names_its_source_and_every_country_and_kind_has_one() -> None:
    assert all(law.source and law.text for law in laws.all_laws())
    assert laws.law_for("XX", "other").id == "default"
    assert laws.law_for("DE", "grooming").id == "eu_contact"


def test_a_retraction_takes_back_and_asks_for_nothing() -> None:
    mail = built(notice(Notice.Step.RETRACTION), [URL])

    text = text_of(mail)
    assert mail["X-Notice-Kind"] == "retraction"
    assert "withdraw" in text and "remove" not in text and LINK not in text


@pytest.mark.parametrize("role", list(Notice.Role))
def test_no_mail_describes_material(role: Notice.Role) -> None:
    text = text_of(built(notice(role=role), [URL])).lower()

    assert not {"category", "severity", "years old", "girl", "boy", "pornograph"} & set(text.split())


def test_a_hotlines_name_in_any_script_makes_no_broken_mail() -> None:
    sender = Sender('Ночник "Ł"\r\nBcc: x@evil.example', "hotline@nightlight.example", "nightlight.example")

    with pytest.raises(ValueError, match="linefeed"):
        built(notice(), [URL], sender=sender)
    assert "Ночник" in str(
        built(notice(), [URL], sender=Sender("Ночник", "h@nightlight.example", "h.example"))["From"]
    )


def test_a_long_address_stays_exact_and_breaks_no_line() -> None:
    url = "https://quick.example/" + "a" * 5000

    raw = message.build(
        notice(), [Page(url, NOW, NOW)], laws.law_for("DE", ""), sender=SENDER, link=LINK, at=NOW
    )

    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert rows_of(message_from_bytes(raw, policy=policy.default))[0]["url"] == url


def test_more_addresses_than_the_text_lists_are_all_in_the_table() -> None:
    urls = [f"https://quick.example/{number}" for number in range(message.LISTED + 7)]

    mail = built(notice(), urls)

    assert "and 7 more" in text_of(mail)
    assert [row["url"] for row in rows_of(mail)] == urls


@given(st.text(max_size=40))
def test_no_cell_can_begin_a_formula(text: str) -> None:
    table = message.table(text, [Page("https://a.example/", NOW, None)])

    first = list(csv.reader(io.StringIO(table, newline="")))[1][0]
    assert not first.startswith(message.FORMULA)
    assert first in (text, f"'{text}")


@given(st.integers(2000, 9999), st.integers(0, 999_999), st.integers(0, 9), st.integers(0, 9))
def test_a_serial_with_one_wrong_digit_is_noticed(year: int, number: int, place: int, digit: int) -> None:
    right = serials.written(year, number)
    at = (3, 4, 5, 6, 8, 9, 10, 11, 12, 13)[place]

    wrong = right[:at] + str(digit) + right[at + 1 :]

    assert serials.is_right(right)
    assert serials.is_right(wrong) == (wrong == right)


@pytest.mark.parametrize(
    "text", ["", "NL", "NL-2026-000123", "NL-2026-00012³-E", "XX-2026-000123-E", "NL-2026-123-E"]
)
def test_what_is_no_serial_is_wrong(text: str) -> None:
    assert not serials.is_right(text)
