"""What is exported and imported again gives the same numbers, in every table whose dimensions a line carries."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.audit import triggers
from nightlight.casebook.models import Allegation, Assessment, Case, Report
from nightlight.casebook.words import Outcome, Source
from nightlight.referral.models import Outcome as Answer
from nightlight.stats import line, out, past, recount
from nightlight.stats.books import Books
from nightlight.stats.ledger_models import Change, Counted, Mark, MonthChange
from nightlight.stats.past_models import PastLine
from nightlight.stats.tables import TABLES
from nightlight.takedown.models import Check, Notice, NoticeCase, Trace
from tests.examples import SHARED_FIXTURES
from tests.stats.conftest import History, noon
from tests.stats.lines import a_line, bring

START = date(2020, 1, 1)
LAST = date(2030, 12, 31)
CARRIED = (
    *("headline", "reports_by_month", "receipts", "years", "sources", "outcomes", "severity", "age_by_sex"),
    *("age_by_made_by", "age_by_severity", "sex_by_severity", "contact", "marks", "made_by", "site_types"),
    *("countries", "hosting", "removal", "takedown", "come_backs", "police_outcomes"),
    "police_outcomes_by_month",
)
verdicts = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from([Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.NOT_ILLEGAL]),
        "severity": st.sampled_from(["A", "B"]),
        "age": st.sampled_from(["7-10", "11-13"]),
        "made_by": st.sampled_from(["adult_present", "child_alone_directed"]),
        "self_generated": st.booleans(),
        "ai_generated": st.booleans(),
    }
)
histories = st.lists(
    st.fixed_dictionaries(
        {
            "verdicts": st.lists(verdicts, max_size=3),
            "after": st.lists(st.sampled_from(["notice", "gone", "back"]), max_size=6),
            "answers": st.integers(0, 2),
            "country": st.sampled_from(["", "NL"]),
        }
    ),
    min_size=1,
    max_size=3,
)
reports = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.sampled_from([Source.PUBLIC, Source.POLICE]),
        st.sets(st.integers(0, 2)),
    ),
    min_size=1,
    max_size=5,
)


@given(pages=histories, sent=reports)
@settings(max_examples=15, suppress_health_check=SHARED_FIXTURES)
def test_what_is_exported_and_imported_again_gives_the_same_numbers(
    history: History, pages: list[dict[str, Any]], sent: list[Any]
) -> None:
    with transaction.atomic():
        _happens(history, pages, sent)
        bring(a_line("old", "2019-03-01"), a_line("group", unit="newsgroup", url="alt.example"))
        before, exported = _numbers(), _exported()
        _empty()

        done = past.bring(exported, lambda number, reason: pytest.fail(reason))

        again, differing = past.bring(exported, print), recount.compare(LAST)
        after, once_more = _numbers(), _exported()
        transaction.set_rollback(True)

    assert (done.new, done.corrected, again.same) == (len(exported), 0, len(exported))
    assert after == before
    assert differing == []
    assert sorted(once_more) == sorted(exported)


def test_a_page_that_came_back_is_exported_as_an_episode_and_no_report(history: History) -> None:
    page = {"verdicts": [{"outcome": Outcome.CONFIRMED, "severity": "A"}], "answers": 0, "country": "NL"}
    _happens(history, [page | {"after": ["gone", "back", "notice"]}], [(1, Source.PUBLIC, {0})])

    first, again = out.lines()

    assert (first.removed_at is None, again.removed_at, again.first_notice_at is None) == (False, None, False)
    assert line.tells_come_back(again.id)
    assert not line.tells_come_back("2019/came-back/2")


def _happens(history: History, pages: list[dict[str, Any]], sent: list[Any]) -> None:
    named: list[list[Report]] = [[] for _ in pages]
    for offset, source, which in sorted(sent, key=lambda each: each[0]):
        report = history.reports(START + timedelta(days=offset), source=source)[0]
        for number in sorted(which):
            if number < len(pages):
                named[number].append(report)
    for page, about in zip(pages, named, strict=True):
        if about:
            _page(history, page, about)


def _page(history: History, page: dict[str, Any], about: list[Report]) -> None:
    case = history.case(about[0].received_at.date(), country=page["country"])
    for report in about:
        assert case.location
        Allegation.objects.create(report=report, location=case.location, at=report.received_at)
    day = about[0].received_at.date()
    for verdict in page["verdicts"]:
        day += timedelta(days=2)
        plain = {"outcome": verdict["outcome"]}
        history.decide(case, day, **(verdict if verdict["outcome"] == Outcome.CONFIRMED else plain))
    for what in page["after"] if page["verdicts"] else ():
        day += timedelta(days=3)
        _after(case, what, day)
    for _ in range(page["answers"]):
        day += timedelta(days=1)
        Answer.objects.create(case=case, day=day, what="arrest", count=2, by=history.analyst, at=noon(day))


def _after(case: Case, what: str, day: date) -> None:
    if what == "notice" and not NoticeCase.objects.filter(case=case, episode=case.episode).exists():
        at = noon(day)
        notice = Notice.objects.create(
            serial=f"N-{Notice.objects.count()}",
            role=Notice.Role.HOST,
            leave_at=at,
            created_at=at,
            sent_at=at,
        )
        NoticeCase.objects.create(
            notice=notice, case=case, episode=case.episode, recipient_index="x", step="notice"
        )
        Trace.objects.create(case=case, at=at, country="FR", is_current=False)
    elif what == "gone" and not case.gone_at:
        Check.objects.create(case=case, episode=case.episode, at=noon(day), state=Check.State.GONE)
        case.gone_at = noon(day)
        case.save()
    elif what == "back" and case.gone_at:
        Check.objects.create(case=case, episode=case.episode, at=noon(day), state=Check.State.UP)
        case.gone_at, case.episode = None, case.episode + 1
        case.save()


def _numbers() -> dict[str, Any]:
    found = {}
    months = [date(2019, 1, 1), *(date(2020, month, 1) for month in range(1, 13)), date(2021, 1, 1)]
    for name in CARRIED:
        rows = [TABLES[name].count(Books(None, None, LAST))]
        rows += [TABLES[name].count(Books(a, b - timedelta(days=1), LAST)) for a, b in pairwise(months[:5])]
        found[name] = rows
    return found


def _exported() -> list[bytes]:
    return [line.write(row).encode() for row in out.lines()]


def _empty() -> None:
    with connection.cursor() as cursor:
        triggers.lift(connection, Assessment._meta.db_table)
        for table in (NoticeCase, Notice, Check, Trace, Answer, Assessment, Allegation, Case, Report):
            cursor.execute(f"DELETE FROM {table._meta.db_table}")  # noqa: S608
        for table in (PastLine, Change, MonthChange, Counted, Mark):
            cursor.execute(f"DELETE FROM {table._meta.db_table}")  # noqa: S608
        triggers.guard(connection, Assessment._meta.db_table, ("id",))
