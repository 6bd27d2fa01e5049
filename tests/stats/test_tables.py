"""The published tables: each equals a recount by hand, as known on any day."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.casebook.models import Allegation, Case
from nightlight.casebook.words import Age, Outcome, Severity, Sex, SiteType, Source
from nightlight.referral.models import Outcome as Answer
from nightlight.referral.models import Referral
from nightlight.stats.books import Books
from nightlight.stats.tables import TABLES
from nightlight.takedown.models import Check, Notice, NoticeCase, Trace
from tests.casebook import cases
from tests.examples import SHARED_FIXTURES
from tests.stats.conftest import History, noon

NEW_YEAR = date(2020, 1, 1)
AS_OF = date(2020, 12, 31)


def _count(table: str, first: date | None = None, last: date | None = None, as_of: date = AS_OF) -> Any:
    return TABLES[table].count(Books(first, last, as_of))


days = st.integers(0, 300).map(lambda n: NEW_YEAR + timedelta(days=n))
decisions = st.tuples(
    days,
    st.sampled_from([Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.NOT_ILLEGAL, Outcome.NOT_FOUND]),
    st.sampled_from(Severity.values),
    st.sampled_from(Age.values),
    st.sampled_from(Sex.values),
    st.sampled_from(SiteType.values),
    st.booleans(),
)
case_histories = st.lists(st.lists(decisions, min_size=1, max_size=3), max_size=6)


@given(histories=case_histories, first=days, length=st.integers(0, 200), as_of=days)
@settings(max_examples=25, suppress_health_check=SHARED_FIXTURES)
def test_a_recount_by_hand_equals_the_tables(
    history: History, histories: list[list[Any]], first: date, length: int, as_of: date
) -> None:
    last = first + timedelta(days=length)
    with transaction.atomic():
        for number, looks in enumerate(histories):
            case = history.case(NEW_YEAR)
            for day, outcome, severity, age, sex, site, own in sorted(looks, key=lambda look: look[0]):
                grades = {
                    "severity": severity,
                    "age": age,
                    "sex": sex,
                    "site_type": site,
                    "self_generated": own,
                }
                history.decide(case, day, outcome, **(grades if outcome == Outcome.CONFIRMED else {}))
            history.reports(looks[0][0], number + 1)
        counted = {
            name: _count(name, first, last, as_of)
            for name in ("severity", "age_by_sex", "site_types", "outcomes", "made_by", "reports_by_month")
        }
        transaction.set_rollback(True)

    standing = _by_hand(histories, first, last, as_of)
    assert _pairs(counted["severity"], "severity") == Counter(look[2] for look in standing)
    assert _pairs(counted["site_types"], "site_type") == Counter(look[5] for look in standing)
    assert {
        (row["age"], sex): row[sex] for row in counted["age_by_sex"] for sex in Sex.values if row[sex]
    } == (Counter((look[3], look[4]) for look in standing))
    assert counted["made_by"][-1]["count"] == sum(look[6] for look in standing)
    decided = [known[-1][1] for known in _known(histories, as_of) if first <= _counts_on(known) <= last]
    assert _pairs(counted["outcomes"], "outcome") == Counter(decided)
    expected = sum(
        number + 1
        for number, looks in enumerate(histories)
        if first <= looks[0][0] <= last and looks[0][0] <= as_of
    )
    assert sum(row["public"] for row in counted["reports_by_month"]) == expected


def _known(histories: list[list[Any]], as_of: date) -> list[list[Any]]:
    """The decisions of each case that were known, oldest first."""
    ordered = [sorted(looks, key=lambda look: look[0]) for looks in histories]
    known = [[look for look in looks if look[0] <= as_of] for looks in ordered]
    return [looks for looks in known if looks]


def _counts_on(known: list[Any]) -> date:
    """The first day that confirmed it if it stands confirmed, else the day of the first decision."""
    if known[-1][1] == Outcome.CONFIRMED:
        return next(look[0] for look in known if look[1] == Outcome.CONFIRMED)
    return known[0][0]


def _by_hand(histories: list[list[Any]], first: date, last: date, as_of: date) -> list[Any]:
    """The decision that stands of each case that counts as confirmed in the period."""
    return [
        looks[-1]
        for looks in _known(histories, as_of)
        if looks[-1][1] == Outcome.CONFIRMED
        and first <= next(look[0] for look in looks if look[1] == Outcome.CONFIRMED) <= last
    ]


def _pairs(rows: list[dict[str, Any]], name: str) -> dict[str, int]:
    return {row[name]: row["count"] for row in rows if row["count"]}


def test_shares_add_up_to_the_whole_and_are_not_rounded(history: History) -> None:
    history.confirmed("2020-02-01", 1, severity="A")
    history.confirmed("2020-02-01", 2, severity="C")

    rows = _count("severity")

    assert [row["share"] for row in rows] == [1 / 3, 0, 2 / 3, 0]


def test_months_without_a_report_are_in_the_table(history: History) -> None:
    history.reports("2019-12-31")
    history.reports("2020-02-01", 2, source=Source.HOTLINE)

    rows = _count("reports_by_month")

    assert [(row["month"], row["public"], row["hotline"], row["total"]) for row in rows] == [
        ("2019-12", 1, 0, 1),
        ("2020-01", 0, 0, 0),
        ("2020-02", 0, 2, 2),
    ]


def test_what_became_of_the_reports_follows_every_address_they_named(history: History) -> None:
    right, wrong, open_ = (
        history.confirmed("2020-02-01")[0],
        history.case("2020-02-01"),
        history.case("2020-02-01"),
    )
    history.decide(wrong, "2020-02-02", Outcome.NOT_ILLEGAL)
    reports = history.reports("2020-02-01", 3)
    for report, named in zip(reports, ([right, wrong], [wrong], [open_]), strict=True):
        for case in named:
            Allegation.objects.create(report=report, location=case.location, at=noon("2020-02-01"))

    public = _count("receipts")[0]

    assert public == {
        "source": "public",
        "received": 4,  # one of the three reports named two addresses
        "decided": 3,
        "confirmed": 1,
        "share": 1 / 3,
        "withdrawn": 0,
    }


def _trace(case: Case, day: str, country: str, of: str = Trace.Of.PAGE) -> None:
    Trace.objects.filter(case=case).update(is_current=False)
    Trace.objects.create(case=case, at=noon(day), of=of, country=country)


def test_a_page_counts_where_it_was_hosted_first_and_behind_a_relay_at_its_true_host(
    history: History,
) -> None:
    moved, relayed, untraced = history.confirmed("2020-02-01", 3)
    _trace(moved, "2020-02-01", "NL")
    _trace(moved, "2020-03-01", "FR")
    _trace(relayed, "2020-02-01", "US")
    _trace(relayed, "2020-02-02", "DE", Trace.Of.TRUE_HOST)

    rows = _count("countries")

    assert untraced.country == ""
    assert {row["country"]: row["count"] for row in rows} == {"NL": 1, "DE": 1, "unknown": 1}


def _notice(case: Case, sent: datetime, episode: int = 1, step: str = Notice.Step.NOTICE) -> Notice:
    notice = Notice.objects.create(
        serial=f"N-{Notice.objects.count()}",
        role=Notice.Role.HOST,
        step=step,
        leave_at=sent,
        created_at=sent,
        sent_at=sent,
    )
    NoticeCase.objects.create(notice=notice, case=case, episode=episode, recipient_index="x", step=step)
    return notice


def _removed(case: Case, at: datetime) -> None:
    case.gone_at = at
    case.save()


def test_removal_is_counted_by_both_clocks_and_never_mixed(history: History) -> None:
    quick, slow, up = history.confirmed("2020-02-01", 3)
    received = noon("2020-02-01")
    for case in (quick, slow, up):
        _notice(case, received + timedelta(hours=20))
    _removed(quick, received + timedelta(hours=30))
    _removed(slow, received + timedelta(days=9))

    receipt, _, notice, _ = _count("removal")

    assert (receipt["clock"], receipt["within_24_hours"], receipt["within_3_days"]) == ("receipt", 0, 1)
    assert (notice["clock"], notice["within_24_hours"], notice["within_3_days"]) == ("notice", 1, 1)
    assert (receipt["removed"], receipt["still_up"], receipt["pages"]) == (2, 1, 3)
    assert (receipt["median_hours"], notice["median_hours"]) == (216, 196)


def test_the_median_is_unknown_while_the_page_in_the_middle_is_up(history: History) -> None:
    gone, *_ = history.confirmed("2020-02-01", 3)
    _removed(gone, noon("2020-02-02"))

    receipt = _count("removal")[0]

    assert receipt["median_hours"] is None


def test_a_page_that_was_gone_before_any_notice_has_no_notice_clock(history: History) -> None:
    never, before = history.confirmed("2020-02-01", 2)
    _removed(never, noon("2020-02-02"))
    _removed(before, noon("2020-02-02"))
    _notice(before, noon("2020-02-03"))

    notice = _count("removal")[2]

    assert notice["pages"] == 0


def test_a_removal_after_the_day_is_not_known_yet(history: History) -> None:
    case = history.confirmed("2020-02-01")[0]
    _removed(case, noon("2020-02-05"))

    before, after = _count("removal", as_of=date(2020, 2, 4))[0], _count("removal", as_of=date(2020, 2, 5))[0]

    assert (before["still_up"], after["still_up"]) == (1, 0)


def test_a_come_back_is_an_episode_of_its_own_and_adds_no_case(history: History) -> None:
    case = history.confirmed("2020-02-01")[0]
    looks = [("2020-02-02", "up"), ("2020-02-03", "gone"), ("2020-02-04", "gone"), ("2020-02-20", "up")]
    for day, state in looks:
        Check.objects.create(case=case, episode=1, at=noon(day), state=state)
    case.episode = 2
    case.save()

    first, returned, _, _ = _count("removal")

    assert (first["removed"], first["median_hours"]) == (1, 48)
    assert (returned["episode"], returned["still_up"]) == ("came_back", 1)
    assert _count("come_backs") == [{"month": "2020-02", "come_backs": 1}]
    assert sum(row["count"] for row in _count("severity")) == 1


def test_notices_count_on_the_day_they_left(history: History) -> None:
    case = history.confirmed("2020-02-01")[0]
    _notice(case, noon("2020-02-01"))
    _notice(case, noon("2020-03-01"), step=Notice.Step.REMINDER)

    host = _count("notices", last=date(2020, 2, 28))[0]

    assert (host["to"], host["notice"], host["reminder"], host["total"]) == ("host", 1, 0, 1)


def test_referrals_and_answers_are_known_on_the_day_they_were_recorded(history: History) -> None:
    case, at = history.confirmed("2020-02-01")[0], noon("2020-02-01")
    Referral.objects.create(
        number="R-1", case=case, episode=1, to="police", prepared_at=at, fetched_at=noon("2020-02-09")
    )
    Answer.objects.create(
        case=case, day=date(2020, 2, 5), what="arrest", count=2, by=cases.analyst(), at=noon("2020-02-08")
    )

    early, late = date(2020, 2, 7), date(2020, 2, 9)

    assert [_count("referrals", as_of=day)[0]["fetched"] for day in (early, late)] == [0, 1]
    assert [_count("police_outcomes", as_of=day)[0]["count"] for day in (early, late)] == [0, 2]


def test_corrections_are_told_by_month_and_kind(history: History) -> None:
    own, asked = history.confirmed("2020-02-01", 2)
    history.decide(own, "2020-03-01", Outcome.NOT_ILLEGAL, role="correction")
    history.decide(asked, "2020-04-01", Outcome.NOT_ILLEGAL, role="appeal")

    assert _count("corrections") == [
        {"month": "2020-03", "correction": 1, "appeal": 0},
        {"month": "2020-04", "correction": 0, "appeal": 1},
    ]


def test_every_table_has_its_rule_in_words_and_counts_an_empty_home(home: None) -> None:
    for name, table in TABLES.items():
        assert str(table.title) and str(table.rule), name
        assert isinstance(table.count(Books(None, None, AS_OF)), list)
