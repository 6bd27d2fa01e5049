"""A decision as NCMEC and ICCAM take it: from what was recorded only, each line with its source or its reason."""

from typing import Any

import pytest

from nightlight.casebook.models import Assessment, Case, SchemeGrade
from nightlight.casebook.schemes import wire
from nightlight.work import clock
from tests.casebook import cases

pytestmark = pytest.mark.usefixtures("home")


def decided(
    grades: dict[str, str] | None = None, facts: dict[str, str] | None = None, **fields: Any
) -> Assessment:
    """A settled decision with grades in further schemes; `facts` are INHOPE's."""
    case = cases.page_case(f"http://shapes.example/{Case.objects.count()}")
    look = Assessment.objects.create(
        case=case, by=cases.analyst(), at=clock.now(), is_final=True, **{"outcome": "confirmed", **fields}
    )
    for scheme, value in (grades or {}).items():
        said = (facts or {}) if scheme == "INHOPE" else {}
        SchemeGrade.objects.create(
            assessment=look, scheme=scheme, edition="1", value=value, printed=value, facts=said
        )
    return look


def told(look: Assessment, to: str) -> dict[str, Any]:
    return {line.called: line.value for line in wire.lines(look) if line.to == to}


def reason(look: Assessment, called: str) -> str:
    return next(line.because for line in wire.lines(look) if line.called == called)


@pytest.mark.parametrize("value", ["A1", "A2", "B1", "B2"])
def test_a_class_of_ncmec_is_sent_as_it_was_recorded(value: str) -> None:
    look = decided({"NCMEC": value}, severity="A")

    assert told(look, "NCMEC") == {"industryClassification": value}
    assert value in reason(look, "industryClassification")


@pytest.mark.parametrize("severity", ["A", "B", "C"])
def test_uk_letters_say_nothing_of_puberty_and_become_nothing(severity: str) -> None:
    look = decided(severity=severity, age="11-13", sex="girls")

    assert told(look, "NCMEC")["industryClassification"] is None
    assert told(look, "INHOPE")["classification"] is None
    assert reason(look, "industryClassification") == "not mapped: puberty not recorded"


def test_iccam_gets_its_numbers() -> None:
    look = decided(
        {"INHOPE": "BA"},
        {"age_category": "pubescent", "child_modelling": "no"},
        sex="boys",
        site_type="forum",
        commercial=True,
        self_generated=True,
    )

    assert told(look, "INHOPE") == {
        "classification": 1,
        "ageCategorization": 4,
        "childModeling": 0,
        "genderCategorization": 3,
        "sourceUrlSiteType": 6,
        "sourceUrlCommerciality": 2,
        "userGeneratedContent": 1,
    }
    assert all(line.source for line in wire.lines(look) if line.value is not None)


def test_what_was_not_recorded_or_has_no_number_is_named() -> None:
    look = decided(severity="prohibited", site_type="chat")

    assert told(look, "INHOPE")["classification"] == 2  # by the table, with its source
    assert reason(look, "sourceUrlSiteType") == "not mapped: there is no number for site_type chat"
    assert reason(look, "genderCategorization") == "not mapped: sex not recorded"
    assert told(look, "INHOPE")["sourceUrlCommerciality"] is None


def test_not_illegal_is_iccam_s_and_nobody_else_s() -> None:
    look = decided(outcome="not_illegal")

    assert [(line.to, line.value) for line in wire.lines(look)] == [("INHOPE", 4)]
    assert wire.lines(decided(outcome="not_found")) == []


def test_only_the_one_confirmed_file_has_a_class_and_annotations() -> None:
    look = decided({"NCMEC": "B2"}, live_stream=True, ai_generated=True)

    alone = wire.of_file(look, "one", {"one"})

    assert (alone["fileRelevance"], alone["industryClassification"]) == ("Reported", "B2")
    assert alone["fileAnnotations"] == ["liveStreaming", "generativeAi"]
    assert wire.of_file(look, "two", {"one"}) == {"fileRelevance": "Supplemental Reported"}
    assert wire.of_file(None, "one", {"one"}) == {"fileRelevance": "Supplemental Reported"}


def test_of_several_files_none_has_the_page_s_class() -> None:
    look = decided({"NCMEC": "A1"}, live_stream=True)

    one = wire.of_file(look, "one", {"one", "two"})

    assert (one["fileRelevance"], one["industryClassification"]) == ("Reported", None)
    assert one["because"] == "not mapped: the grade is of the page, and 2 files were confirmed under it"
    assert "fileAnnotations" not in one
