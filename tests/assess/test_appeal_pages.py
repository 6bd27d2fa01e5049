"""The pages of appeals: what an appellant meets, and what the desk does."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import appeal, appeal_views
from nightlight.assess.appeal_models import Appeal
from nightlight.audit.models import Entry
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from tests.casebook import cases

Work = Callable[..., int]
GIVEN = {
    "who": "owner",
    "address": "http://shapes.example/a",
    "reasons": "These are only shapes.",
    "contact": "owner@home.example",
}
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other stage listens."""
    cases.only("nobody", monkeypatch)


@pytest.fixture
def case() -> Case:
    """A confirmed case."""
    made = cases.page_case("http://shapes.example/a")
    cases.confirm(made)
    return made


def _reference(page: bytes) -> str:
    found = re.search(r"\d{4}-\d{4}-\d{4}-\d{4}", page.decode())
    assert found
    return found[0]


def test_an_appellant_gets_a_reference_and_reads_the_answer_with_it(
    client: Client, case: Case, work_until: Work
) -> None:
    sent = client.post("/appeal/", GIVEN)
    work_until()
    before = client.post("/appeal/", {"reference": _reference(sent.content)}).content.decode()
    appeal.decide(Appeal.objects.get().pk, cases.analyst("manager"), "We looked with fresh eyes.")

    after = client.post("/appeal/", {"reference": _reference(sent.content)}).content.decode()

    assert sent.status_code == 201
    assert "There is no answer yet" in before
    assert "We looked with fresh eyes." in after


@pytest.mark.parametrize("reference", ["", "1234", "0000-0000-0000-0000", "x" * 500])
def test_unknown_and_malformed_references_get_the_same_answer(client: Client, reference: str) -> None:
    answer = client.post("/appeal/", {"reference": reference})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": ""}, "address"),
        ({"reasons": ""}, "reasons"),
        ({"who": "anyone"}, "who"),
        ({"contact": "no address"}, "contact"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client: Client, change: dict[str, str], field: str) -> None:
    answer = client.post("/appeal/", {**GIVEN, **change})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Appeal.objects.count() == 0


def test_the_serial_of_a_notice_is_enough(client: Client) -> None:
    answer = client.post("/appeal/", {**GIVEN, "address": "", "serial": "N-2026-0001"})

    assert answer.status_code == 201


def test_a_post_from_another_site_is_refused(client: Client) -> None:
    answer = client.post("/appeal/", GIVEN, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert Appeal.objects.count() == 0


def test_with_limits_on_nobody_knocks_more_often_than_a_person_could(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, limits=True)
    monkeypatch.setattr(appeal_views, "MOST_AN_HOUR", 2)

    answers = [client.post("/appeal/", GIVEN).status_code for _ in range(3)]
    other = client.post("/appeal/", {"reference": "0000-0000-0000-0000"})

    assert answers == [201, 201, 429]
    assert other.status_code == 429


@pytest.fixture
def manager(client: Client, someone: Callable[..., Person]) -> Client:
    """A signed-in manager."""
    client.force_login(someone("manager"))
    return client


def test_the_desk_reads_and_grants_an_appeal(manager: Client, case: Case, work_until: Work) -> None:
    manager.post("/appeal/", GIVEN)
    work_until()
    found = Appeal.objects.get()

    listed = manager.get("/desk/appeals/").content.decode()
    page = manager.get(f"/desk/appeals/{found.pk}/").content.decode()
    manager.post(f"/desk/appeals/{found.pk}/decide/", {"outcome": "not_illegal", "answer": "You are right."})

    case.refresh_from_db()
    assert f"/desk/appeals/{found.pk}/" in listed
    assert "These are only shapes." in page
    assert case.state == State.DISMISSED
    assert Entry.objects.get(verb="assess.read_appeal").purpose == "appeal"


def test_an_answer_without_words_is_asked_for_again(manager: Client, case: Case, work_until: Work) -> None:
    manager.post("/appeal/", GIVEN)
    work_until()
    found = Appeal.objects.get()

    answer = manager.post(f"/desk/appeals/{found.pk}/decide/", {"outcome": "", "answer": ""})

    assert answer.status_code == 422
    assert Appeal.objects.get().state == "open"


def test_the_page_of_one_who_assessed_offers_no_decision(client: Client, work_until: Work) -> None:
    senior = cases.analyst("senior_analyst")
    cases.confirm(cases.page_case("http://shapes.example/a"), senior)
    client.post("/appeal/", GIVEN)
    work_until()
    found = Appeal.objects.get()
    client.force_login(senior)

    page = client.get(f"/desk/appeals/{found.pk}/").content.decode()
    client.post(f"/desk/appeals/{found.pk}/decide/", {"outcome": "", "answer": "It stands."})

    assert "Another person decides the appeal" in page
    assert f"/desk/appeals/{found.pk}/decide/" not in page
    assert Appeal.objects.get().state == "open"


def test_the_case_is_found_and_taken_off_the_lists_by_hand(
    manager: Client, case: Case, work_until: Work
) -> None:
    manager.post("/appeal/", {**GIVEN, "address": "my page"})
    work_until()
    found = Appeal.objects.get()

    manager.post(f"/desk/appeals/{found.pk}/link/", {"text": "http://shapes.example/a"})
    manager.post(f"/desk/appeals/{found.pk}/delist/", {"meanwhile": "yes"})

    assert Appeal.objects.get().case == case
    assert Appeal.objects.get().delisted


@pytest.mark.parametrize("role", ["analyst", "administrator", "inspector", "police_liaison"])
def test_others_may_not_see_appeals(client: Client, someone: Callable[..., Person], role: str) -> None:
    client.force_login(someone(role))

    answer = client.get("/desk/appeals/")

    assert answer.status_code == 403


def test_the_list_is_paged(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appeal_views, "PAGE", 1)
    for _ in range(2):
        manager.post("/appeal/", GIVEN)

    first = manager.get("/desk/appeals/")
    second = manager.get("/desk/appeals/", {"after": first.context["next"]})

    assert len({first.context["appeals"][0].pk, second.context["appeals"][0].pk}) == 2
    assert second.context["next"] is None


def test_the_case_page_names_its_appeals(manager: Client, case: Case, work_until: Work) -> None:
    manager.post("/appeal/", GIVEN)
    work_until()

    page = manager.get(f"/desk/cases/{case.pk}/").content.decode()

    assert f"/desk/appeals/{Appeal.objects.get().pk}/" in page
