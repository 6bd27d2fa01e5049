"""A mail becomes a report: its words and addresses, no file, and 250 only once it is kept."""

import asyncio
import json
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from queue import Queue

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.casebook.models import Report
from nightlight.intake import mail, mail_door
from tests.saboteur import turns_red

FILE = bytes(range(256)) * 20


def letter(text: str = "Please look at http://a.example/x today.") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Somebody <somebody@mail.test>"
    made["To"] = "report@hotline.test"
    made["Subject"] = "I saw something"
    made["X-Originating-IP"] = "192.0.2.77"
    made.set_content(text)
    return made


def with_files() -> EmailMessage:
    made = letter()
    made.add_attachment("http://b.example/one\nhttp://c.example/two\n", subtype="csv", filename="list.csv")
    made.add_attachment(FILE, maintype="image", subtype="png", filename="holiday.png")
    return made


@pytest.fixture
def port() -> Iterator[int]:
    """A mail door that is open, in a thread of its own, at a port that the system gives it."""
    opened: Queue[int] = Queue()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = await mail_door.open_door("127.0.0.1", 0)
        opened.put(int(server.sockets[0].getsockname()[1]))  # type: ignore[attr-defined]
        async with server:
            await server.serve_forever()

    thread = threading.Thread(target=lambda: loop.run_until_complete(_quietly(serve())))
    thread.start()
    yield opened.get(timeout=60)
    loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
    thread.join()
    loop.close()


async def _quietly(serving: object) -> None:
    try:
        await serving  # type: ignore[misc]
    except asyncio.CancelledError:
        return


def test_a_mail_becomes_a_report_with_its_words_and_addresses(home: None) -> None:
    answer = mail_door.keep(with_files().as_bytes(), "somebody@mail.test")

    report = Report.objects.get()
    assert answer.startswith("250 ")
    assert json.loads(report.addresses) == [
        "http://a.example/x",
        "http://b.example/one",
        "http://c.example/two",
    ]
    assert "I saw something" in report.text
    assert json.loads(report.contact) == {"mail": "somebody@mail.test"}


def test_no_file_and_no_header_of_a_mail_is_kept_and_what_was_dropped_is_said(home: None) -> None:
    answer = mail_door.keep(with_files().as_bytes(), "somebody@mail.test")

    report = Report.objects.get()
    kept = report.text + report.contact + report.addresses + report.not_understood
    assert "1 attachments were not kept" in answer
    assert "1 attachments were not kept" in report.text
    for dropped in ("holiday.png", "192.0.2.77", "AAECAwQFBgcICQ"):
        assert dropped not in kept


def test_a_file_hidden_in_text_is_not_kept(home: None) -> None:
    encoded = with_files().as_bytes().decode().split("holiday.png")[1]

    mail_door.keep(letter(f"See this: {encoded}").as_bytes(), "")

    assert "AAECAwQFBgcICQ" not in Report.objects.get().text


def test_a_mail_is_answered_with_250_only_once_it_is_kept(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(mail_door.repeats, "once", full)

    answer = mail_door.keep(letter().as_bytes(), "")

    assert answer.startswith("451 ")
    assert not Report.objects.exists()


def test_a_door_that_says_250_too_soon_would_be_noticed(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_door, "keep", lambda raw, sender: "250 2.0.0 Kept")

    turns_red(test_a_mail_is_answered_with_250_only_once_it_is_kept, None, monkeypatch)


def test_the_same_mail_handed_over_again_is_the_same_report(home: None) -> None:
    for _ in range(2):
        assert mail_door.keep(letter().as_bytes(), "").startswith("250 ")

    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_over_the_wire_each_recipient_is_answered_and_one_report_is_kept(home: None, port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port) as server:
        server.ehlo()
        server.mail("somebody@mail.test")
        server.rcpt("report@hotline.test")
        server.rcpt("other@hotline.test")
        # the standard library's client reads one answer, and LMTP gives one for each recipient (RFC 2033, 4.2)
        answers = [server.data(letter().as_bytes())[0], server.getreply()[0]]

    assert answers == [250, 250]
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_line_longer_than_the_standard_has_is_taken_and_a_mail_that_is_too_large_refused(
    home: None, port: int
) -> None:
    def hand_over(raw: bytes) -> int:
        with smtplib.LMTP("127.0.0.1", port) as server:
            server.ehlo()
            server.mail("somebody@mail.test")
            server.rcpt("report@hotline.test")
            return server.data(raw)[0]

    long_line = hand_over(b"Subject: x\r\n\r\n" + b"word " * 2000 + b"http://a.example/x\r\n")
    too_large = hand_over((b"word " * 200 + b"\r\n") * (mail.LARGEST // 1000))

    assert (long_line, too_large) == (250, 552)
    assert json.loads(Report.objects.get().addresses) == ["http://a.example/x"]


def test_what_is_too_long_or_too_many_for_one_report_is_said_in_it() -> None:
    many = "".join(f"http://a.example/{n}\n" for n in range(mail.MOST_ADDRESSES + 2))

    long, _ = mail.report(b"Subject: x\n\n" + b"word " * 30_000)
    numerous, _ = mail.report(f"Subject: x\n\n{many}".encode())

    assert long.text.endswith(mail.CUT) and len(long.text) <= mail.MOST_TEXT
    assert len(numerous.urls) == mail.MOST_ADDRESSES
    assert "2 of them are in these words only" in numerous.text


def test_a_mail_in_html_gives_its_words_and_links(home: None) -> None:
    made = EmailMessage()
    made.set_content("<style>p{}</style><p>Look <a href='http://a.example/x'>here</a></p>", subtype="html")

    found = mail.read(made.as_bytes())

    assert "http://a.example/x" in found.text
    assert "p{}" not in found.text


HOSTILE = [
    b"",
    b"\x00" * 100,
    b"Content-Type: multipart/mixed\n\nno boundary",
    b"Content-Type: multipart/mixed; boundary=x\n\n"
    + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 200,
    b"Content-Type: text/plain; charset=nowhere-8\n\n\xff\xfe words",
    b'Content-Type: text/plain; charset="\x00"\n\nwords',
    b"Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n!!!!",
    b"Subject: =?utf-8?B?broken?=\nFrom: =?x?Q?=00?= <a@b@c>\n\nhttp://a.example/x",
    b"From: " + b"a" * 100_000 + b"\n\nwords",
    b"Content-Type: text/html\n\n<a href='" + b"<" * 5000,
    b"Subject: =?utf-8?b?a?=\n\nhttp://a.example/x",
    b"Content-Type: text/html\n\n<p>Look</p><![foo[x]]>http://a.example/x",
    b"Content-Type: multipart/mixed; boundary=x\n\n"
    + b"".join(
        b"--x%d\nContent-Type: multipart/mixed; boundary=x%d\n\n" % (n, n + 1) for n in range(3000)
    ).replace(b"--x0", b"--x"),
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_every_hostile_mail_is_read_without_an_error(raw: bytes) -> None:
    arrived, _ = mail.report(raw, "sender@mail.test")

    assert len(arrived.text) <= mail.MOST_TEXT
    assert len(arrived.contact) < 1000


@settings(max_examples=60)
@given(st.data())
def test_a_mail_changed_anywhere_is_read_without_an_error_and_shows_no_file(data: st.DataObject) -> None:
    raw = bytearray(with_files().as_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))

    arrived, _ = mail.report(bytes(raw))

    assert "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4" not in arrived.text


@pytest.mark.parametrize("raw", HOSTILE)
def test_every_hostile_mail_is_kept_as_a_report(home: None, raw: bytes) -> None:
    answer = mail_door.keep(raw, "sender@mail.test")

    assert answer.startswith("250 ")
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?utf-8?b?a?=\n\nhttp://a.example/x",
        b"Content-Type: text/html\n\n<p>Look</p><![foo[x]]><a href='http://a.example/x'>here</a>",
    ],
)
def test_a_slip_that_a_parser_stumbles_over_costs_no_address(raw: bytes) -> None:
    arrived, _ = mail.report(raw)

    assert arrived.urls == ["http://a.example/x"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "utf-16", "cp1252"])
def test_a_file_that_is_called_text_is_not_kept(charset: str) -> None:
    made = letter()
    made.add_attachment(FILE, maintype="text", subtype="plain", filename="words.txt")
    made.get_payload()[1].set_param("charset", charset)  # type: ignore[index,union-attr]

    found = mail.read(made.as_bytes())

    assert found.dropped == 1
    assert found.text.strip().endswith("http://a.example/x today.")


@pytest.mark.parametrize(
    ("charset", "words"),
    [("cp1251", "Посмотрите на эту страницу"), ("cp1252", "Bitte prüfen: „hier“"), ("iso2022_jp", "この頁")],
)
def test_words_in_a_charset_that_is_not_named_are_kept(charset: str, words: str) -> None:
    raw = b"Subject: hello\n\n" + words.encode(charset) + b" http://a.example/x"

    arrived, dropped = mail.report(raw)

    assert (arrived.urls, dropped) == (["http://a.example/x"], 0)
