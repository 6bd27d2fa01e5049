"""A dump of the database gives away no address, no reporter and no text, in whatever common encoding."""

import base64
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from nightlight.casebook import sealed
from nightlight.demo.course import DueAnswer
from tests.chain import dump
from tests.chain.hotline import Hotline, sha256

pytestmark = pytest.mark.django_db(transaction=True)

URL = "http://lantern-forum.test/thread/4471"
# What each place of a journey holds that nobody may read from a dump.
WORDS = {
    "address": "lantern-forum.test/thread/4471",
    "host": "lantern-forum",
    "address that leads nowhere": "zinnober-quilt.test/pfad-7731",
    "its host": "zinnober-quilt",
    "what is no address": "okerfarben-bojenlicht",
    "spelling as reported": "LaNtErN-FoRuM",
    "contact": "korallente@post-fichte.example",
    "telephone": "+49 555 0104477",
    "text": "Tangerinobelisk",
    "text in other letters": "Кормораны",
    "title of the page": "Lantern Forum",
    "note": "Saphirquitte",
    "reasons": "Basaltmohn",
    "account": "murmelfuchs_0815",
    "service": "Plauderwiese-XK",
    "reference of the police": "Aktenzeichen 77-Zypresse",
    "provider": "Elbe Hosting",
    "recipient": "abuse@elbe-hosting",
    "address of the server": "192.0.2.7",
    "network": "192.0.2.0/27",
    "name server": "ns1.namegate.example",
    "body of the notice": "Trained analysts of this hotline",
    "another part of it": "good faith belief",
    "link of the notice": "/notice/",
    "answer of the provider": "data preserved",
    "what a member thinks": "Schneekugelfalter",
    "words of an appeal": "Rhabarberuhr",
    "who appeals": "einspruch@holunder-post.example",
    "answer to the appeal": "Windrosenblech",
    "contact of a route": "exchange@maple-hotline",
}


def journey(hotline: Hotline) -> dict[str, str]:
    """From a report to a removed page with everything people can write on the way; more words that nobody may find."""
    sent = hotline.report(
        "hxxp://LaNtErN-FoRuM[.]test/thread/4471",
        "https://zinnober-quilt.test/pfad-7731",
        "okerfarben-bojenlicht",
        text="Tangerinobelisk. Кормораны.",
        contact={"email": "korallente@post-fichte.example", "telephone": "+49 555 0104477"},
    )
    hotline.desk(
        "manager", "routes/", country="CA", first="partner", contact="exchange@maple-hotline.example"
    )
    hotline.work_until()
    case = next(case["id"] for case in hotline.cases() if case["url"] == URL)
    hotline.desk("first", "search/", text=URL, purpose="work")
    hotline.desk("first", f"cases/{case}/attach/", handle="murmelfuchs_0815", service="Plauderwiese-XK")
    seen = [sha256("16.png"), sha256("17.jpg")]
    hotline.decide(case, "first", media=seen, note="Saphirquitte")
    hotline.decide(case, "second", media=seen, reasons="Basaltmohn")
    hotline.later(minutes=56)
    (due,) = hotline.internet.pending_answers()
    hotline.public.post(due.notice_url.removeprefix("http://localhost:8000"), due.form)
    (entry,) = hotline.news("urls")
    opinion = {"opinion": "dispute", "reason": "Schneekugelfalter"}
    hotline.member.post(f"/api/v1/entries/{entry['id']}/opinions", opinion, "application/json")
    reference = appeal(hotline)
    hotline.later(hours=14)
    held = {"hold-until": "2026-01-09", "hold-reference": "Aktenzeichen 77-Zypresse"}
    hotline.desk("liaison", f"cases/{case}/hold/", **held)
    hotline.work_until()
    assert hotline.case(case)["state"] == "on_hold" and len(hotline.mails("abuse@elbe-hosting.example")) == 1
    return {"receipt": sent["receipt"], "its digits": digits(sent["receipt"]), **reference, **secrets(due)}


def appeal(hotline: Hotline) -> dict[str, str]:
    """An appeal and its answer; the reference by which it is read."""
    asked = {
        "who": "owner",
        "address": URL,
        "reasons": "Rhabarberuhr",
        "contact": "einspruch@holunder-post.example",
    }
    hotline.public.get("/appeal/")
    made = hotline.public.post("/appeal/", asked)
    hotline.work_until()
    (found,) = re.findall(r"/desk/appeals/([0-9a-f-]{36})/", hotline.page("senior", "appeals/"))
    hotline.desk("senior", f"appeals/{found}/decide/", answer="Windrosenblech")
    reference = str(made.context["reference"])
    return {"reference of the appeal": reference, "digits of the reference": digits(reference)}


def secrets(due: DueAnswer) -> dict[str, str]:
    """What opens the notice's page."""
    return {"token of the notice": due.notice_url.rstrip("/").rsplit("/", 1)[1]}


def digits(receipt: str) -> str:
    return receipt.replace("-", "")


def test_a_dump_after_a_whole_journey_gives_nothing_away(hotline: Hotline) -> None:
    dump.tidy()

    secrets = journey(hotline)
    taken, opened = dump.taken(), dump.opened()

    assert b"takedown.send" in taken  # the dump is one
    assert [
        name for name, word in WORDS.items() if word not in opened
    ] == []  # and the journey left every word in it
    assert dump.leaks(taken, WORDS | secrets) == []


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "utf-16": lambda text: text.encode("utf-16-le"),
    "utf-32": lambda text: text.encode("utf-32-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 ": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64  ": lambda text: base64.urlsafe_b64encode(b"xy" + text.encode()),
    "url": lambda text: quote(text, safe="").encode(),
    "json": lambda text: json.dumps(text).encode(),
    "plain ": lambda text: text.upper().encode(),
    "plain  ": lambda text: text[::-1].encode(),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_field_that_is_only_encoded_is_found(home: None, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    dump.tidy()
    monkeypatch.setattr(sealed, "seal", lambda ring, text, **place: WRITTEN[how](text))

    body = {"kind": "material", "urls": ["http://quartz-otter.test/nest-5"]}
    Client().post("/api/v1/reports", body, "application/json")

    found = dump.leaks(dump.taken(), {"address": "quartz-otter.test/nest-5"})
    assert f"address as {how.strip()}" in found


def test_a_field_that_is_looked_up_in_clear_is_found(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump.tidy()
    monkeypatch.setattr(sealed, "blind", lambda ring, purpose, value: value[:64])

    hotline.report("http://quartz-otter.test/nest-5")
    hotline.work_until()

    assert "host as plain" in dump.leaks(dump.taken(), {"host": "quartz-otter"})
