"""The tables for partners and regulators, the curve of removal, and care, each against a count by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.assess.welfare_models import Sight
from nightlight.casebook.models import Case, Media
from nightlight.casebook.words import Outcome
from nightlight.sharing.models import Change, Entry
from nightlight.stats import curve
from nightlight.stats.books import Books
from nightlight.stats.curve import Ends
from nightlight.stats.small_cells import is_hidden, publishable
from nightlight.stats.tables import TABLES
from nightlight.takedown.models import Answer, Check, Notice, NoticeCase, Trace
from nightlight.work.ids import new_id
from tests.casebook import cases
from tests.stats.conftest import History, noon
from tests.stats.lines import a_line, bring

AS_OF = date(2020, 12, 31)


def _count(name: str, as_of: date = AS_OF) -> Any:
    return TABLES[name].count(Books(None, None, as_of))


def _tell(case: Case, day: str, role: str = Notice.Role.HOST, step: str = Notice.Step.NOTICE) -> Notice:
    at = noon(day)
    notice = Notice.objects.create(
        serial=f"N-{Notice.objects.count()}", role=role, step=step, leave_at=at, created_at=at
    )
    NoticeCase.objects.create(notice=notice, case=case, episode=case.episode, recipient_index=role, step=step)
    notice.sent_at = at
    notice.save()
    return notice


def _gone(case: Case, day: str) -> None:
    Check.objects.create(case=case, episode=case.episode, at=noon(day), state=Check.State.GONE)
    case.gone_at = noon(day)
    case.save()


def test_a_trusted_flagger_reports_notices_by_host_type_and_what_was_done(history: History) -> None:
    gone, moved, disputed, quiet = history.confirmed("2020-02-01", 4)
    for case, network in ((gone, "NET-A"), (moved, "NET-A"), (disputed, "NET-B")):
        Trace.objects.create(case=case, at=noon("2020-02-01"), country="NL", provider_key=network)
    for case in (gone, moved, quiet):
        _tell(case, "2020-02-02")
    _tell(gone, "2020-02-03", step=Notice.Step.REMINDER)
    _tell(gone, "2020-02-03", role=Notice.Role.POLICE)
    notice = _tell(disputed, "2020-02-02")
    Answer.objects.create(notice=notice, what=Answer.What.DISPUTED, at=noon("2020-02-05"))
    Check.objects.create(case=moved, episode=1, at=noon("2020-02-04"), state=Check.State.MOVED)
    _gone(gone, "2020-02-06")

    hosts = {row["provider"]: row for row in _count("notices_by_provider")}
    actions = {row["action"]: row["count"] for row in _count("notices_by_action") if row["count"]}
    earlier = {
        row["action"]: row["count"] for row in _count("notices_by_action", date(2020, 2, 3)) if row["count"]
    }

    assert actions == {"removed": 1, "moved": 1, "disputed": 1, "none": 1}
    assert earlier == {"none": 4}
    assert {name: row["total"] for name, row in hosts.items()} == {"NET-A": 2, "NET-B": 1, "unknown": 1}
    assert hosts["NET-A"]["removed"] == 1
    assert _count("notices_by_kind")[0]["total"] == 4


def test_time_to_removal_is_told_by_network_too(history: History) -> None:
    case = history.confirmed("2020-02-01")[0]
    Trace.objects.create(case=case, at=noon("2020-02-01"), country="NL", provider_key="NET-A")
    _tell(case, "2020-02-02")
    _gone(case, "2020-02-04")

    rows = _count("takedown_by_provider")

    assert [
        (row["provider"], row["pages"], row["within_24_hours"], row["within_3_days"]) for row in rows
    ] == [("NET-A", 1, 0, 1)]


def test_the_curve_counts_pages_that_are_up_for_as_long_as_they_were_watched() -> None:
    ends = Ends(removed={24: 2, 72: 1}, moved={48: 1}, up={48: 2, 720: 4})

    first, second, third = curve.incidence(ends, (24, 48, 72))

    assert (first.removed, first.moved) == pytest.approx((0.2, 0))  # 2 of 10
    assert (second.removed, second.moved) == pytest.approx((0.2, 0.1))  # 1 of 8 of those still up
    assert (third.removed, third.moved) == pytest.approx((0.2 + 0.7 / 5, 0.1))  # 5 were still watched


def test_a_removal_lies_between_the_look_that_found_it_up_and_the_one_that_found_it_gone(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curve, "MINIMUM", 2)
    gone, moved = history.confirmed("2020-02-01", 2)
    Check.objects.create(case=gone, episode=1, at=noon("2020-02-02"), state=Check.State.UP)
    Check.objects.create(case=gone, episode=1, at=noon("2020-02-03"), state=Check.State.CANNOT_TELL)
    _gone(gone, "2020-02-04")
    Check.objects.create(case=moved, episode=1, at=noon("2020-02-02"), state=Check.State.MOVED)

    rows = {int(row["hours"]): row for row in _count("removal_curve") if row["clock"] == "receipt"}

    assert (rows[24]["removed_share"], rows[24]["removed_at_most"]) == (0, 0.5)
    assert (rows[72]["removed_share"], rows[72]["moved_share"], rows[72]["up_share"]) == (0.5, 0.5, 0)


def test_of_few_pages_no_curve_is_published(history: History) -> None:
    history.confirmed("2020-02-01", 5)

    assert {row["pages"] for row in _count("removal_curve")} == {None}


def test_quarters_and_steps_of_inhope_add_up(history: History) -> None:
    bring(
        a_line("one", "2020-02-01", self_generated=True, removed_at=noon("2020-02-02")),
        a_line("two", "2020-03-01", ai_generated=True),
        a_line("three", "2020-05-01", outcome=Outcome.DUPLICATE),
    )

    first, second = _count("inhope_quarters")
    steps = {row["step"]: row["count"] for row in _count("inhope_takedown")}

    assert (first["received"], first["total"], first["self_generated"]) == (2, 2, 1)
    assert (first["not_self_generated"], first["ai_generated"]) == (1, 1)
    assert (second["received"], second["duplicates"], second["total"]) == (1, 1, 0)
    assert (steps["within_24_hours"], steps["still_up"], sum(steps.values())) == (1, 1, 2)


def test_no_part_of_a_quarter_or_of_the_pages_of_a_host_comes_out_by_subtraction() -> None:
    quarter = {"quarter": "2020-Q1", "self_generated": 2, "not_self_generated": 9, "total": 11}
    host = {"provider": "NET-A", "pages": 11, "removed": 9, "still_up": 2}

    shown = [publishable([quarter])[0]["total"], publishable([host])[0]["pages"]]

    assert all(is_hidden(value) for value in shown)


def test_files_and_domains_count_once_while_the_decision_stands(history: History) -> None:
    one, other, wrong = history.confirmed("2020-02-01", 3)
    picture = Media.objects.create(sha256="ab" * 32, mime="image/png", first_seen=noon("2020-02-01"))
    video = Media.objects.create(sha256="cd" * 32, mime="video/mp4", first_seen=noon("2020-02-01"))
    for case, media in ((one, picture), (other, picture), (wrong, video)):
        case.assessments.get().media.add(media)
    history.decide(wrong, "2020-03-01", Outcome.NOT_ILLEGAL)

    files = {row["file"]: row["count"] for row in _count("file_types")}

    assert files == {"image": 1, "video": 0, "other": 0}
    assert [(row["tld"], row["domains"], row["count"]) for row in _count("domains")] == [("example", 2, 2)]
    assert _count("domains", date(2020, 2, 28))[0]["count"] == 3


def test_the_size_of_a_list_follows_its_changes(history: History) -> None:
    case = history.confirmed("2020-02-01")[0]
    entry = Entry.objects.create(
        list_name="urls", type="url", location=case.location, case=case, changed_at=noon("2020-02-01")
    )
    for day, op in (("2020-02-01", "put"), ("2020-03-01", "delete"), ("2020-03-02", "put")):
        Change.objects.create(entry=entry, list_name="urls", op=op, at=noon(day), audit_entry=new_id())

    rows = [row for row in _count("lists") if row["list"] == "urls"]

    assert [(row["month"], row["put_on"], row["taken_off"], row["on_it"]) for row in rows] == [
        ("2020-02", 1, 0, 1),
        ("2020-03", 1, 1, 1),
    ]


def _looks(people: list[Person], day: str, minutes: int) -> None:
    case = Case.objects.get()
    media = Media.objects.get_or_create(sha256="ab" * 32, defaults={"first_seen": noon(day)})[0]
    for person in people:
        Sight.objects.bulk_create(
            Sight(person=person, case=case, media=media, at=noon(day) + timedelta(minutes=n))
            for n in range(0, minutes, 4)
        )


def test_care_is_told_of_all_together_and_of_no_few(history: History) -> None:
    history.confirmed("2020-02-01")
    people = [cases.analyst() for _ in range(3)]
    _looks(people, "2020-02-03", 40)
    _looks(people[:1], "2020-02-04", 200)
    _looks(people[:2], "2020-03-03", 40)

    limits = [(row["month"], row["limit"], row["kept"], row["not_kept"]) for row in _count("care")]

    assert limits == [("2020-02", "day", 4, 0), ("2020-02", "break", 3, 1)]
    assert _count("exposures") == [{"month": "2020-02", "looks": 3 * 10 + 50}]
