"""Merging gives the same case in whatever order and however much at once the reports come."""

import threading
from collections.abc import Iterator
from itertools import permutations

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.casebook.models import Allegation, Case, Location, Report
from nightlight.casebook.words import ReportKind
from nightlight.intake.verbs import receive
from nightlight.triage import verbs
from tests.examples import SHARED_FIXTURES

kinds = st.lists(st.tuples(st.sampled_from(ReportKind), st.booleans()), min_size=1, max_size=3)
counter = iter(range(10**9))


def _sorted(reports: tuple[tuple[ReportKind, bool], ...]) -> tuple[int, str, bool]:
    url = f"http://site{next(counter)}.example/"  # many addresses of one site would be a flood
    for kind, now in reports:
        verbs.sort(receive(kind, urls=[url], happening_now=now).report.pk)
    case = Case.objects.latest("id")
    return case.priority, case.kind, case.danger_now


@settings(max_examples=12, suppress_health_check=SHARED_FIXTURES)
@given(reports=kinds)
def test_merging_in_any_order_gives_the_same_rank(home: None, reports: list[tuple[ReportKind, bool]]) -> None:
    results = {_sorted(order) for order in permutations(reports)}

    assert len(results) == 1


@pytest.fixture
def several_connections(transactional_db: None) -> Iterator[None]:
    from nightlight.work.home import establish
    from nightlight.work.models import Home

    establish(Home.Kind.REHEARSAL)
    yield


def test_threads_that_sort_the_same_addresses_at_once_make_no_duplicates(several_connections: None) -> None:
    urls = [f"http://a.example/{number}" for number in range(12)]
    reports = [
        receive(ReportKind.MATERIAL, urls=order).report.pk for order in (urls, urls[::-1], urls, urls[::-1])
    ]
    start, failures = threading.Barrier(len(reports)), []

    def run(report_id: object) -> None:
        try:
            start.wait()
            verbs.sort(str(report_id))
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(report_id,)) for report_id in reports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (Location.objects.count(), Case.objects.count(), Allegation.objects.count()) == (12, 12, 48)
    assert Report.objects.filter(sorted_at=None).count() == 0
