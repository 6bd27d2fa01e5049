"""Past reports: what fits is counted once, what does not is named, and a correction keeps what was known before."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.signals import Signal
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from nightlight import cli
from nightlight.casebook import events
from nightlight.casebook.models import Report
from nightlight.net.address import canonical
from nightlight.stats import line, own, past, recount
from nightlight.stats.books import Books
from nightlight.stats.headline import headline
from nightlight.stats.line import PLAIN, BadLine
from nightlight.stats.past_models import PastLine
from nightlight.stats.tables import TABLES
from tests.stats.conftest import History, noon
from tests.stats.lines import a_line, bring, text

LAST = date(2030, 12, 31)
FULL = (
    '{"id":"7","received_at":"2020-09-03T10:02:00Z","source":"public","kind":"material","unit":"url",'
    '"url":"https://a.example/x","channel":"web_page","assessed_at":"2020-09-03T11:02:00Z","outcome":"confirmed",'
    '"severity":"B","age":"11-13","sex":"girls","made_by":"child_alone_directed","self_generated":true,'
    '"live_stream":false,"ai_generated":false,"commercial":false,"site_type":"image_host","country":"NL",'
    '"first_notice_at":"2020-09-03T12:02:00Z","removed_at":"2020-09-04T10:02:00Z","referred_at":"2020-09-05T10:02:00Z",'
    '"outcomes":[{"day":"2020-09-10","what":"child_safeguarded","count":1}],"media":[{"sha256":"'
    + "ab" * 32
    + '","pdq":"'
    + "cd" * 32
    + '"}]}'
)


def _confirmed(as_of: date = LAST) -> int:
    return sum(row["count"] for row in TABLES["severity"].count(Books(None, None, as_of)))


def _at(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr(past, "clock", SimpleNamespace(now=lambda: noon(day)))


def test_a_whole_line_of_the_contract_is_read_and_written_alike() -> None:
    again = line.write(line.read(FULL))

    assert json.loads(again) == json.loads(FULL)
    assert line.read(again) == line.read(FULL)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": None}, "id is missing"),
        ({"source": None}, "source is missing"),
        ({"received_at": "2020-09-03T10:02:00"}, "received_at has no time zone"),
        ({"assessed_at": "2020-09-03"}, "assessed_at has no time zone"),
        ({"received_at": "yesterday"}, "received_at is not a moment"),
        ({"received_at": 1599127320}, "received_at is not a moment"),
        ({"source": "press"}, "source is none of public, young_person"),
        ({"severity": "D"}, "severity is none of A, B, C, prohibited"),
        ({"age": 11}, "age is none of"),
        ({"self_generated": "yes"}, "self_generated is neither true nor false"),
        ({"country": "nl"}, "country is not two capital letters"),
        ({"url": "mailto:someone@hotline.test"}, "url is no web address"),
        ({"outcomes": [{"day": "2020-09-31", "what": "arrest"}]}, "the day of an outcome is not a day"),
        ({"outcomes": [{"day": "2020-09-30", "what": "arrest", "count": 0}]}, "the count of an outcome"),
        ({"media": [{"sha256": "ab"}]}, "a sha256 is not 64 hexadecimal digits"),
        ({"colour": "blue"}, "unknown field 'colour'"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(changed: dict[str, Any], reason: str) -> None:
    values = {key: value for key, value in (json.loads(FULL) | changed).items() if value is not None}

    with pytest.raises(BadLine, match=reason.replace("(", r"\(")) as refused:
        line.read(json.dumps(values))

    assert "example" not in str(refused.value)


hosts = st.lists(st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True), min_size=1, max_size=3).map(".".join)
paths = st.text("abcXYZ019._~-/", max_size=20)


@given(hosts, st.sampled_from(["test", "example", "com", "museum"]), paths)
def test_an_address_that_is_taken_as_it_stands_is_canonical(host: str, top: str, path: str) -> None:
    url = f"https://{host}.{top}/{path}"

    if PLAIN.fullmatch(url):
        assert canonical(url).url == url


def test_the_command_names_each_line_that_does_not_fit_and_imports_the_rest(
    home: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = text(a_line("no-zone") | {"received_at": "2020-09-03T10:02:00"})
    file = tmp_path / "past.jsonl"
    file.write_bytes(text(a_line("one")) + b"{\n" + bad + b"\n" + text(a_line("two")))

    status = cli.main(["import", str(file)])

    said = capsys.readouterr()
    assert status == 1
    assert said.out == ""
    assert "line 2: not JSON\n" in said.err
    assert "line 3: received_at has no time zone\n" in said.err
    assert set(PastLine.objects.values_list("ref", flat=True)) == {"one", "two"}


def test_nothing_is_announced_and_no_address_stands_in_the_database(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in events.LISTENERS:
        signal: Signal = getattr(events, name)
        monkeypatch.setattr(signal, "send", lambda *_a, **_k: pytest.fail("announced"))

    bring(a_line("one", url="https://secret-place.example/x"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stats_pastline")
        stored = repr(
            [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
        )
    assert "secret-place" not in stored
    assert PastLine.objects.get().url == "https://secret-place.example/x"
    assert not Report.objects.exists()


def test_the_same_line_again_is_nothing_and_an_address_counts_once_however_often_and_however_spelled(
    home: None,
) -> None:
    first = a_line("one", url="https://a.example/x")
    bring(first, first, a_line("two", "2020-10-01", url="HTTPS://A.example:443/x#part"))

    again = bring(first)

    assert (again.same, again.new, again.corrected) == (1, 0, 0)
    assert PastLine.objects.count() == 2
    assert (_confirmed(date(2020, 9, 30)), _confirmed()) == (1, 1)
    assert sum(row["public"] for row in TABLES["reports_by_month"].count(Books(None, None, LAST))) == 2


def test_an_import_that_was_cut_off_goes_on_where_it_was(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "BATCH", 3)
    rows = [text(a_line(f"n{number}")) for number in range(8)]

    def cut_off() -> Any:
        yield from rows[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        past.bring(cut_off(), print)
    kept = PastLine.objects.count()
    done = past.bring(rows, print)

    assert (kept, done.same, done.new) == (3, 3, 5)
    assert _confirmed() == 8
    assert recount.compare(LAST) == []


def test_a_correction_is_known_from_the_day_it_was_recorded(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, "2021-01-10")
    bring(a_line("one", "2020-09-03", severity="A"))
    _at(monkeypatch, "2021-02-01")
    done = bring(a_line("one", "2020-09-03", severity="C"))

    found = {
        day: [row["count"] for row in TABLES["severity"].count(Books(None, None, date.fromisoformat(day)))]
        for day in ("2020-09-02", "2020-09-03", "2021-01-31", "2021-02-01")
    }

    assert done.corrected == 1
    assert list(found.values()) == [[0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]
    assert PastLine.objects.count() == 2


def test_a_line_about_an_address_with_a_case_of_ours_adds_no_second_one(history: History) -> None:
    case = history.confirmed("2020-10-01")[0]
    url = case.location.url if case.location else ""
    own.count_marked()
    bring(a_line("one", "2020-09-03", url=url, severity="A"))

    rows = {row["severity"]: row["count"] for row in TABLES["severity"].count(Books(None, None, LAST))}

    assert (rows["A"], rows["B"]) == (1, 0)  # the first confirmed assessment
    assert recount.compare(LAST) == []


def test_the_export_of_the_command_is_one_line_for_each_report(
    home: None, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(a_line("one"), a_line("two"))

    status = cli.main(["export"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert [json.loads(row)["id"] for row in lines] == ["one", "two"]


def test_a_headline_comes_from_lines_alone(home: None) -> None:
    bring(
        *(a_line(f"a{number}", "2019-09-03") for number in range(2)),
        *(a_line(f"b{number}", "2020-09-03", self_generated=True) for number in range(3)),
        a_line("half", "2020-01-03", self_generated=True),
    )

    found = headline(date(2020, 11, 30))

    assert found["month"] == {
        "month": "2020-09",
        "public_reports": 3,
        "same_month_last_year": 2,
        "change": 1,
        "is_record": True,
    }
    assert found["confirmed"] == {"year_to_date": 4, "last_year": 2}
    assert (found["self_generated"]["share"], found["self_generated"]["share_last_year"]) == (1.0, 0.0)
