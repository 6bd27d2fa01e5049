"""Who is given what, how they are told, and how a correction travels."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook import panels, states
from nightlight.casebook.models import Case, Child, Subject
from nightlight.casebook.words import ReportKind, State
from nightlight.referral import holds, package, tell, verbs
from nightlight.referral.models import Message, Referral
from nightlight.vault.signing import public_jwk
from nightlight.work import clock, due
from nightlight.work.home import ring
from tests.casebook import cases
from tests.referral.conftest import Post

Work = Callable[..., int]
Someone = Callable[..., Person]
URL = "http://shapes.example/a"


def _given() -> list[str]:
    return sorted(Referral.objects.values_list("to", flat=True))


@pytest.mark.parametrize(
    ("kind", "danger_now", "given"),
    [
        (ReportKind.MATERIAL, False, ["police"]),
        (ReportKind.MATERIAL, True, ["child_protection", "police"]),
        (ReportKind.GROOMING, False, ["child_protection", "police"]),
        (ReportKind.SEXUAL_EXTORTION, False, ["child_protection", "police"]),
        (ReportKind.OWN_IMAGE, False, ["child_protection"]),
        (ReportKind.OWN_IMAGE, True, ["child_protection", "police"]),
    ],
)
def test_a_confirmed_case_is_given_to_those_whom_it_concerns(
    home: None, work_until: Work, kind: str, danger_now: bool, given: list[str]
) -> None:
    cases.confirm(cases.page_case(URL, kind=kind, danger_now=danger_now))

    work_until()

    assert _given() == given


def test_a_case_confirmed_twice_in_an_episode_is_given_once(home: None, work_until: Work) -> None:
    case = cases.page_case(URL)
    cases.confirm(case)
    cases.confirm(case, cases.analyst())

    work_until()

    assert _given() == ["police"]


def test_a_case_that_was_corrected_before_the_work_began_is_given_to_nobody(
    home: None, work_until: Work
) -> None:
    case = cases.page_case(URL)
    cases.confirm(case)
    cases.correct(case)

    work_until()

    assert _given() == []


def test_the_package_holds_the_facts_and_a_signature_that_a_stranger_can_check(
    home: None, work_until: Work
) -> None:
    case = cases.reported(URL)
    media = cases.medium(case)
    child = Child.objects.create(label="C-2026-0007", created_at=clock.now())
    child.cases.add(case)
    subject = Subject.objects.create(handle="circle", service="chat.example", created_at=clock.now())
    subject.cases.add(case)
    cases.confirm(case, severity="A")
    work_until()

    text = Referral.objects.get().package
    facts = json.loads(text)["facts"]

    assert facts["addresses"] == [URL]
    assert facts["media"][0]["sha256"] == media.sha256
    assert facts["assessments"][0]["severity"] == "A"
    assert [(each["label"], each["status"], each["standing"]) for each in facts["children"]] == [
        ("C-2026-0007", "unknown", "new")
    ]
    assert facts["subjects"][0]["handle"] == "circle"
    assert package.holds(text, public_jwk(ring()))
    assert not package.holds(text.replace("shapes.example", "others.example"), public_jwk(ring()))


def test_the_package_says_nothing_of_who_reported_and_who_assessed(home: None, work_until: Work) -> None:
    sent = cases.report(
        kind=ReportKind.GROOMING, text="Somebody writes.", contact='{"email":"r@home.example"}'
    )
    case = Case.objects.create(
        report=sent, kind=sent.kind, priority=1, received_at=clock.now(), changed_at=clock.now()
    )
    cases.confirm(case, analyst := cases.analyst())
    work_until()

    text = Referral.objects.get(to="police").package

    assert "Somebody writes." in text
    assert "r@home.example" not in text
    assert analyst.email not in text and str(analyst.pk) not in text


def test_what_other_stages_know_of_the_host_is_in_the_package(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = {"trace": {"country": "NL"}, "notices": ["not for the package"]}
    panel = panels.Panel("test", 99, "none.html", lambda request, case: None, lambda case: trace)
    monkeypatch.setitem(panels._panels, "test", panel)
    cases.confirm(cases.page_case(URL))
    work_until()

    facts = json.loads(Referral.objects.get().package)["facts"]

    assert facts["trace"] == {"country": "NL"}
    assert "notices" not in facts


def test_the_authority_is_told_by_a_mail_that_carries_no_fact_of_the_case(
    home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison", email="liaison@police.test")
    someone("child_protection_officer", email="officer@care.test")
    cases.confirm(case := cases.page_case(URL))

    work_until()

    (to, mail), number = post.arrived[0], Referral.objects.get().number
    assert [name for name, _ in post.arrived] == [to] == ["liaison@police.test"]
    assert number in str(mail["Subject"])
    assert mail["Message-ID"] == f"<referral.{Message.objects.get().pk}@localhost>"
    assert "shapes" not in mail.as_string() and str(case.pk) not in mail.as_string()


def test_a_real_home_tells_nobody_before_a_mandate_and_says_why(
    real_home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison")
    cases.confirm(cases.page_case(URL))

    work_until()

    message = Message.objects.get()
    assert post.arrived == []
    assert (message.state, message.why_not) == ("queued", "closed_no_mandate")
    assert "closed: no mandate" in str(tell.WHY_NOT[message.why_not])


def test_a_message_that_had_to_wait_leaves_once_it_may(
    home: None, work_until: Work, someone: Someone, post: Post, settings: Any
) -> None:
    from dataclasses import replace

    server = settings.NIGHTLIGHT.mail
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=None)
    someone("police_liaison")
    cases.confirm(cases.page_case(URL))
    work_until()
    waiting = Message.objects.get().why_not

    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=server)
    tell.tell_again()
    work_until()

    assert waiting == "no_mail_server"
    assert len(post.arrived) == 1


def test_a_mail_that_was_refused_for_now_is_sent_later_and_once(
    home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison")
    cases.confirm(cases.page_case(URL))
    post.answer = "451 later"
    work_until()
    before = Message.objects.get().state

    post.answer = "250 taken"
    due.Work.objects.update(not_before=None)
    work_until()

    assert before == "queued"
    assert len(post.arrived) == 1
    assert Message.objects.get().state == "sent"


def test_a_mail_that_was_refused_for_good_is_named_so(
    home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison")
    cases.confirm(cases.page_case(URL))
    post.answer = "550 no"

    work_until()

    assert Message.objects.get().state == "refused"


def test_a_mail_whose_end_is_unknown_is_never_sent_again(
    home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison")
    cases.confirm(cases.page_case(URL))
    post.hang_up = True
    work_until()

    post.hang_up = False
    tell.tell_again()
    due.enqueue("referral.tell", message=Message.objects.get().pk)
    work_until()

    assert post.arrived == []
    assert Message.objects.get().state == "in_doubt"


def test_a_message_found_half_sent_after_a_crash_is_not_sent_again(
    home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison")
    cases.confirm(cases.page_case(URL))
    verbs.prepare(Case.objects.get().pk)
    Message.objects.update(state="sending")

    work_until()

    assert post.arrived == []
    assert Message.objects.get().state == "in_doubt"


def test_while_a_case_is_held_nothing_is_prepared_and_afterwards_it_is(home: None, work_until: Work) -> None:
    case = cases.page_case(URL)
    cases.confirm(case)
    until = clock.now() + timedelta(days=2)
    holds.place(case.pk, until, "file 7", cases.analyst("police_liaison"))
    work_until()
    during = Referral.objects.count()

    work_until(until)

    assert during == 0
    assert _given() == ["police"]


def test_a_correction_withdraws_the_referral_and_tells_those_who_were_told(
    home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison", email="liaison@police.test")
    case = cases.page_case(URL)
    cases.confirm(case)
    work_until()

    cases.correct(case)
    work_until()

    number = Referral.objects.get().number
    assert Referral.objects.get().state == "withdrawn"
    assert post.subjects() == [f"Referral {number} is ready", f"Referral {number} is withdrawn"]
    assert "shapes" not in post.arrived[1][1].as_string()


def test_who_was_never_told_is_not_told_of_a_withdrawal(
    home: None, work_until: Work, someone: Someone, post: Post, settings: Any
) -> None:
    from dataclasses import replace

    server = settings.NIGHTLIGHT.mail
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=None)
    someone("police_liaison")
    case = cases.page_case(URL)
    cases.confirm(case)
    work_until()
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=server)

    cases.correct(case)
    work_until()

    assert post.arrived == []
    assert Message.objects.get().state == "dropped"


def test_a_case_confirmed_anew_after_a_correction_is_given_anew(
    home: None, work_until: Work, someone: Someone, post: Post
) -> None:
    someone("police_liaison")
    case = cases.page_case(URL)
    cases.confirm(case)
    work_until()
    cases.correct(case)
    work_until()
    states.move(case, State.OPEN)

    cases.confirm(case)
    work_until()

    assert (Referral.objects.get().state, Referral.objects.get().version) == ("ready", 2)
    assert [subject.split()[-1] for subject in post.subjects()] == ["ready", "withdrawn", "ready"]


def test_fetching_is_an_entry_of_the_log_with_its_purpose(home: None, work_until: Work) -> None:
    cases.confirm(cases.page_case(URL))
    work_until()
    reader = cases.analyst("police_liaison")

    verbs.fetch(Referral.objects.get().pk, reader)

    entry = Entry.objects.get(verb="referral.fetch")
    assert (entry.actor, entry.purpose) == (f"person:{reader.pk}", "police")
    assert Referral.objects.get().state == "fetched"


def test_a_withdrawn_referral_can_not_be_fetched(home: None, work_until: Work) -> None:
    case = cases.page_case(URL)
    cases.confirm(case)
    work_until()
    cases.correct(case)
    work_until()

    with pytest.raises(verbs.Refused):
        verbs.fetch(Referral.objects.get().pk, cases.analyst("police_liaison"))


def test_a_referral_is_fetched_before_it_is_acknowledged(home: None, work_until: Work) -> None:
    cases.confirm(cases.page_case(URL))
    work_until()
    found, reader = Referral.objects.get().pk, cases.analyst("police_liaison")

    with pytest.raises(verbs.Refused):
        verbs.acknowledge(found, reader)
    verbs.fetch(found, reader)
    verbs.acknowledge(found, reader)

    assert Referral.objects.get().state == "acknowledged"


def test_referrals_are_numbered_without_repeats(home: None, work_until: Work) -> None:
    for letter in "abc":
        cases.confirm(cases.page_case(f"http://shapes.example/{letter}"))

    work_until()

    numbers = sorted(Referral.objects.values_list("number", flat=True))
    assert numbers == ["R-2026-0001", "R-2026-0002", "R-2026-0003"]
