"""What lines put into the ledger said directly, and asked day by day: the same."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.casebook.words import Outcome
from nightlight.stats import cells, line_changes, units
from nightlight.stats.line import CAME_BACK
from nightlight.stats.units import Version

FIRST = datetime(2020, 1, 1, tzinfo=UTC)

moments = st.integers(0, 20 * 24).map(lambda hours: FIRST + timedelta(hours=hours))
perhaps = st.one_of(st.none(), moments)
days = moments.map(lambda at: at.date())
rows = st.fixed_dictionaries(
    {
        "known_on": st.one_of(st.none(), st.none(), st.none(), days),
        "until": st.none(),
        "page": st.booleans(),
        "received_at": moments,
        "source": st.sampled_from(["public", "police"]),
        "kind": st.just("material"),
        "assessed_at": perhaps,
        "outcome": st.sampled_from(["", Outcome.CONFIRMED.value, Outcome.CONFIRMED.value, "not_illegal"]),
        "severity": st.sampled_from("AB"),
        "age": st.sampled_from(["", "11-13"]),
        "sex": st.just("girls"),
        "made_by": st.just(""),
        "self_generated": st.booleans(),
        "live_stream": st.booleans(),
        "ai_generated": st.just(False),
        "commercial": st.just(False),
        "site_type": st.just(""),
        "country": st.sampled_from(["", "NL"]),
        "first_notice_at": perhaps,
        "removed_at": perhaps,
        "outcomes": st.lists(st.tuples(days.map(str), st.just("arrest"), st.integers(1, 3)), max_size=2),
    }
)
back = st.just("0" * 8 + "-0000" * 3 + "-" + "0" * 12 + CAME_BACK)


@given(st.lists(rows, min_size=1, max_size=3), st.one_of(st.just("line-"), back))
@settings(max_examples=300, deadline=None)
def test_lines_put_in_what_their_states_day_by_day_give(some: list[dict[str, Any]], name: str) -> None:
    versions = [Version(ref=f"{name}{number}", number=1, **row) for number, row in enumerate(some)]

    found = line_changes.of(versions)
    undone: Counter[cells.Key] = Counter(found)
    line_changes.add(undone, versions, -1)

    assert found == cells.differences((day, units.state(versions, None, day)) for day in units.days(versions))
    assert not any(undone.values())
