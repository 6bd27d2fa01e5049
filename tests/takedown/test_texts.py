"""The texts of notices: in other words by country and language, never without what they must hold."""

from collections.abc import Callable
from email import message_from_bytes, policy

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook import texts
from nightlight.casebook.models import Case, MessageText
from nightlight.takedown import gates, packing, queue, send
from nightlight.takedown.models import Notice
from nightlight.takedown.routes import Way
from nightlight.work import clock
from tests.casebook.cases import confirm, reported
from tests.takedown.conftest import Mail

Someone = Callable[..., Person]
BODY = """Meldung {serial}

Grüße aus {sender}

{addresses}

{reason}

{law}

{link}

{good_faith}"""


def queued(country: str = "DE", url: str = "http://a.example/1") -> Notice:
    case = reported(url)
    confirm(case)
    case = Case.objects.get(pk=case.pk)
    return queue.join(case, Way(Notice.Role.HOST, "abuse@host.example"), Notice.Step.NOTICE, country)


def mail_of(notice: Notice) -> tuple[str, str]:
    """Subject and text of the mail as it is packed."""
    packed = packing.pack(notice.pk)
    assert packed
    mail = message_from_bytes(packed.letter.raw, policy=policy.default)
    part = mail.get_body(("plain",))
    assert part
    return str(mail["Subject"]), str(part.get_content())


def test_a_notice_leaves_in_a_manager_s_words_for_its_country(
    home: None, mail: Mail, someone: Someone
) -> None:
    texts.save("notice.body", BODY, language="de", countries=["DE", "AT"], by=someone("manager"))
    texts.save(
        "notice.subject.notice", "Bitte entfernen", language="de", countries=["DE"], by=someone("manager")
    )

    subject, text = mail_of(queued("DE"))

    assert "Bitte entfernen (1)" in subject
    assert text.startswith("Meldung N") and "Grüße aus" in text
    assert "hxxp" in text and "/notice/" in text


def test_elsewhere_it_leaves_as_it_is_built_in(home: None, mail: Mail, someone: Someone) -> None:
    texts.save("notice.body", BODY, language="de", countries=["DE"], by=someone("manager"))

    _, text = mail_of(queued("NL"))

    assert text.startswith("Notice N")


def test_a_text_for_every_country_gives_way_to_one_for_a_country(home: None, someone: Someone) -> None:
    texts.save("notice.reason", "For all.", language="en", countries=[], by=someone("manager"))
    texts.save("notice.reason", "Für DE.", language="de", countries=["de"], by=someone("manager"))

    assert texts.wording("DE").of("notice.reason") == "Für DE."
    assert texts.wording("NL").of("notice.reason") == "For all."
    assert texts.wording("DE").language("notice.reason") == "de"


@pytest.mark.parametrize("name", ["serial", "addresses", "reason", "law", "link", "good_faith", "sender"])
def test_a_notice_text_without_what_it_must_hold_is_not_saved(
    home: None, someone: Someone, name: str
) -> None:
    with pytest.raises(texts.TextRefused) as refused:
        texts.save(
            "notice.body", BODY.replace(f"{{{name}}}", ""), language="de", countries=[], by=someone("manager")
        )

    assert f"{{{name}}}" in str(refused.value)
    assert not MessageText.objects.exists()


@pytest.mark.parametrize("words", [BODY + "\n\n{nobody}", BODY + "\n\n### who signs ###", "   "])
def test_a_text_with_a_blank_is_not_saved(home: None, someone: Someone, words: str) -> None:
    with pytest.raises(texts.TextRefused):
        texts.save("notice.body", words, language="de", countries=[], by=someone("manager"))

    assert not MessageText.objects.exists()


def broken(by: Person) -> MessageText:
    """As an older version, or another hand, could have left it."""
    return MessageText.objects.create(
        key="notice.body", language="de", words="Meldung", by=by, at=clock.now()
    )


def test_a_notice_whose_text_lacks_something_waits_and_says_so(
    home: None, mail: Mail, someone: Someone
) -> None:
    broken(someone("manager"))
    notice = queued()

    with_nothing_to_do = send.send(str(notice.pk))
    with_nothing_to_do()

    notice.refresh_from_db()
    assert (notice.state, notice.why_not) == (Notice.State.QUEUED, "text_incomplete")
    assert gates.blocked() == {"text_incomplete": 1}
    assert mail.deliveries() == []


def test_it_leaves_once_the_text_is_whole_again(home: None, mail: Mail, someone: Someone) -> None:
    row, notice = broken(someone("manager")), queued()
    send.send(str(notice.pk))()

    texts.end(row.pk, someone("manager"))
    send.send(str(notice.pk))()

    notice.refresh_from_db()
    assert notice.state == Notice.State.SENT
    assert len(mail.deliveries()) == 1


def test_every_built_in_text_is_whole_and_can_be_shown() -> None:
    wrong = {text.key: texts.faults(text, text.built_in) for text in texts.all_texts()}
    shown = [text.preview(text.key, text.built_in) for text in texts.all_texts() if text.preview]

    assert len(shown) == len(wrong) > 30
    assert {key: faults for key, faults in wrong.items() if faults} == {}
    assert all(shown)


def test_only_a_manager_changes_what_we_send(home: None, someone: Someone) -> None:
    with pytest.raises(PermissionDenied):
        texts.save("notice.reason", "So.", language="en", countries=[], by=someone("senior_analyst"))


def test_a_change_is_an_entry_without_its_words(home: None, someone: Someone) -> None:
    texts.save(
        "notice.reason", "Because of so and so.", language="en", countries=["NL"], by=someone("manager")
    )

    entry = Entry.objects.get(verb="casebook.save_text")
    assert entry.facts == {"text": "notice.reason", "language": "en", "countries": ["NL"]}


def test_two_texts_never_hold_for_the_same_country(home: None, someone: Someone) -> None:
    manager = someone("manager")
    texts.save("notice.reason", "One.", language="de", countries=["DE", "AT"], by=manager)

    with pytest.raises(texts.TextRefused):
        texts.save("notice.reason", "Two.", language="de", countries=["DE"], by=manager)
    texts.save("notice.reason", "Three.", language="de", countries=["AT", "DE"], by=manager)

    assert texts.wording("AT").of("notice.reason") == "Three."
    assert MessageText.objects.filter(ended_at=None).count() == 1


def test_the_page_shows_what_is_wrong_and_what_would_leave(home: None, someone: Someone) -> None:
    client = Client()
    client.force_login(someone("manager"), backend="allauth.account.auth_backends.AuthenticationBackend")
    said = {"language": "de", "countries": "DE"}

    lacking = client.post("/desk/texts/notice.body/", {**said, "words": "{serial}", "step": "save"})
    looked = client.post("/desk/texts/notice.body/", {**said, "words": BODY, "step": "look"})
    assert not MessageText.objects.exists()
    saved = client.post("/desk/texts/notice.body/", {**said, "words": BODY, "step": "save"})

    assert (lacking.status_code, looked.status_code, saved.status_code) == (422, 200, 302)
    assert "{addresses}" in lacking.content.decode()
    assert "Meldung N-2026-0001" in looked.content.decode()
    assert MessageText.objects.get().countries == ["DE"]
