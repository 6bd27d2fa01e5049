"""The mailboxes from outside, by the standard library's SMTP client."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.demo.internet import SmallInternet
from nightlight.demo.mail import PostOffice
from nightlight.demo.notice import read_notice
from tests.demo.outside import MONDAY, Clock, Visitor

ELBE = "abuse@elbe-hosting.example"


def test_a_mail_lies_in_its_mailbox_as_it_was_sent(internet: SmallInternet, visitor: Visitor) -> None:
    visitor.writes(ELBE, "http://pixelbarn.test/a/k3v9", link="http://localhost:8000/notice/t0k-en_1/")

    [message] = internet.mail.mailbox("Abuse@Elbe-Hosting.example")
    assert (message.received_at, message.sender) == (MONDAY, "hotline@nightlight-hotline.example")
    assert message.parsed["Subject"] == "Notice NL-1"
    assert message.notice.urls == ("http://pixelbarn.test/a/k3v9",)
    assert message.notice.links == ("http://localhost:8000/notice/t0k-en_1/",)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nobody@elbe-hosting.example", b"5.1.1"),
        ("abuse@pixelbarn.test", b"5.7.1"),
        ("someone@iana.org", b"5.7.1"),
        ("abuse@[127.0.0.1]", b"5.7.1"),
    ],
)
def test_an_unknown_mailbox_bounces_at_once_and_nothing_is_relayed(
    internet: SmallInternet, visitor: Visitor, address: str, reason: bytes
) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        visitor.writes(address)

    [(code, text)] = refused.value.recipients.values()
    assert (code, text[:5]) == (550, reason)
    assert internet.mail.deliveries() == []


def test_the_hotlines_own_people_get_mail_under_any_name(internet: SmallInternet, visitor: Visitor) -> None:
    visitor.writes("analyst@nightlight-hotline.example")

    assert len(internet.mail.mailbox("analyst@nightlight-hotline.example")) == 1


def test_a_mail_to_two_lies_in_both_mailboxes(internet: SmallInternet, visitor: Visitor) -> None:
    with visitor.post() as server:
        server.sendmail("a@nightlight-hotline.example", [ELBE, "abuse@polder-dc.example"], "Subject: x\n\nx")

    assert [message.mailbox for message in internet.mail.mailbox()] == [ELBE, "abuse@polder-dc.example"]


def test_a_mailbox_shows_a_repeated_mail_once_and_the_deliveries_show_it_twice(
    internet: SmallInternet, visitor: Visitor
) -> None:
    for _ in range(2):
        visitor.writes(ELBE, message_id="<n1@hotline.example>")
    visitor.writes(ELBE, message_id="<n2@hotline.example>")

    assert len(internet.mail.mailbox(ELBE)) == 2
    assert len(internet.mail.deliveries(ELBE)) == 3


def test_a_mail_is_on_disk_before_the_sender_hears_so(
    internet: SmallInternet, visitor: Visitor, tmp_path: Path
) -> None:
    visitor.writes(ELBE, "http://pixelbarn.test/a/k3v9")

    [file] = (tmp_path / "post" / "maildir" / "new").iterdir()
    assert b"addresses.csv" in file.read_bytes()


def test_a_full_disk_is_told_as_a_passing_trouble(
    internet: SmallInternet, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(internet.mail, "deliver", refuse)

    with pytest.raises(smtplib.SMTPDataError) as refused:
        visitor.writes(ELBE)
    assert refused.value.smtp_code == 451


def test_mail_read_again_from_the_folder_is_the_same(tmp_path: Path, clock: Clock) -> None:
    raw = b"Subject: one\r\nMessage-ID: <1@x.example>\r\n\r\nline\r\n\r\n.dot\r\n\xff\xfe"
    first = PostOffice(tmp_path, clock)
    first.deliver("", [ELBE], raw)
    clock.goes_on(hours=1)
    first.deliver("hötline@x.example", [ELBE, "a@b.example"], b"\n\nno headers")

    again = PostOffice(tmp_path, clock)

    assert again.deliveries() == first.deliveries()
    assert again.deliveries()[0].raw == raw


@given(st.binary(max_size=2000))
def test_any_bytes_can_be_read_as_a_notice(raw: bytes) -> None:
    notice = read_notice(raw)

    assert isinstance(notice.urls, tuple)


def test_a_notice_is_read_in_any_spelling_of_its_table() -> None:
    message = EmailMessage()
    message.set_content("see https://127.0.0.1:8443/de/notice/a.b-c_d/ please")
    message.add_attachment(
        "\ufeffserial,URL\r\n1,http://a.test/x\r\n2,http://a.test/é\r\n1,\r\n", filename="l.CSV"
    )

    notice = read_notice(message.as_bytes())

    assert notice.urls == ("http://a.test/x", "http://a.test/é")
    assert notice.links == ("https://127.0.0.1:8443/de/notice/a.b-c_d/",)
    assert not notice.withdrawn


def test_a_retraction_is_known_by_its_header_or_its_subject() -> None:
    assert read_notice(b"X-Notice-Kind: retraction\n\nx").withdrawn
    assert read_notice(b"Subject: NL-7: notice withdrawn\n\nx").withdrawn
    assert not read_notice(b"Subject: Demande de retrait\n\nx").withdrawn
    assert not read_notice(b"X-Notice-Kind: reminder\nSubject: Withdrawn goods\n\nx").withdrawn
