"""Providers answering on the notice's page, which a stand-in for the product serves here."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from nightlight.demo.answers import AnswerError, answer
from nightlight.demo.internet import SmallInternet
from nightlight.demo.loopback import LoopbackHTTPServer, in_thread
from tests.demo.outside import Clock, Visitor

FORM = """<!doctype html><form action="/search/"><input name="q"></form>
<form method="post" action=""><input type="hidden" name="csrfmiddlewaretoken" value="s3cret">
<label><input type="radio" name="answer" value="removed"></label>
<label><input type="radio" name="answer" value="disputed"></label>
<label><input type="radio" name="answer" value="real_host"></label>
<label><input type="radio" name="answer" value="not_ours"></label>
<textarea name="note"></textarea><input name="real_host"><button name="send" value="1">Send</button></form>"""


class Product:
    """The notice's page as the product might show it, with a cookie and a token that must come back."""

    def __init__(self) -> None:
        self.page, self.status = FORM, 200
        self.posts: list[tuple[str, dict[str, list[str]]]] = []
        self.lock = threading.Lock()
        product = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(product.status)
                self.send_header("Set-Cookie", "csrftoken=c00kie; Path=/")
                self.end_headers()
                self.wfile.write(product.page.encode())

            def do_POST(self) -> None:
                fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                trusted = self.headers["Cookie"] == "csrftoken=c00kie" and fields.get(
                    "csrfmiddlewaretoken"
                ) == ["s3cret"]
                with product.lock:
                    product.posts.append((self.path, fields))
                self.send_response(200 if trusted and self.headers["Origin"] == product.base else 403)
                self.end_headers()
                self.wfile.write(b"Thank you")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return

        self.server = LoopbackHTTPServer(Page)
        self.base = f"http://127.0.0.1:{self.server.port}"


@pytest.fixture
def product() -> Iterator[Product]:
    standing_in = Product()
    in_thread(standing_in.server, "product")
    yield standing_in
    standing_in.server.shutdown()
    standing_in.server.server_close()


def test_an_answer_keeps_the_cookie_and_the_token_and_leaves_empty_fields_out(product: Product) -> None:
    text = answer(
        f"{product.base}/notice/t1/", {"answer": "disputed", "note": "Please look.", "real_host": ""}
    )

    assert text == "Thank you"
    assert product.posts == [
        (
            "/notice/t1/",
            {"csrfmiddlewaretoken": ["s3cret"], "answer": ["disputed"], "note": ["Please look."]},
        )
    ]


@pytest.mark.parametrize(
    ("page", "status", "complaint"),
    [
        ("<p>This notice is closed.</p>", 200, "no form"),
        (FORM, 404, "answers 404"),
        (FORM.replace('value="disputed"', 'value="objects"'), 200, "does not offer"),
        (FORM.replace('action=""', 'action="http://192.0.2.5/"'), 200, "another machine"),
        (FORM.replace("s3cret", "stale"), 200, "refused with 403"),
    ],
)
def test_a_page_that_takes_no_answer_says_so(
    product: Product, page: str, status: int, complaint: str
) -> None:
    product.page, product.status = page, status

    with pytest.raises(AnswerError, match=complaint):
        answer(f"{product.base}/notice/t1/", {"answer": "disputed"})


@pytest.mark.parametrize("host", ["192.0.2.5", "hotline.example", "localhost.example", "169.254.169.254", ""])
def test_an_answer_never_leaves_this_machine(host: str) -> None:
    with pytest.raises(AnswerError, match="not an address on this machine"):
        answer(f"http://{host}/notice/t1/", {"answer": "removed"})


def test_a_due_answer_is_given_once_also_after_a_restart(
    product: Product, clock: Clock, tmp_path: Path
) -> None:
    with SmallInternet(clock, tmp_path / "post") as internet:
        Visitor(internet).writes(
            "abuse@elbe-hosting.example", "http://pixelbarn.test/a/k3v9", link=f"{product.base}/notice/t1/"
        )
        clock.goes_on(minutes=39)
        too_early = internet.pending_answers()
        clock.goes_on(minutes=1)
        [due] = internet.pending_answers()
        internet.give(due)
        afterwards = internet.pending_answers()
    with SmallInternet(clock, tmp_path / "post") as again:
        after_restart = again.pending_answers()

    assert (too_early, afterwards, after_restart) == ([], [], [])
    assert product.posts[0][1]["answer"] == ["removed"]


def test_an_answer_that_could_not_be_given_stays_due(clock: Clock, tmp_path: Path, product: Product) -> None:
    with SmallInternet(clock, tmp_path / "post") as internet:
        link = f"{product.base}/notice/t1/"
        Visitor(internet).writes("abuse@elbe-hosting.example", "http://pixelbarn.test/a/k3v9", link=link)
        clock.goes_on(hours=1)
        product.status = 500
        with pytest.raises(AnswerError):
            internet.give(internet.pending_answers()[0])

        assert [due.notice_url for due in internet.pending_answers()] == [link]


def test_an_unreachable_product_is_a_transport_error() -> None:
    with pytest.raises(httpx.TransportError):
        answer("http://127.0.0.1:9/notice/t1/", {"answer": "removed"})


def test_a_line_cut_off_by_a_crash_counts_as_not_given(
    clock: Clock, tmp_path: Path, product: Product
) -> None:
    folder = tmp_path / "post"
    with SmallInternet(clock, folder) as internet:
        for token in ("t1", "t2"):
            Visitor(internet).writes(
                "abuse@elbe-hosting.example",
                f"http://pixelbarn.test/a/{'k3v9' if token == 't1' else 'm1x7?page=2'}",
                link=f"{product.base}/notice/{token}/",
            )
        clock.goes_on(hours=1)
        for due in internet.pending_answers():
            internet.give(due)
    ledger = folder / "answers.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-5])

    with SmallInternet(clock, folder) as again:
        [due] = again.pending_answers()
        again.give(due)
        assert again.pending_answers() == []

    assert due.notice_url.endswith("/t2/")


def test_a_provider_disclaims_what_has_left_its_network(
    internet: SmallInternet, visitor: Visitor, clock: Clock
) -> None:
    url = "http://driftpage.test/set/5"
    visitor.writes("noc@windmill-colo.example", url, link="http://localhost/notice/a/")
    clock.goes_on(hours=10)
    at_first = internet.pending_answers()
    visitor.writes("noc@windmill-colo.example", url, link="http://localhost/notice/b/")
    clock.goes_on(hours=1)

    assert at_first == []
    assert [(due.answer, due.notice_url) for due in internet.pending_answers()] == [
        ("not_ours", "http://localhost/notice/b/")
    ]


def test_a_reminder_is_not_answered_a_second_time(
    internet: SmallInternet, visitor: Visitor, clock: Clock
) -> None:
    for token in ("a", "b"):
        visitor.writes(
            "abuse@meuse-hebergement.example",
            "http://contestable.example/p/exhibition",
            link=f"http://localhost/notice/{token}/",
        )
    clock.goes_on(days=2)

    assert [due.notice_url for due in internet.pending_answers()] == ["http://localhost/notice/a/"]


def test_a_withdrawn_notice_is_not_answered(internet: SmallInternet, visitor: Visitor, clock: Clock) -> None:
    mailbox = "abuse@elbe-hosting.example"
    for token, path in (("a", "a/k3v9"), ("b", "a/m1x7?page=2")):
        visitor.writes(mailbox, f"http://pixelbarn.test/{path}", link=f"http://localhost/notice/{token}/")
    visitor.writes(mailbox, link="http://localhost/notice/a/", subject="NL-1 is retracted")
    clock.goes_on(hours=1)

    assert [due.notice_url for due in internet.pending_answers()] == ["http://localhost/notice/b/"]
