"""The door "It is about me" without scripts: one question after the other, no cookie, no name, and no picture."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.casebook.models import Case, OwnPrint, Report
from nightlight.intake import limits, own_image_elsewhere, own_image_panel, verbs
from nightlight.intake.models import OwnImageAnswers
from nightlight.intake.own_image_forms import STEPS, read_prints
from nightlight.triage.verbs import sort
from tests.casebook import cases
from tests.intake.test_pages import RECEIPT, limited, stamp  # noqa: F401

pytestmark = pytest.mark.usefixtures("home")
DOOR, TELL = "/young-people/", "/young-people/tell/"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"(?: disabled)?')
PDQ = "0f" * 32
ANSWERS: dict[str, dict[str, Any]] = {
    "age": {"age": "under_18"},
    "who": {"who": "parent"},
    "what": {"happened": ["threatened", "game_chat"], "happening_now": "on"},
    "where": {"urls": "http://shapes.example/a\nlantern77 in the blue app"},
    "pictures": {"consent": "on", "prints": f"pdq:{PDQ}:90"},
    "words": {"text": "It began <b>in spring</b>."},
    "reach": {"place": "Lamp Street", "reach": "someone@mail.example"},
}


def carried(answer: Any) -> dict[str, list[str]]:
    """The hidden fields of the page that answered, as a browser without scripts sends them back."""
    found: dict[str, list[str]] = {}
    for match in HIDDEN.finditer(answer.content.decode()):
        if not match[0].endswith("disabled"):
            found.setdefault(match[1], []).append(unescape(match[2]))
    return found


def walked(client: Client, upto: str = "reach", **instead: dict[str, Any]) -> Any:
    """Answers every question up to one, each from the page before it; the answer to the last."""
    page = client.get(TELL)
    for step in STEPS:
        page = client.post(TELL, {**carried(page), **(instead.get(step.name, ANSWERS[step.name]))})
        if step.name == upto:
            break
    return page


def test_before_anything_is_typed_it_says_what_is_private_what_is_told_and_what_we_can_t_do(
    client: Client,
) -> None:
    content = client.get(DOOR).content.decode()

    assert "What we keep private" in content and "When we must tell someone" in content
    assert "unless you say where that is" in content
    assert "<input" not in content and "<textarea" not in content and 'method="post"' not in content


def test_a_walk_through_all_questions_is_one_report_with_its_answers(client: Client) -> None:
    page = walked(client)

    report, told = Report.objects.get(), OwnImageAnswers.objects.get()
    assert RECEIPT.search(page.content.decode()) and "no-store" in page["Cache-Control"]
    assert (report.kind, report.source, report.channel) == ("own_image", "public", "gaming_chat")
    assert (report.happening_now, report.text) == (True, "It began <b>in spring</b>.")
    assert report.contact == '{"reach": "someone@mail.example", "where": "Lamp Street"}'
    assert "shapes.example" in report.addresses and "lantern77" in report.not_understood
    assert (told.who, told.age, told.happened) == ("parent", "under_18", ["threatened", "game_chat"])
    assert [row.value for row in OwnPrint.objects.all()] == [PDQ]
    assert not page.cookies


def test_every_question_but_the_age_may_be_left_out(client: Client) -> None:
    page = walked(client, **{step.name: {} for step in STEPS if step.name != "age"})

    assert page.status_code == 200 and RECEIPT.search(page.content.decode())
    assert Report.objects.get().kind == "own_image" and OwnPrint.objects.count() == 0


def test_without_an_age_the_question_is_asked_again(client: Client) -> None:
    first = client.post(TELL, {"step": "age"})
    forged = client.post(TELL, {"step": "reach"})

    assert first.status_code == forged.status_code == 422
    assert "Please choose one" in first.content.decode() and "Please choose one" in forged.content.decode()
    assert Report.objects.count() == 0


def test_whoever_was_18_in_the_picture_is_told_where_to_go_and_nothing_is_kept(client: Client) -> None:
    page = walked(client, upto="age", age={"age": "over_18"})

    content = page.content.decode()
    assert all(place.name in content for place in own_image_elsewhere.places())
    assert "https://stopncii.org/" in content and "tel:112" in content
    assert Report.objects.count() == 0
    assert "How old were you" in client.post(TELL, {**carried(page), "back": "1"}).content.decode()


def test_every_place_names_its_source_and_the_day_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    places = own_image_elsewhere.places()
    assert all(place.source and isinstance(place.checked_on, date) for place in places)

    newest = max(place.checked_on for place in places)
    later = datetime.combine(newest + timedelta(days=366), time(), UTC)
    monkeypatch.setattr(own_image_elsewhere.clock, "real_now", lambda: later)

    assert all(place.is_old for place in places)


def test_somebody_threatened_is_told_what_to_do_with_a_crisis_line_beside_it(client: Client) -> None:
    threatened = walked(client, upto="what").content.decode()
    not_so = walked(client, upto="what", what={"happened": ["shared"]}).content.decode()

    for words in (
        "You are not in trouble",
        "Stop paying",
        "Stop replying",
        "Keep the messages",
        "tel:116111",
    ):
        assert words in threatened and words not in not_so


def test_going_back_keeps_what_was_answered(client: Client) -> None:
    page = walked(client, upto="where")

    back = client.post(TELL, {**carried(page), "back": "1"})
    further = client.post(TELL, {**carried(back), "back": "1"})

    assert "lantern77 in the blue app" in back.content.decode()
    boxes = re.findall(r"<input[^>]*name=\"happened\"[^>]*>", further.content.decode())
    assert [("checked" in box) for box in boxes] == [
        "threatened" in box or "game_chat" in box for box in boxes
    ]


def test_fingerprints_without_consent_are_not_kept(client: Client) -> None:
    walked(client, pictures={"prints": f"pdq:{PDQ}:90"})

    assert Report.objects.get().hashes == [] and OwnPrint.objects.count() == 0


def test_a_plain_picture_s_fingerprint_goes_to_nobody_and_the_page_says_so(client: Client) -> None:
    page = walked(client, pictures={"consent": "on", "prints": f"pdq:{PDQ}:12"})

    assert "Too plain to be told from other pictures" in page.content.decode()


@pytest.mark.parametrize(
    "text",
    ["", ";;", "nonsense", "pdq", "pdq::", f"pdq:{PDQ}:999999999999", f"pdq:{PDQ}:²", "sha256:" + "z" * 64],
)
def test_a_broken_line_of_fingerprints_is_a_report_all_the_same(client: Client, text: str) -> None:
    page = walked(client, pictures={"consent": "on", "prints": text})

    assert page.status_code == 200 and Report.objects.count() == 1
    assert all(each.quality is None or each.quality <= 100 for each in read_prints(text))


@pytest.mark.parametrize("sent_from", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(client: Client, sent_from: str) -> None:
    assert client.post(TELL, {"step": "age"}, headers={"Sec-Fetch-Site": sent_from}).status_code == 403


def test_whoever_sends_fingerprints_too_often_is_heard_but_not_listed(
    limited: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MOST_KNOCKS", {"report": 60, "receipt": 60, "own_prints": 1})
    monkeypatch.setattr(limits, "FORM_SECONDS", 0)

    for _ in range(2):
        page = walked(Client(REMOTE_ADDR="9.9.9.9"))

    assert "Too many at once" in page.content.decode()
    assert list(OwnPrint.objects.order_by("pk").values_list("kept_off", flat=True)) == ["", "too_many"]
    assert Report.objects.count() == 2


def test_visitors_who_can_t_be_told_apart_send_together_no_more_than_goes_on_the_list(
    limited: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MOST_OF_ALL", {"own_prints": 1})
    monkeypatch.setattr(limits, "FORM_SECONDS", 0)

    pages = [walked(Client(REMOTE_ADDR="127.0.0.1")) for _ in range(3)]

    assert [page.status_code for page in pages] == [200] * 3
    found = list(OwnPrint.objects.order_by("pk").values_list("kept_off", flat=True))
    assert found == ["", "too_many", "too_many"]


def test_with_limits_on_a_form_sent_at_once_is_asked_for_again_with_nothing_lost(
    client: Client,
    limited: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = walked(client)
    monkeypatch.setattr(limits, "FORM_SECONDS", 0)
    again = client.post(TELL, {**carried(at_once), **ANSWERS["reach"]})

    assert (at_once.status_code, again.status_code, Report.objects.count()) == (422, 200, 1)
    assert "Lamp Street" in at_once.content.decode() and OwnPrint.objects.count() == 1


def test_the_same_answers_sent_again_are_one_report_and_give_the_same_receipt(client: Client) -> None:
    last = walked(client, "words")

    pages = [client.post(TELL, {**carried(last), **ANSWERS["reach"]}) for _ in range(2)]

    receipts = {RECEIPT.search(page.content.decode()).group() for page in pages}  # type: ignore[union-attr]
    assert len(receipts) == Report.objects.count() == OwnPrint.objects.count() == 1
    assert OwnImageAnswers.objects.count() == 1


def test_taken_back_with_the_receipt_the_fingerprints_are_forgotten(client: Client) -> None:
    found = RECEIPT.search(walked(client).content.decode())
    assert found

    before = client.post("/receipt/", {"receipt": found[0]})
    after = client.post("/receipt/withdraw/", {"receipt": found[0]})

    assert all("fingerprints you sent are forgotten too" in page.content.decode() for page in (before, after))
    assert OwnPrint.objects.count() == 0 and Report.objects.get().hashes == []
    assert verbs.find(found[0]).contact == ""


def test_the_desk_sees_what_was_answered_and_how_many_fingerprints_came(
    client: Client, someone: Callable[..., Person]
) -> None:
    walked(client)
    sort(Report.objects.get().pk)
    case = Case.objects.get()

    told = own_image_panel.context(cases.asked_by(someone("analyst")), case)

    assert told and told["offered"] == 1 and told["kept_off"] == 0
    assert [str(word) for word in told["answers"][0][1]] == [
        "Someone makes threats",
        "It was in a game or a chat",
    ]
