"""Finding cases by a hash, by a site, and by what is nearly like a PDQ; each with the way it was found."""

import pytest

from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.assess.purposes import SearchPurpose
from nightlight.assess.search import search
from nightlight.audit.models import Entry
from nightlight.casebook.finders import find_cases
from nightlight.casebook.models import Case, Media
from tests.assess.conftest import MakeCase, MakePerson, confirmed, sha256s

PDQ = "0f" * 32
NEAR = "0f" * 31 + "0e"


@pytest.fixture
def by(someone: MakePerson) -> Person:
    return someone("analyst")


@pytest.fixture
def case(make_case: MakeCase, someone: MakePerson) -> Case:
    """Its medium is known: two people confirmed it."""
    case = make_case(media=1)
    Media.objects.update(md5="a" * 32, sha1="b" * 40, pdq=PDQ, quality=100)
    for _ in range(2):
        verbs.decide(case.pk, someone("analyst"), confirmed(media=sha256s(case)))
    return case


@pytest.mark.parametrize("field", ["md5", "sha1", "sha256", "pdq"])
def test_a_case_is_found_by_each_hash_of_what_it_shows(case: Case, by: Person, field: str) -> None:
    text = getattr(Media.objects.get(), field).upper()

    assert search(by, text, SearchPurpose.WORK) == {case.pk: "hash"}


def test_what_is_known_is_found_by_a_pdq_nearly_like_its_own(case: Case, by: Person) -> None:
    assert search(by, NEAR, SearchPurpose.POLICE) == {case.pk: "near"}
    entry = Entry.objects.get(verb="assess.search")
    assert (entry.purpose, entry.facts) == ("police", {"ways": ["near"], "found": 1})


def test_a_case_is_found_by_its_site(make_case: MakeCase, by: Person) -> None:
    case = make_case()
    location = case.location
    location.host, location.url = "www.site1.example", "http://www.site1.example/x"
    location.save()

    assert search(by, "site1.example", SearchPurpose.WORK) == {case.pk: "domain"}


def test_outsiders_who_appeal_find_nothing_by_a_hash(case: Case) -> None:
    assert find_cases(Media.objects.get().sha256) == {}
