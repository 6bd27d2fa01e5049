"""Clusters of what is to be decided: counted by state, proposed only where they are near, never with a picture."""

from typing import Any

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import clusters
from nightlight.assess.clusters import By
from nightlight.casebook.models import Case, Media
from nightlight.casebook.words import State
from tests.assess.conftest import MakeCase, MakePerson, sight
from tests.saboteur import turns_red

CODE = "0f" * 32
LIKE_IT = "0f" * 31 + "0e"
FAR = "a5" * 32


@pytest.fixture
def analyst(someone: MakePerson) -> Person:
    return someone("analyst")


def shows(case: Case, *names: str, **fields: Any) -> Case:
    """The case, whose page shows media of these names."""
    assert case.location
    for name in names:
        medium = sight(case.location, name)
        if fields:
            Media.objects.filter(pk=medium.pk).update(**fields)
    return case


def on_host(make_case: MakeCase, host: str, **fields: Any) -> Case:
    case = make_case(**fields)
    location = case.location
    assert location
    location.url, location.host = f"http://{host}/{location.pk}", host
    location.save()
    return case


def get(person: Person, query: str = "") -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(f"/desk/alike/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_cases_that_show_exactly_the_same_media_are_a_cluster_with_all_states_counted(
    make_case: MakeCase,
) -> None:
    both = [shows(make_case(), "one", "two") for _ in range(3)]
    shows(make_case(state=State.CONFIRMED), "one")
    shows(make_case(), "one")

    [found], more = clusters.page(By.SAME)

    assert (set(found.cases), found.size, more) == ({case.pk for case in both}, 3, False)
    assert dict(found.states) == {State.OPEN: 4, State.CONFIRMED: 1}


def test_files_that_are_near_are_proposed_and_one_file_alone_is_no_cluster_of_them(
    make_case: MakeCase,
) -> None:
    one = shows(make_case(), "one", pdq=CODE, quality=90)
    like_it = shows(make_case(), "like it", pdq=LIKE_IT, quality=90)
    shows(make_case(), "far", pdq=FAR, quality=90)
    shows(make_case(), "far", pdq=FAR, quality=90)
    shows(make_case(), "flat", pdq=CODE, quality=10)

    [found], _more = clusters.page(By.NEAR)

    assert (found.cases, len(found.media)) == (tuple(sorted([one.pk, like_it.pk])), 2)


def test_cases_on_one_host_are_a_cluster_the_largest_first_and_paged(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "PAGE", 1)
    for host, n in (("small.example", 2), ("large.example", 3)):
        for _ in range(n):
            on_host(make_case, host)
    on_host(make_case, "small.example", state=State.DISMISSED)
    on_host(make_case, "alone.example")

    (first,), more = clusters.page(By.HOST)
    (second,), none = clusters.page(By.HOST, 2)

    assert (first.size, second.size, more, none) == (3, 2, True, False)
    assert dict(second.states) == {State.OPEN: 2, State.DISMISSED: 1}


def test_what_is_decided_makes_no_cluster(make_case: MakeCase) -> None:
    for state in (State.OPEN, State.CONFIRMED):
        shows(on_host(make_case, "one.example", state=state), "one")

    assert [clusters.page(by)[0] for by in By] == [[], [], []]


def test_exact_groups_lead_to_deciding_together_and_near_ones_only_to_each_case(
    make_case: MakeCase, analyst: Person
) -> None:
    cases = [shows(make_case(), name, pdq=code, quality=90) for name, code in (("a", CODE), ("b", LIKE_IT))]
    exact = [shows(make_case(), "exact") for _ in range(2)]

    near, same = get(analyst, "?by=near_media"), get(analyst, "?by=same_media")

    assert (
        all(f"/desk/cases/{case.pk}/" in near for case in cases)
        and '/together/"' not in near.split("<main")[1]
    )
    assert f"/desk/cases/{exact[0].pk}/together/" in same


def test_no_digest_and_no_medium_is_on_the_page(make_case: MakeCase, analyst: Person) -> None:
    for _ in range(2):
        shows(make_case(), "one", pdq=CODE, quality=90)

    shown = get(analyst).split("<main")[1]

    assert Media.objects.get().sha256 not in shown and CODE not in shown
    assert "<img" not in shown and "data-reveal" not in shown


@pytest.mark.parametrize("role", ["administrator", "inspector", "manager"])
def test_only_who_decides_sees_it(role: str, someone: MakePerson, home: None) -> None:
    client = Client()
    client.force_login(someone(role))

    assert client.get("/desk/alike/").status_code == 403


@pytest.mark.parametrize(
    "query", ["?by=nothing", "?page=0", "?page=x", "?page=99999999999", "?by=same_host&page=7"]
)
def test_odd_questions_get_a_page(query: str, home: None, analyst: Person) -> None:
    assert "stand here as groups" in get(analyst, query)


def test_the_page_of_a_case_says_how_many_are_alike_by_state(make_case: MakeCase, analyst: Person) -> None:
    case = shows(on_host(make_case, "one.example"), "one")
    shows(make_case(state=State.CONFIRMED), "one")
    on_host(make_case, "one.example")
    client = Client()
    client.force_login(analyst)

    panel = (
        client.get(f"/desk/cases/{case.pk}/")
        .content.decode()
        .split('id="panel-alike"')[1]
        .split("</section>")[0]
    )

    assert "The same media" in panel and "Confirmed 1" in panel and "The same host" in panel


def test_ten_times_as_many_clusters_ask_the_database_nothing_more(
    make_case: MakeCase, analyst: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        for _ in range(2):
            shows(on_host(make_case, f"host{number}.example"), f"medium {number}", pdq=CODE, quality=90)
    client = Client()
    client.force_login(analyst)

    for by in By:
        with django_assert_max_num_queries(20):
            assert client.get(f"/desk/alike/?by={by}").status_code == 200


def test_a_likeness_that_counted_as_the_same_is_noticed(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_near", clusters._same)

    turns_red(
        test_files_that_are_near_are_proposed_and_one_file_alone_is_no_cluster_of_them,
        make_case,
        by=(ValueError,),
    )
