"""The lists follow what the desk really decides, corrects and is asked to look at again."""

from collections.abc import Callable

import pytest

from nightlight.assess import appeal, verbs
from nightlight.assess.appeal_models import Appeal
from nightlight.assess.decision import Decision
from nightlight.casebook.models import Case
from nightlight.casebook.words import Outcome, Severity
from nightlight.sharing.models import Entry
from tests.casebook import cases

Work = Callable[..., int]
URL = "http://shapes.example/a"


@pytest.fixture
def case(home: None) -> Case:
    """An open case with one medium."""
    made = cases.page_case(URL)
    cases.medium(made)
    return made


def _decide(case: Case) -> None:
    sha256 = case.location.sightings.get().media.sha256  # type: ignore[union-attr]
    decision = Decision(Outcome.CONFIRMED, Severity.B, media=(sha256,))
    verbs.decide(case.pk, cases.analyst(), decision)


def _listed() -> list[str]:
    found = Entry.objects.filter(state=Entry.State.LISTED).values_list("type", flat=True)
    return sorted(found)


def test_nothing_is_listed_after_one_look_and_everything_after_two(case: Case, work_until: Work) -> None:
    _decide(case)
    work_until()
    after_one = _listed()

    _decide(case)
    work_until()

    assert after_one == []
    assert _listed() == ["md5", "pdq", "sha1", "sha256", "url"]


def test_a_correction_by_the_desk_empties_the_lists(case: Case, work_until: Work) -> None:
    _decide(case)
    _decide(case)
    work_until()

    verbs.correct(case.pk, cases.analyst("manager"), Outcome.NOT_ILLEGAL, "Only shapes.")
    work_until()

    assert _listed() == []


def test_an_appeal_takes_the_case_off_meanwhile_and_puts_it_back_when_refused(
    case: Case, work_until: Work
) -> None:
    _decide(case)
    _decide(case)
    made = appeal.make(Appeal.Who.OWNER, "Only shapes.", address=URL)
    work_until()
    manager = cases.analyst("manager")

    appeal.delist(made.appeal.pk, manager, meanwhile=True)
    work_until()
    meanwhile = _listed()
    appeal.decide(made.appeal.pk, manager, "We looked again.")
    work_until()

    assert meanwhile == []
    assert _listed() == ["md5", "pdq", "sha1", "sha256", "url"]
