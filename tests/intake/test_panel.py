"""What the desk sees of the reports on a case, and what it never sees."""

from collections.abc import Callable

from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from nightlight.accounts.models import Person
from nightlight.casebook.models import Case
from nightlight.casebook.panels import all_panels
from nightlight.casebook.words import ReportKind
from nightlight.intake import panel
from nightlight.intake.verbs import Hash, receive
from nightlight.triage.verbs import sort

URL = "http://a.example/x"


def shown(case: Case, person: Person) -> str:
    request = RequestFactory().get("/")
    request.user = person
    context = panel.context(request, case)
    return "" if context is None else render_to_string("intake/panel.html", context)


def reported(text: str = "", *, url: str = URL) -> Case:
    received = receive(
        ReportKind.MATERIAL,
        urls=[url, "the blue square"] if url else ["the blue square"],
        text=text,
        hashes=[Hash("md5", "ab" * 16)],
        contact={"email": "someone@mail.example"},
    )
    sort(received.report.pk)
    return Case.objects.latest("pk")


def test_the_panel_is_registered() -> None:
    assert "reports" in [each.name for each in all_panels()]


def test_the_desk_sees_kinds_spellings_texts_and_what_was_not_understood(
    home: None, someone: Callable[..., Person]
) -> None:
    reported("first words")
    case = reported("second <b>words</b>", url="hxxp://a[.]example/x")

    content = shown(case, someone("analyst"))

    for expected in ("2 reports", "first words", "second &lt;b&gt;words", URL, "hxxp://a[.]example/x"):
        assert expected in content
    assert "the blue square" in content and "ab" * 16 in content


def test_a_case_about_a_report_alone_shows_that_report(home: None, someone: Callable[..., Person]) -> None:
    case = reported("only words", url="")

    assert "only words" in shown(case, someone("inspector"))


def test_a_reporters_contact_is_never_shown(home: None, someone: Callable[..., Person]) -> None:
    case = reported("words")

    content = shown(case, someone("analyst", "manager", "child_protection_officer"))

    assert "someone" not in content


def test_whoever_may_not_read_cases_sees_nothing(home: None, someone: Callable[..., Person]) -> None:
    case = reported("words")

    assert shown(case, someone("administrator")) == ""


def test_the_page_of_a_case_shows_the_panel(
    home: None, someone: Callable[..., Person], client: Client
) -> None:
    case = reported("words of the reporter")
    client.force_login(someone("analyst"))

    answer = client.get(f"/desk/cases/{case.pk}/")

    assert b"words of the reporter" in answer.content
