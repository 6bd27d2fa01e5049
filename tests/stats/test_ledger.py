"""The ledger: the same numbers as a plain recount, whatever happened in whatever order, as of any day."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.assess.models import AskedLook
from nightlight.casebook.models import Allegation, Assessment, Case, Location, Media
from nightlight.casebook.words import Outcome, ReportKind, Source, State
from nightlight.referral.models import Outcome as Answer
from nightlight.referral.models import Referral
from nightlight.sharing.models import Change as ListChange
from nightlight.sharing.models import Entry
from nightlight.stats import ledger, marks, own, past, recount
from nightlight.stats.books import Books
from nightlight.stats.ledger_models import Change, Counted, Mark
from nightlight.stats.tables import TABLES
from nightlight.takedown.models import Answer as Said
from nightlight.takedown.models import Check, Notice, NoticeCase, Trace
from nightlight.work.ids import new_id
from tests.casebook import cases
from tests.examples import SHARED_FIXTURES
from tests.stats.conftest import History, noon
from tests.stats.lines import bring

NEW_YEAR = date(2020, 1, 1)
LAST = date(2021, 6, 30)

days = st.integers(0, 200).map(lambda n: NEW_YEAR + timedelta(days=n))
pages = st.integers(0, 2)
outcomes = st.sampled_from([Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.NOT_ILLEGAL, Outcome.DUPLICATE])
lines = st.fixed_dictionaries(
    {
        "id": st.sampled_from("pqrs"),
        "url": st.sampled_from([None, 0, 1, 2]),
        "received": days,
        "after": st.one_of(st.none(), st.integers(0, 30)),
        "outcome": outcomes,
        "noticed": st.one_of(st.none(), st.integers(0, 10)),
        "removed": st.one_of(st.none(), st.integers(0, 60)),
        "age": st.sampled_from(["7-10", "11-13"]),
        "source": st.sampled_from([Source.PUBLIC, Source.PROACTIVE]),
        "safeguarded": st.integers(0, 2),
    }
)
acts = st.one_of(
    st.tuples(st.just("line"), lines, days),
    st.tuples(st.just("decide"), pages, days, outcomes, st.booleans()),
    st.tuples(st.just("report"), pages, days, st.booleans()),
    st.tuples(st.just("notice"), pages, days),
    st.tuples(st.just("gone"), pages, days),
    st.tuples(st.just("back"), pages, days),
    st.tuples(st.just("trace"), pages, days, st.sampled_from(["NL", "FR"])),
    st.tuples(st.just("look"), pages, days, st.sampled_from(["up", "moved", "cannot_tell"])),
    st.tuples(st.just("said"), days, st.sampled_from(["disputed", "not_ours"])),
    st.tuples(st.just("answer"), pages, days),
    st.tuples(st.just("corrected"), pages, days, st.sampled_from(["correction", "appeal"])),
    st.tuples(st.just("twice"), pages, days, st.sampled_from("ABC-"), st.sampled_from("ABC-")),
    st.tuples(st.just("refer"), pages, days, st.sampled_from(["prepared", "fetched", "withdrawn"])),
    st.tuples(st.just("file"), pages, st.integers(0, 1)),
    st.tuples(st.just("listed"), pages, days, st.sampled_from(["put", "delete"])),
    st.tuples(st.just("count")),
)


class World:
    """Three addresses, to which everything happens."""

    def __init__(self, history: History, monkeypatch: pytest.MonkeyPatch) -> None:
        self.history, self.monkeypatch = history, monkeypatch
        self.cases: dict[int, Case] = {}

    def act(self, what: str, *details: Any) -> None:
        """One thing happens."""
        getattr(self, f"_{what}")(*details)

    def _line(self, line: dict[str, Any], recorded: date) -> None:
        received = noon(line["received"])
        values: dict[str, Any] = {"id": line["id"], "received_at": received, "source": line["source"]}
        if line["url"] is not None:
            values["url"] = f"http://page{line['url']}.example/"
        if line["after"] is not None:
            assessed = received + timedelta(days=line["after"])
            values |= {
                "assessed_at": assessed,
                "outcome": line["outcome"],
                "age": line["age"],
                "severity": "B",
            }
            if line["noticed"] is not None:
                values["first_notice_at"] = assessed + timedelta(days=line["noticed"])
            if line["removed"] is not None:
                values["removed_at"] = received + timedelta(days=line["removed"])
        if line["safeguarded"]:
            day = (line["received"] + timedelta(days=line["safeguarded"])).isoformat()
            values["outcomes"] = [{"day": day, "what": "child_safeguarded", "count": line["safeguarded"]}]
        self.monkeypatch.setattr(past, "clock", SimpleNamespace(now=lambda: noon(recorded)))
        assert bring(values).refused == 0

    def _decide(self, page: int, day: date, outcome: str, own_: bool) -> None:
        grades = {"self_generated": own_} if outcome == Outcome.CONFIRMED else {}
        self.history.decide(self._case(page), day, outcome, **grades)

    def _report(self, page: int, day: date, withdrawn: bool) -> None:
        report = self.history.reports(day)[0]
        location = self._case(page).location
        assert location
        Allegation.objects.create(report=report, location=location, at=noon(day))
        if withdrawn:
            report.withdrawn_at = noon(day) + timedelta(days=3)
            report.save()

    def _notice(self, page: int, day: date) -> None:
        case = self._case(page)
        if NoticeCase.objects.filter(case=case, episode=case.episode).exists():
            return
        at, serial = noon(day), f"N-{Notice.objects.count()}"
        notice = Notice.objects.create(serial=serial, role=Notice.Role.HOST, leave_at=at, created_at=at)
        NoticeCase.objects.create(
            notice=notice, case=case, episode=case.episode, recipient_index="x", step="notice"
        )
        notice.sent_at = at
        notice.save()

    def _gone(self, page: int, day: date) -> None:
        case = self._case(page)
        Check.objects.create(case=case, episode=case.episode, at=noon(day), state=Check.State.GONE)
        case.gone_at = case.gone_at or noon(day)
        case.save()

    def _back(self, page: int, day: date) -> None:
        case = self._case(page)
        if case.gone_at:
            Check.objects.create(case=case, episode=case.episode, at=noon(day), state=Check.State.UP)
            case.gone_at, case.episode = None, case.episode + 1
            case.save()

    def _trace(self, page: int, day: date, country: str) -> None:
        Trace.objects.filter(case=self._case(page)).update(is_current=False)
        Trace.objects.create(
            case=self._case(page), at=noon(day), country=country, provider_key=f"NET-{country}"
        )

    def _look(self, page: int, day: date, state: str) -> None:
        case = self._case(page)
        if not case.gone_at:
            Check.objects.create(case=case, episode=case.episode, at=noon(day), state=state)

    def _said(self, day: date, what: str) -> None:
        notice = Notice.objects.first()
        if notice and not notice.answers.filter(what=what).exists():
            Said.objects.create(notice=notice, what=what, at=noon(day))

    def _answer(self, page: int, day: date) -> None:
        by = self.history.analyst
        Answer.objects.create(case=self._case(page), day=day, what="arrest", count=2, by=by, at=noon(day))

    def _corrected(self, page: int, day: date, role: str) -> None:
        self.history.decide(self._case(page), day, Outcome.NOT_ILLEGAL, role=role)

    def _twice(self, page: int, day: date, *grades: str) -> None:
        case, other = self._case(page), cases.analyst()
        number = 100 + case.assessments.count()
        for by, role, grade in zip((self.history.analyst, other), ("first", "second"), grades, strict=True):
            found = Outcome.NOT_ILLEGAL if grade == "-" else Outcome.CONFIRMED
            look = Assessment.objects.create(
                case=case,
                by=by,
                role=role,
                at=noon(day),
                outcome=found,
                severity=grade.strip("-"),
                round=number,
            )
            if role == "first":
                AskedLook.objects.create(look=look, sampled=True)

    def _refer(self, page: int, day: date, step: str) -> None:
        case, at = self._case(page), noon(day)
        fresh = {"number": f"R-{Referral.objects.count()}", "prepared_at": at}
        row, _ = Referral.objects.get_or_create(case=case, episode=case.episode, to="police", defaults=fresh)
        if step != "prepared":
            setattr(row, f"{step}_at", max(at, row.prepared_at))
            row.save()

    def _file(self, page: int, number: int) -> None:
        mime = ("image/png", "video/mp4")[number]
        seen = {"mime": mime, "first_seen": noon(NEW_YEAR)}
        media, _ = Media.objects.get_or_create(sha256=f"{number:064x}", defaults=seen)
        decision = self._case(page).assessments.filter(is_final=True).order_by("-at", "-pk").first()
        if decision and decision.outcome == Outcome.CONFIRMED:
            decision.media.add(media)

    def _listed(self, page: int, day: date, op: str) -> None:
        case, at = self._case(page), noon(day)
        entry, _ = Entry.objects.get_or_create(
            location=case.location,
            defaults={"list_name": "urls", "type": "url", "case": case, "changed_at": at},
        )
        ListChange.objects.create(entry=entry, list_name="urls", op=op, at=at, audit_entry=new_id())

    def _count(self) -> None:
        own.count_marked()

    def _case(self, page: int) -> Case:
        if page not in self.cases:
            url, at = f"http://page{page}.example/", noon(NEW_YEAR)
            location = Location.objects.create(url=url, host=url, domain=url, tld="example", first_seen=at)
            values = {"kind": ReportKind.MATERIAL, "priority": 5, "changed_at": at, "received_at": at}
            self.cases[page] = Case.objects.create(location=location, state=State.CONFIRMED, **values)
        return self.cases[page]


@given(happened=st.lists(acts, max_size=14), asked=st.lists(days, min_size=2, max_size=2))
@settings(max_examples=15, suppress_health_check=SHARED_FIXTURES)
def test_sums_of_changes_equal_a_plain_recount_whatever_happened_and_as_of_any_day(
    history: History, monkeypatch: pytest.MonkeyPatch, happened: list[tuple[Any, ...]], asked: list[date]
) -> None:
    with transaction.atomic():
        world = World(history, monkeypatch)
        for act in happened:
            world.act(*act)

        found = {day: recount.compare(day) for day in (*asked, LAST)}
        transaction.set_rollback(True)

    assert not any(found.values()), found


def test_a_change_of_the_ledger_behind_its_back_is_found(history: History) -> None:
    history.confirmed("2020-02-01")
    own.count_marked()
    Change.objects.filter(table="severity").update(n=2)

    found = recount.compare(LAST)

    assert [(each.cell[0], each.ledger, each.recount) for each in found] == [
        ("severity", 1, 2),  # its months beside its days
        ("severity", 2, 1),
    ]


@given(happened=st.lists(acts, max_size=10), first=st.one_of(st.none(), days), last=days, as_of=days)
@settings(max_examples=15, suppress_health_check=SHARED_FIXTURES)
def test_sums_over_whole_months_and_the_days_around_them_are_those_of_all_days(
    history: History,
    monkeypatch: pytest.MonkeyPatch,
    happened: Any,
    first: date | None,
    last: date,
    as_of: date,
) -> None:
    with transaction.atomic():
        world = World(history, monkeypatch)
        for act in happened:
            world.act(*act)
        own.count_marked()

        found = {table: ledger.sums(table, first, last, as_of) for table in ("reports", "child", "removal")}
        plain = recount.of_ledger(as_of)
        transaction.set_rollback(True)

    for table, cells in found.items():
        by_day: Counter[tuple[str, str, str]] = Counter()
        for (name, day, *cell), n in plain.items():
            if name == table and (first is None or first <= day) and day <= last:
                by_day[cell[0], cell[1], cell[2]] += n
        assert cells == {cell: n for cell, n in by_day.items() if n}


def test_what_is_rolled_back_was_never_counted(history: History) -> None:
    case = history.case("2020-02-01")
    with transaction.atomic():
        history.decide(case, "2020-02-01")
        transaction.set_rollback(True)

    rows = TABLES["severity"].count(Books(None, None, LAST))

    assert sum(row["count"] for row in rows) == 0


def test_a_trigger_that_is_missing_is_made_again_and_everything_counted(history: History) -> None:
    on = " ON casebook_assessment" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER stats_mark_assessment{on}")
    history.confirmed("2020-02-01")
    before = recount.compare(LAST)

    marks.ensure(connection)

    assert before
    assert marks.missing(connection) == []
    assert recount.compare(LAST) == []


@pytest.mark.parametrize(
    ("trigger", "table", "before", "act"),
    [
        ("list", "sharing_change", ["decide"], ("listed", 0, NEW_YEAR, "put")),
        ("look", "casebook_assessment", [], ("twice", 0, NEW_YEAR, "A", "B")),
        ("referred", "referral_referral", [], ("refer", 0, NEW_YEAR, "prepared")),
        ("referral", "referral_referral", ["refer"], ("refer", 0, NEW_YEAR, "fetched")),
        ("file", "casebook_assessment_media", ["decide"], ("file", 0, 1)),
    ],
)
def test_each_trigger_is_needed_for_what_it_marks(
    history: History,
    monkeypatch: pytest.MonkeyPatch,
    trigger: str,
    table: str,
    before: list[str],
    act: tuple[Any, ...],
) -> None:
    world = World(history, monkeypatch)
    earlier = {
        "decide": ("decide", 0, NEW_YEAR, Outcome.CONFIRMED, False),
        "refer": ("refer", 0, NEW_YEAR, "prepared"),
    }
    for name in before:
        world.act(*earlier[name])
    own.count_marked()
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER stats_mark_{trigger}{on}")
    world.act(*act)
    missed = recount.compare(LAST)

    marks.ensure(connection)

    assert missed
    assert recount.compare(LAST) == []


def test_counting_again_what_did_not_change_writes_nothing(history: History) -> None:
    case = history.confirmed("2020-02-01")[0]
    own.count_marked()
    held = sorted(Change.objects.values_list())
    own.mark([case.pk])

    own.count_marked()

    assert sorted(Change.objects.values_list()) == held
    assert not Mark.objects.exists()
    assert Counted.objects.filter(what="case").count() == 1
