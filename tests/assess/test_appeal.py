"""Appeals: kept whatever they name, decided by somebody who had no part, undone everywhere when granted."""

from collections.abc import Callable
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.assess import appeal
from nightlight.assess.appeal_models import Appeal
from nightlight.assess.decision import NotAllowed
from nightlight.audit.models import Entry
from nightlight.casebook import events, finders, states
from nightlight.casebook.models import Assessment, Case
from nightlight.casebook.words import Outcome, State
from tests.casebook import cases

Work = Callable[..., int]
URL = "http://shapes.example/a"
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is announced about appeals, in order; no other stage listens."""
    cases.only("nobody", monkeypatch)
    said: list[str] = []
    for name in ("appeal_received", "delisting_asked", "delisting_ended", "case_corrected"):

        def hear(sender: object, name: str = name, **_: Any) -> None:
            said.append(name)

        getattr(events, name).connect(hear, weak=False)
    return said


@pytest.fixture
def case() -> Case:
    """A confirmed case."""
    made = cases.page_case(URL)
    cases.confirm(made)
    return made


def _appeal(**fields: Any) -> appeal.Made:
    return appeal.make(Appeal.Who.OWNER, "These are only shapes.", **{"address": URL, **fields})


def _manager() -> Person:
    return cases.analyst("manager")


def test_an_appeal_is_tied_to_the_case_of_its_address_in_any_spelling(
    case: Case, work_until: Work, heard: list[str]
) -> None:
    _appeal(address="hxxp://Shapes[.]example/a#top")

    work_until()

    assert Appeal.objects.get().case == case
    assert heard == ["appeal_received"]


def test_an_appeal_is_tied_to_the_case_that_its_serial_names(
    case: Case, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(finders._finders, "test", lambda text: [case.pk] if text == "N-2026-0001" else [])
    _appeal(address="", serial=" N-2026-0001 ")

    work_until()

    assert Appeal.objects.get().case == case


def test_an_appeal_that_names_nothing_we_know_is_kept_for_a_person(
    work_until: Work, heard: list[str]
) -> None:
    _appeal(address="http://unknown.example/")

    work_until()

    assert Appeal.objects.get().case is None
    assert heard == []


def test_a_person_finds_the_case_where_the_appeal_does_not_name_it(case: Case, work_until: Work) -> None:
    made = _appeal(address="my page")
    work_until()

    appeal.link(made.appeal.pk, str(case.pk), _manager())

    assert Appeal.objects.get().case == case


def test_an_appeal_by_itself_changes_nothing_of_the_case(case: Case, work_until: Work) -> None:
    before = case.state

    _appeal()
    work_until()

    case.refresh_from_db()
    assert case.state == before


@pytest.mark.parametrize("act", ["decide", "grant", "delist"])
def test_who_assessed_the_case_has_no_part_in_the_appeal(work_until: Work, act: str) -> None:
    senior = cases.analyst("senior_analyst")
    cases.confirm(cases.page_case(URL), cases.analyst(), senior)
    made = _appeal()
    work_until()
    acts = {
        "decide": lambda: appeal.decide(made.appeal.pk, senior, "It stands."),
        "grant": lambda: appeal.decide(made.appeal.pk, senior, "Granted.", outcome=Outcome.NOT_ILLEGAL),
        "delist": lambda: appeal.delist(made.appeal.pk, senior, meanwhile=True),
    }

    with pytest.raises(appeal.Involved):
        acts[act]()

    assert Appeal.objects.get().state == "open"
    assert not Appeal.objects.get().delisted


def test_an_appeal_needs_the_permission_to_decide_it(case: Case, work_until: Work) -> None:
    made = _appeal()
    work_until()

    with pytest.raises(NotAllowed):
        appeal.decide(made.appeal.pk, cases.analyst("analyst"), "It stands.")


def test_a_granted_appeal_corrects_the_decision_everywhere(
    case: Case, work_until: Work, heard: list[str]
) -> None:
    made, manager = _appeal(), _manager()
    work_until()

    appeal.decide(made.appeal.pk, manager, "You are right.", outcome=Outcome.NOT_ILLEGAL)

    case.refresh_from_db()
    last = case.assessments.order_by("-at", "-pk")[0]
    assert case.state == State.DISMISSED
    assert (last.role, last.outcome, last.by) == (Assessment.Role.APPEAL, Outcome.NOT_ILLEGAL, manager)
    assert heard == ["appeal_received", "case_corrected"]


def test_a_refused_appeal_is_a_recorded_answer_and_the_case_stays(case: Case, work_until: Work) -> None:
    made = _appeal()
    work_until()

    appeal.decide(made.appeal.pk, _manager(), "We looked again.")

    case.refresh_from_db()
    row = Appeal.objects.get()
    assert (row.state, row.answer) == ("rejected", "We looked again.")
    assert case.state == State.CONFIRMED


def test_an_appeal_is_decided_once(case: Case, work_until: Work) -> None:
    made = _appeal()
    work_until()
    appeal.decide(made.appeal.pk, _manager(), "We looked again.")

    with pytest.raises(appeal.NotNow):
        appeal.decide(made.appeal.pk, _manager(), "Granted.", outcome=Outcome.NOT_ILLEGAL)


def test_an_appeal_without_a_case_can_only_be_refused(work_until: Work) -> None:
    made = _appeal(address="http://unknown.example/")
    work_until()

    with pytest.raises(appeal.NotNow):
        appeal.decide(made.appeal.pk, _manager(), "Granted.", outcome=Outcome.NOT_FOUND)
    appeal.decide(made.appeal.pk, _manager(), "We never decided about this address.")

    assert Appeal.objects.get().state == "rejected"


def test_interim_delisting_lasts_until_the_decision(case: Case, work_until: Work, heard: list[str]) -> None:
    made, manager = _appeal(), _manager()
    work_until()

    appeal.delist(made.appeal.pk, manager, meanwhile=True)
    appeal.delist(made.appeal.pk, manager, meanwhile=True)
    appeal.decide(made.appeal.pk, manager, "We looked again.")

    assert heard == ["appeal_received", "delisting_asked", "delisting_ended"]


def test_another_open_appeal_keeps_the_case_off_the_lists(
    case: Case, work_until: Work, heard: list[str]
) -> None:
    first, second, manager = _appeal(), _appeal(), _manager()
    work_until()
    for made in (first, second):
        appeal.delist(made.appeal.pk, manager, meanwhile=True)

    appeal.decide(first.appeal.pk, manager, "We looked again.")
    after_first = list(heard)
    appeal.delist(second.appeal.pk, manager, meanwhile=False)

    assert "delisting_ended" not in after_first
    assert heard[-1] == "delisting_ended"


def test_a_held_case_is_not_corrected_by_an_appeal(case: Case, work_until: Work) -> None:
    from nightlight.assess.decision import NotNow

    made = _appeal()
    work_until()
    states.move(case, State.ON_HOLD)

    with pytest.raises(NotNow):
        appeal.decide(made.appeal.pk, _manager(), "Granted.", outcome=Outcome.NOT_ILLEGAL)

    assert Appeal.objects.get().state == "open"


def test_the_log_holds_nothing_of_what_the_appellant_wrote(case: Case, work_until: Work) -> None:
    _appeal(serial="N-2026-0001", contact="owner@home.example")

    work_until()

    entry = Entry.objects.get(verb="assess.appeal")
    assert (entry.actor, entry.facts) == ("appellant", {"who": "owner"})
