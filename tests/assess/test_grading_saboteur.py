"""Without their guards the tests of blindness, second looks, schemes and agreement turn red."""

import pytest

from nightlight.accounts.models import Person
from nightlight.assess import krippendorff, panel, second_look, training
from nightlight.assess.decision import Decision
from nightlight.casebook.models import Case
from nightlight.casebook.schemes import maps
from nightlight.stats import agreement as published
from nightlight.work import clock
from tests.assess import test_blind as blind
from tests.assess import test_grading as grading
from tests.assess import test_grading_pages as pages
from tests.assess import test_krippendorff as figures
from tests.assess import test_second_look as looks
from tests.assess.conftest import MakeCase, MakePerson
from tests.casebook import cases
from tests.casebook import test_schemes as schemes
from tests.casebook import test_wire as wires
from tests.saboteur import turns_red
from tests.stats import test_agreement as table
from tests.stats.conftest import History

__all__ = ["people"]
people = blind.people


def test_without_blindness_the_page_tells_what_the_first_decided(
    make_case: MakeCase, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "is_blind", lambda reader, going_on: False)

    turns_red(blind.test_page_and_api_are_the_same_whatever_the_first_decided, make_case, people)


def test_without_blindness_the_api_tells_what_the_first_decided(
    make_case: MakeCase, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "_blind_row", panel.open_row)

    turns_red(blind.test_page_and_api_are_the_same_whatever_the_first_decided, make_case, people)


def test_without_blindness_whom_the_first_named_is_shown(
    make_case: MakeCase, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "is_blind_to", lambda reader, case: False)

    turns_red(blind.test_whom_the_first_named_is_shown_to_the_second_nowhere, make_case, people)


def test_without_the_draw_a_sampled_case_is_settled_by_one(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(case: Case, by: Person, decision: Decision, drawn: float) -> second_look.Asked:
        return second_look.NOT_ASKED

    monkeypatch.setattr(second_look, "asked", never)
    two = [someone("analyst"), someone("analyst"), someone("senior_analyst")]

    turns_red(looks.test_a_hundred_percent_take_every_first_look, make_case, two, someone)


def test_agreement_that_took_every_second_look_is_noticed(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = second_look.asked

    def all_sampled(case: Case, by: Person, decision: Decision, drawn: float) -> second_look.Asked:
        return second_look.Asked(sampled=plain(case, by, decision, drawn).any)

    monkeypatch.setattr(second_look, "asked", all_sampled)
    two = [someone("analyst"), someone("analyst"), someone("senior_analyst")]

    turns_red(looks.test_agreement_rests_on_the_random_sample_only, make_case, two, someone)


def test_a_difference_that_is_not_ordinal_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(krippendorff, "_difference", lambda one, other, ranks, often: float(one != other))

    turns_red(figures.test_the_textbook_s_example_gives_the_textbook_s_figure)


def test_a_mapping_that_guesses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def guess(scheme: str, value: str, to: str) -> maps.Made:
        return maps.Made(scheme, value, to, "A1", "it looks like it", "")

    monkeypatch.setattr(maps, "mapped", guess)

    turns_red(
        schemes.test_no_grade_is_made_of_a_uk_letter_that_says_nothing_of_puberty,
        "A",
        "NCMEC",
    )


def test_without_asking_the_scheme_one_person_gives_its_gravest_grade_alone(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Decision, "needs_two", False)
    two = [someone("analyst"), someone("analyst")]

    turns_red(
        grading.test_a_grade_that_nobody_gives_alone_waits_for_a_second_person_who_gives_the_same,
        make_case,
        two,
        someone,
    )


def test_training_that_made_cases_is_noticed(
    someone: MakePerson, home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = training.answer

    def as_case(*given: object) -> object:
        now = clock.now()
        Case.objects.create(kind="material", priority=5, received_at=now, changed_at=now)
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(training, "answer", as_case)

    turns_red(pages.test_training_makes_no_case_and_no_work_and_is_counted_nowhere, someone("analyst"))


def test_a_table_that_tells_of_a_few_cases_is_noticed(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "MINIMUM", 0)

    turns_red(table.test_nothing_is_published_below_the_minimum, History(cases.analyst()), table.AS_OF)


def test_a_table_that_makes_a_class_of_a_letter_is_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always(scheme: str, value: str, to: str) -> maps.Made:
        return maps.Made(scheme, value, to, {"NCMEC": "A1", "INHOPE": "BA"}[to], "because", "nowhere")

    monkeypatch.setattr(maps, "mapped", always)

    turns_red(wires.test_uk_letters_say_nothing_of_puberty_and_become_nothing, "A")
