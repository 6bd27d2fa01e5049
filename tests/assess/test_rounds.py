"""Whatever any people decide in whatever order, one person alone confirms no category A and lists no media."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.accounts.models import Person
from nightlight.assess import looks, verbs
from nightlight.assess.decision import Decision, GoldenRule, NotAllowed, NotNow, Refused
from nightlight.casebook.models import Assessment, Case
from nightlight.casebook.words import Outcome, Severity, State
from tests.assess.conftest import MakeCase, MakePerson, sha256s
from tests.examples import SHARED_FIXTURES

OUTCOMES = [Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.NOT_ILLEGAL]
looking = st.tuples(
    st.integers(0, 4),
    st.sampled_from(OUTCOMES),
    st.sampled_from([Severity.A, Severity.B]),
    st.sets(st.integers(0, 1)),
    st.booleans(),
)


class _Undo(Exception):
    """Ends one example, leaving no rows."""


@pytest.fixture
def five(someone: MakePerson) -> list[Person]:
    return [someone("senior_analyst" if number > 2 else "analyst") for number in range(5)]


@settings(max_examples=80, suppress_health_check=SHARED_FIXTURES)
@given(steps=st.lists(looking, max_size=8))
def test_one_person_alone_confirms_no_category_a_and_lists_no_media(
    make_case: MakeCase, five: list[Person], announced: list[tuple[str, Any]], steps: list[Any]
) -> None:
    try:
        with transaction.atomic():
            case = make_case(media=2)
            announced.clear()

            for who, outcome, severity, chosen, correcting in steps:
                _step(case, five[who], outcome, severity, chosen, correcting)

            _check(case, announced)
            raise _Undo
    except _Undo:
        pass


def _step(
    case: Case, by: Person, outcome: Outcome, severity: Severity, chosen: set[int], correcting: bool
) -> None:
    media = sha256s(case)
    try:
        if correcting and outcome != Outcome.CONFIRMED:
            verbs.correct(case.pk, by, outcome, "a reason")
        elif outcome == Outcome.CONFIRMED:
            verbs.decide(case.pk, by, Decision(outcome, severity, media=tuple(media[n] for n in chosen)))
        else:
            verbs.decide(case.pk, by, Decision(outcome))
    except (GoldenRule, NotAllowed, NotNow, Refused):
        return


def _check(case: Case, announced: list[tuple[str, Any]]) -> None:
    case.refresh_from_db()
    rows = list(Assessment.objects.filter(case=case).prefetch_related("media"))
    said = {look.by_id for look in rows if look.outcome == Outcome.CONFIRMED and look.severity == Severity.A}
    final = [look for look in rows if look.is_final and look.role in looks.LOOKS]
    if any(look.severity == Severity.A for look in final):
        assert len(said) >= 2
    for name, sha256 in announced:
        if name == "media_confirmed":
            choosers = {look.by_id for look in rows for media in look.media.all() if media.sha256 == sha256}
            assert len(choosers) >= 2
    assert len({(look.round, look.by_id) for look in rows if look.role in looks.LOOKS}) == len(
        [look for look in rows if look.role in looks.LOOKS]
    )
    if case.state == State.CONFIRMED:
        assert case.confirmed_at is not None
        assert ("case_confirmed", case.pk) in announced
