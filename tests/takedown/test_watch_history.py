"""Whatever looks say and whenever they are taken, a Case is gone only by three that agree, six hours apart, after a
first look. Runs the recording itself, on the database, for any history."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.casebook import states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import looks, watch
from nightlight.takedown.looks import Seen
from nightlight.takedown.models import Check
from nightlight.takedown.verdict import Reason
from nightlight.work import clock
from nightlight.work.models import Work
from tests.examples import SHARED_FIXTURES
from tests.takedown.small_web import case_about, traced

SIX_HOURS = timedelta(hours=6)  # the contract's, not the code's

# Minutes passed before a look, and what it says.
histories = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 60, 300, 359, 360, 361, 720, 24 * 60]),
        st.one_of(st.just(Check.State.GONE), st.sampled_from(list(Check.State))),
    ),
    min_size=1,
    max_size=14,
)


@pytest.mark.usefixtures("home")
@settings(max_examples=25, suppress_health_check=SHARED_FIXTURES)
@given(first=st.sampled_from([Check.State.UP, Check.State.CANNOT_TELL, Check.State.GONE]), history=histories)
def test_a_case_is_gone_only_by_three_agreeing_looks_six_hours_apart(
    first: Check.State, history: list[tuple[int, Check.State]]
) -> None:
    with transaction.atomic():
        case = case_about("http://album.test/a/7")
        traced(case)
        taken = [_look(case, first, before_notice=True)]
        for minutes, state in history:
            clock.run(clock.now() + timedelta(minutes=minutes), None)
            taken.append(_look(case, state, before_notice=False))
            if case.gone_at or case.episode > 1:
                break

        _is_right(case, [check for check in taken if check])

        transaction.set_rollback(True)


def _look(case: Case, state: Check.State, *, before_notice: bool) -> Check | None:
    """Records one look that says this, as the worker would, its work taken from the queue."""
    seen = Seen(
        clock.now(),
        case.episode,
        state,
        Reason.FIRST,
        first=before_notice,
        shows=state == Check.State.UP,
        status=200,
    )
    before = set(Check.objects.values_list("pk", flat=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looks, "take", lambda case: seen)
        record = (watch.first_look if before_notice else watch.look)(str(case.pk))
        Work.objects.filter(task__in=("takedown.look", "takedown.first_look")).delete()
        record()
    if case.state == State.WAITING:
        states.move(case, State.CONFIRMED)
    case.refresh_from_db()
    return Check.objects.exclude(pk__in=before).first()


def _is_right(case: Case, taken: list[Check]) -> None:
    """What must hold after any history, told from the looks alone."""
    row: list[Check] = []
    for check in taken[1:]:
        if check.state == Check.State.GONE:
            if not row or check.at - row[-1].at >= SIX_HOURS:
                row.append(check)
        elif check.state != Check.State.CANNOT_TELL:
            row = []
    assert taken[0].kind == Check.Kind.FIRST
    assert (case.state == State.GONE) == (len(row) >= 3)
    if case.state == State.GONE:
        assert case.gone_at == row[0].at
        assert taken[0].at <= row[0].at
    assert Work.objects.filter(task="takedown.look").count() == 1
