"""Schemes are data: the shipped ones, files of a hotline's own, and what becomes of a grade in another."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook.models import SchemeFile
from nightlight.casebook.schemes import book, maps, read, shipped
from nightlight.casebook.words import Age, MadeBy, Severity, Sex, SiteType
from tests.casebook.cases import analyst

OWN: dict[str, Any] = {
    "key": "SHAPES",
    "name": "Shapes",
    "edition": "2026",
    "source": "made up for this test",
    "grades": [
        {"value": "square", "label": "Square", "key": "s", "wire": 4, "second_look": True},
        {"value": "circle", "label": "Circle", "key": "r"},
    ],
    "facts": [{"name": "colour", "label": "Colour", "values": [{"value": "red", "label": "Red"}]}],
}


@pytest.fixture
def manager(home: None) -> Person:
    return analyst("manager")


def changed(**fields: Any) -> str:
    return json.dumps({**OWN, **fields})


def test_the_uk_s_scheme_is_the_contract_s_severity_with_the_same_words() -> None:
    uk = shipped.scheme("UK")

    printed = {grade.value: uk.printed(grade.value) for grade in uk.grades}

    assert printed == {each.value: str(each.label) for each in Severity}


def test_inhope_has_the_ids_of_iccam_and_ncmec_its_four_classes() -> None:
    inhope, ncmec = shipped.scheme("INHOPE"), shipped.scheme("NCMEC")

    assert {grade.value: grade.wire for grade in inhope.grades} == {"BA": 1, "NA": 2}
    assert {each.value: each.wire for each in inhope.facts[0].values} == {
        "not_categorised": 1,
        "infant": 2,
        "pre_pubescent": 3,
        "pubescent": 4,
    }
    assert [grade.wire for grade in ncmec.grades] == ["A1", "A2", "B1", "B2"]


def test_no_two_shipped_schemes_share_a_key_of_the_desk(manager: Person) -> None:
    book.choose(["UK", "INHOPE", "NCMEC"], manager)

    assert [scheme.key for scheme in book.in_use()] == ["UK", "INHOPE", "NCMEC"]


def test_before_a_manager_chose_the_desk_grades_by_the_uk_s_scheme(home: None) -> None:
    assert [scheme.key for scheme in book.in_use()] == ["UK"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(OWN),
        'key = "X1"\nname = "n"\nedition = "e"\nsource = "s"\n[[grades]]\nvalue = "1"\nlabel = "One"\n',
    ],
)
def test_a_file_in_json_or_toml_is_a_scheme_and_can_be_chosen(text: str, manager: Person) -> None:
    key = book.bring(text, manager).key

    book.choose(["UK", key], manager)

    assert [scheme.key for scheme in book.in_use()] == ["UK", key]
    assert set(Entry.objects.values_list("verb", flat=True)) == {
        "casebook.bring_scheme",
        "casebook.choose_schemes",
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("not a scheme [", "neither TOML nor JSON"),
        ("", "key: 2 to 16"),
        (changed(key="small"), "key: 2 to 16"),
        (changed(name=""), "name: one line"),
        (changed(name="two\nlines"), "name: one line"),
        (changed(colour="red"), "colour: there is no such field"),
        (changed(grades=[]), "grades: 1 to 26 tables"),
        (changed(grades=[{"value": "a"}]), "grades[1].label: one line"),
        (changed(grades=[*OWN["grades"], OWN["grades"][0]]), "the value square stands there twice"),
        (changed(grades=[{"value": "1", "label": "One", "key": "q"}]), "the desk uses q for something else"),
        (changed(grades=[{"value": "1", "label": "One", "wire": 1.5}]), "grades[1].wire"),
        (
            changed(grades=[{"value": "1", "label": "One", "second_look": "yes"}]),
            "second_look: true or false",
        ),
        (changed(facts=[{"name": "Colour", "label": "c", "values": []}]), "facts[1].name"),
        (changed(facts="red"), "facts: at most 12"),
        (changed(fields=["height"]), "fields: a list of these"),
        ("{" + " " * read.LONGEST_FILE + "}", "longer than"),
        ("[" * 50_000, "neither TOML nor JSON"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(text: str, named: str) -> None:
    with pytest.raises(read.SchemeRefused) as refused:
        read.scheme(text)

    assert any(named in fault for fault in refused.value.faults), refused.value.faults


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["key", "grades", "facts", "values", "name"]), inner)
        ),
    ).map(json.dumps)
)
def test_any_text_is_a_scheme_or_refused_with_what_is_wrong(text: str) -> None:
    try:
        read.scheme(text)
    except read.SchemeRefused as refused:
        assert refused.faults


def test_a_shipped_scheme_can_t_be_replaced_by_a_file(manager: Person) -> None:
    with pytest.raises(read.SchemeRefused, match="comes with Nightlight"):
        book.bring(changed(key="UK"), manager)


def test_two_schemes_that_share_a_key_are_not_used_together(manager: Person) -> None:
    book.bring(changed(grades=[{"value": "1", "label": "One", "key": "a"}]), manager)

    with pytest.raises(book.ChoiceRefused, match="share the key a"):
        book.choose(["UK", "SHAPES"], manager)


def test_only_a_manager_brings_and_chooses_schemes(home: None) -> None:
    by = analyst()

    with pytest.raises(PermissionDenied):
        book.bring(changed(), by)
    with pytest.raises(PermissionDenied):
        book.choose(["NCMEC"], by)

    assert not SchemeFile.objects.exists()


def test_files_in_the_home_are_offered_with_what_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / book.FOLDER
    folder.mkdir()
    (folder / "good.json").write_text(changed())
    (folder / "bad.toml").write_text("key = 1")
    (folder / "notes.txt").write_text("no scheme")

    offered = dict(book.offered(tmp_path))

    assert set(offered) == {"good.json", "bad.toml"}
    assert isinstance(offered["bad.toml"], read.SchemeRefused)


@pytest.mark.parametrize("value", ["A", "B", "C"])
@pytest.mark.parametrize("to", ["INHOPE", "NCMEC"])
def test_no_grade_is_made_of_a_uk_letter_that_says_nothing_of_puberty(value: str, to: str) -> None:
    with pytest.raises(maps.NotMade, match="puberty was not recorded"):
        maps.mapped("UK", value, to)


def test_between_all_shipped_schemes_a_grade_follows_with_its_source_or_a_missing_fact_is_named() -> None:
    for scheme in shipped.schemes().values():
        for other in set(shipped.schemes()) - {scheme.key}:
            for grade in scheme.grades:
                try:
                    made = maps.mapped(scheme.key, grade.value, other)
                except maps.NotMade as why:
                    assert "not recorded" in str(why)
                else:
                    assert made.source and shipped.scheme(other).grade(made.becomes)


def test_fields_that_another_scheme_numbers_are_of_the_contract() -> None:
    known = {"sex": set(Sex.values), "site_type": set(SiteType.values)}
    known |= {name: {"yes"} for name in ("commercial", "self_generated")}

    for row in maps.fields():
        assert row.source
        assert set(row.values) <= known[row.field]


def test_the_fields_a_scheme_rests_on_are_of_the_contract() -> None:
    assert Age and MadeBy and Sex
    for scheme in shipped.schemes().values():
        assert set(scheme.fields) <= set(read.FIELDS)
