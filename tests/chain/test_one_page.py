"""One report travels all the way: from the public door to a page that is gone, and back again where it was wrong."""

import json
import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

from nightlight.demo.conduct import Answer
from nightlight.work import clock
from tests.chain.hotline import Hotline, sha256, times

URL = "http://pixelbarn.test/a/k3v9"
WRITTEN = "hxxp://PixelBarn[.]test/a/k3v9#top"
ELBE = "abuse@elbe-hosting.example"
PICTURES = ("11.png", "12.png", "13.jpg")
SEEN = [sha256(name) for name in PICTURES]


def confirmed(hotline: Hotline, **fields: Any) -> tuple[str, str]:
    """A report that two people confirmed; the receipt and the case's id. Nothing was done about it yet."""
    receipt = hotline.report(WRITTEN, **fields)["receipt"]
    hotline.work_until()
    (case,) = hotline.cases("open")
    hotline.decide(case["id"], "first", media=SEEN)
    hotline.decide(case["id"], "second", media=SEEN)
    return receipt, case["id"]


def test_a_report_is_sorted_and_decided_by_two_people(hotline: Hotline) -> None:
    sent = hotline.report(WRITTEN, "the one with the blue logo", text="I closed it at once.")
    fresh = hotline.receipt(sent["receipt"])["state"]
    hotline.work_until()
    (case,) = hotline.cases("open")

    first = hotline.decide(case["id"], "first", media=SEEN)
    again = hotline.decide(case["id"], "first", media=SEEN)
    second = hotline.decide(case["id"], "second", media=SEEN)

    assert set(sent["proof"]) == {"entry", "at", "signature"}
    assert sent["not_understood"] == ["the one with the blue logo"]
    assert set(case) == {"id", "state", "priority", "kind", "url", "reports", "received_at"}
    assert (case["url"], case["reports"], case["kind"]) == (URL, 1, "material")
    assert (first.status_code, first.json()["state"]) == (201, "second_look")
    assert again.status_code == 409
    assert (second.status_code, second.json()["state"]) == (201, "confirmed")
    assert (fresh, hotline.receipt(sent["receipt"])["state"]) == ("received", "closed")


def test_a_confirmed_page_is_traced_told_removed_and_gone(hotline: Hotline) -> None:
    _, case_id = confirmed(hotline)

    hotline.later(minutes=11)
    told = hotline.case(case_id)
    hotline.later(minutes=45)
    answers = hotline.providers_answer()
    answered = hotline.case(case_id)
    hotline.later(hours=14)
    gone = hotline.case(case_id)

    (mail,) = hotline.mails(ELBE)
    assert (mail.notice.urls, told["state"]) == ((URL,), "noticed")
    assert told["trace"]["addresses"] == ["192.0.2.5", "2001:db8:e1b::5"]
    assert (told["trace"]["country"], told["trace"]["provider"]) == ("DE", "Elbe Hosting GmbH")
    assert told["trace"]["contacts"][0] == ELBE
    (notice,) = told["notices"]
    assert set(notice) == {"serial", "to", "sent_at", "state"}
    assert (notice["to"], notice["state"]) == (ELBE, "sent")
    assert notice["serial"] in mail.notice.subject
    assert [check["state"] for check in told["checks"]] == ["up"]
    assert told["checks"][0]["at"] < notice["sent_at"]
    assert (answers, answered["notices"][0]["state"]) == ([Answer.REMOVED], "answered")
    looks = times(gone["checks"], "gone")
    assert (gone["state"], len(looks)) == ("gone", 3)
    assert all(later - before >= timedelta(hours=6) for before, later in pairwise(looks))
    assert len(hotline.mails(ELBE)) == 1


def test_members_and_police_learn_of_a_confirmed_page_and_the_log_holds(hotline: Hotline) -> None:
    _, case_id = confirmed(hotline)
    hotline.later(minutes=11)

    hashes, (put,) = hotline.news("hashes"), hotline.news("urls")
    package = referral(hotline)
    hotline.later(hours=36)
    (delete,) = hotline.news("urls")
    later_hashes = hotline.news("hashes")

    assert {entry["value"] for entry in hashes if entry["type"] == "sha256"} == set(SEEN)
    assert {entry["op"] for entry in hashes} == {"put"}
    assert (put["op"], put["url"]) == ("put", URL)
    assert package["facts"]["addresses"] == [URL]
    assert [row["severity"] for row in package["facts"]["assessments"]] == ["A", "A"]
    assert (delete["id"], delete["op"], delete["reason"]) == (put["id"], "delete", "gone")
    assert later_hashes == []
    assert hotline.case(case_id)["state"] == "gone"
    assert hotline.findings() == []


def test_a_young_person_s_receipt_follows_the_removal(hotline: Hotline) -> None:
    receipt, _ = confirmed(hotline, kind="own_image")
    states = [hotline.receipt(receipt)["state"]]

    hotline.later(minutes=11)
    states.append(hotline.receipt(receipt)["state"])
    hotline.later(hours=36)
    states.append(hotline.receipt(receipt)["state"])

    assert states == ["confirmed", "in_removal", "removed"]


def test_a_correction_travels_everywhere_once(hotline: Hotline) -> None:
    _, case_id = confirmed(hotline)
    hotline.later(minutes=11)
    put = {entry["id"] for name in ("hashes", "urls") for entry in hotline.news(name)}
    referral(hotline)
    said = {"outcome": "not_illegal", "reasons": "Both of us misread the page.", "sure": "on"}

    corrected = hotline.desk("senior", f"cases/{case_id}/correct/", **said)
    hotline.later(days=3)
    hotline.desk("senior", f"cases/{case_id}/correct/", **said)
    once_more = hotline.page("senior", f"cases/{case_id}/")
    hotline.later(days=3)

    notice, retraction = hotline.mails(ELBE)
    assert corrected.status_code == 302
    assert "has no decision to correct" in once_more
    assert [notice.notice.withdrawn, retraction.notice.withdrawn] == [False, True]
    assert retraction.notice.urls == (URL,)
    assert hotline.case(case_id)["state"] == "dismissed"
    deleted = [entry for name in ("hashes", "urls") for entry in hotline.news(name)]
    assert {(entry["op"], entry["reason"]) for entry in deleted} == {("delete", "corrected")}
    assert sorted(entry["id"] for entry in deleted) == sorted(put)
    ready, withdrawn = hotline.mails("liaison@nightlight-hotline.example")
    assert "is ready" in ready.notice.subject and "is withdrawn" in withdrawn.notice.subject
    assert "/fetch/" not in hotline.page("liaison", "referrals/")
    assert hotline.findings() == []


def test_while_police_hold_a_case_nothing_is_sent_checked_or_listed(hotline: Hotline) -> None:
    _, case_id = confirmed(hotline)
    hotline.later(minutes=5)
    before, listed = hotline.case(case_id), ops(hotline)
    asked = len(hotline.internet.proxy.passages)
    until = (clock.now() + timedelta(days=2)).date().isoformat()

    hotline.desk("liaison", f"cases/{case_id}/hold/", **{"hold-until": until, "hold-reference": "K 12/26"})
    hotline.later(days=2)
    during, unlisted = hotline.case(case_id), ops(hotline)
    sent, looks = hotline.mails(ELBE), len(hotline.internet.proxy.passages) - asked
    hotline.later(days=2)

    assert (before["state"], during["state"]) == ("confirmed", "on_hold")
    assert (sent, looks, during["checks"]) == ([], 0, before["checks"])
    assert (listed, unlisted) == ({("put", None)}, {("delete", "hold")})
    assert len(hotline.mails(ELBE)) == 1
    assert hotline.case(case_id)["state"] in ("noticed", "gone")
    assert ("put", None) in ops(hotline)


def ops(hotline: Hotline) -> set[tuple[str, str | None]]:
    """What was done to both lists since they were read last, and why."""
    news = [*hotline.news("hashes"), *hotline.news("urls")]
    assert {entry.get("type", "url") for entry in news} >= {"sha256", "url"}
    return {(entry["op"], entry.get("reason")) for entry in news}


def referral(hotline: Hotline) -> dict[str, Any]:
    """The one package that waits for the police, fetched."""
    (link,) = re.findall(
        r'action="/desk/(referrals/[0-9a-f-]+/fetch/)"', hotline.page("liaison", "referrals/")
    )
    package: dict[str, Any] = json.loads(hotline.desk("liaison", link).content)
    return package
