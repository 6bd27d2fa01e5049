"""Grading by another scheme and training, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from nightlight.accounts.models import Person
from nightlight.assess import training
from nightlight.assess.models import TrainingAnswer
from nightlight.casebook.models import SchemeGrade
from nightlight.casebook.schemes import book, shipped
from nightlight.casebook.words import Outcome
from tests.assess.conftest import MakeCase, MakePerson
from tests.assess.test_desk_browser import Open, chromium, open_as, submit

__all__ = ["chromium", "open_as"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INHOPE = shipped.scheme("INHOPE")


@pytest.fixture
def analyst(home: None, someone: MakePerson) -> Person:
    book.choose(["INHOPE", "UK"], someone("manager"))
    return someone("analyst")


def test_a_case_is_graded_by_another_scheme_with_its_own_keys(
    make_case: MakeCase, analyst: Person, open_as: Open
) -> None:
    page = open_as(analyst, f"/desk/cases/{make_case().pk}/")

    for key in ("1", "m", "b"):
        page.keyboard.press(key)
    submit(page)
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    submit(page)
    expect(page.get_by_text("Confirmed. The chain goes on by itself.")).to_be_visible()

    assert SchemeGrade.objects.get().printed == "INHOPE: National CSAM"


def test_another_outcome_takes_the_grade_of_every_scheme_back(
    make_case: MakeCase, analyst: Person, open_as: Open
) -> None:
    page = open_as(analyst, f"/desk/cases/{make_case().pk}/")

    for key in ("1", "l", "b", "2"):
        page.keyboard.press(key)

    assert [radio.is_checked() for radio in page.get_by_role("radio", name="none").all()] == [True, True]


def test_the_page_of_keys_shows_those_of_the_schemes_in_use(
    make_case: MakeCase, analyst: Person, open_as: Open
) -> None:
    page = open_as(analyst, f"/desk/cases/{make_case().pk}/")

    page.keyboard.press("?")

    expect(page.get_by_text("the grade of INHOPE")).to_be_visible()
    expect(page.get_by_text("the grade of UK")).to_be_visible()


def test_an_item_of_training_is_answered_by_keyboard(analyst: Person, open_as: Open) -> None:
    item = training.item(1, INHOPE)
    keys = {grade.value: grade.key for grade in INHOPE.grades}
    page = open_as(analyst, "/desk/training/")

    page.keyboard.press("1" if item.expected.outcome == Outcome.CONFIRMED else "2")
    if item.expected.grade:
        page.keyboard.press(keys[item.expected.grade])
        page.get_by_label("Youngest child").select_option(item.expected.age)
    submit(page)
    expect(page.get_by_role("heading", name="As expected")).to_be_visible()

    assert TrainingAnswer.objects.get().as_expected
