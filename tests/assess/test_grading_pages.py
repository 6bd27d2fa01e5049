"""The pages of schemes, second looks, agreement and training; of children and accounts."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from nightlight.accounts.appearance import LANGUAGE_COOKIE
from nightlight.accounts.models import Person
from nightlight.assess import second_look, training, verbs
from nightlight.assess.decision import Account
from nightlight.assess.models import TrainingAnswer
from nightlight.audit.models import Entry
from nightlight.casebook.models import Assessment, Case, Child, Report, Subject
from nightlight.casebook.schemes import book, shipped
from nightlight.casebook.words import Outcome
from nightlight.work.models import Work
from tests.assess.conftest import MakeCase, MakePerson, confirmed, sha256s
from tests.assess.test_pages import signed_in, words
from tests.casebook.test_schemes import OWN

UK = shipped.scheme("UK")


@pytest.fixture
def manager(home: None, someone: MakePerson) -> Client:
    return signed_in(someone("manager"))


@pytest.fixture
def analyst(home: None, someone: MakePerson) -> Person:
    return someone("analyst")


def file(**fields: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("own.json", json.dumps({**OWN, **fields}).encode())


def test_a_manager_uploads_a_scheme_and_chooses_it(manager: Client) -> None:
    manager.post("/desk/schemes/", {"step": "upload", "file": file()})

    answer = manager.post(
        "/desk/schemes/", {"step": "choose", "main": "SHAPES", "further": ["UK"]}, follow=True
    )

    assert "SHAPES: Square" in words(answer)
    assert [scheme.key for scheme in book.in_use()] == ["SHAPES", "UK"]


def test_what_is_wrong_with_an_uploaded_file_is_named_and_nothing_changes(manager: Client) -> None:
    answer = manager.post("/desk/schemes/", {"step": "upload", "file": file(key="x", name="")})

    assert answer.status_code == 422
    assert "key: 2 to 16" in words(answer) and "name: one line" in words(answer)
    assert "SHAPES" not in book.all_schemes()


def test_a_file_that_is_no_text_is_refused(manager: Client) -> None:
    binary = SimpleUploadedFile("own.toml", bytes(range(128, 256)))

    answer = manager.post("/desk/schemes/", {"step": "upload", "file": binary})

    assert answer.status_code == 422
    assert "no text in UTF-8" in words(answer)


def test_the_page_says_what_follows_and_what_does_not(manager: Client) -> None:
    shown = words(manager.get("/desk/schemes/"))

    assert "UK letters and years say nothing of puberty" in shown
    assert "not recorded: puberty" in shown


def test_the_names_of_a_scheme_s_fields_are_said_in_the_reader_s_language(manager: Client) -> None:
    manager.post("/desk/schemes/", {"step": "choose", "main": "INHOPE"})

    manager.cookies[LANGUAGE_COOKIE] = "fr"
    shown = words(manager.get("/desk/schemes/"))

    assert "Catégorie d’âge (ICCAM)" in shown
    assert "Age category" not in shown and "made_by" not in shown
    assert "INHOPE: Baseline CSAM" in shown  # what a grade is called stays as its scheme prints it


def test_a_manager_sets_second_looks(manager: Client) -> None:
    manager.post("/desk/second-look/", {"sample_percent": "5", "new_analyst_looks": "50"})

    rule = second_look.rule()

    assert rule is not None
    assert (rule.sample_percent, rule.new_analyst_looks, rule.on_mismatch) == (5, 50, False)


def test_agreement_names_nobody(manager: Client, make_case: MakeCase, someone: MakePerson) -> None:
    second_look.set_rule(someone("manager"), sample_percent=100, new_analyst_looks=0, on_mismatch=False)
    people = [someone("analyst"), someone("analyst")]
    for severity in ("B", "C"):
        case = make_case()
        for person in people:
            verbs.decide(case.pk, person, confirmed(severity))

    shown = words(manager.get("/desk/agreement/"))

    assert "Krippendorff" in shown and "1.000" in shown
    assert not any(person.email in shown for person in people)


def test_a_golden_item_is_answered_and_the_expected_answer_shown(analyst: Person) -> None:
    client, item = signed_in(analyst), training.item(1, UK)
    right = {"outcome": item.expected.outcome, "grade": item.expected.grade, "age": item.expected.age}

    answer = client.post("/desk/training/1/", right, follow=True)

    assert "As expected" in words(answer)
    assert "item 2" in words(client.get("/desk/training/"))


def test_an_answer_is_kept_once(analyst: Person) -> None:
    client = signed_in(analyst)
    client.post("/desk/training/1/", {"outcome": "not_illegal"})

    client.post("/desk/training/1/", {"outcome": "confirmed", "grade": "A", "age": "0-2"})

    assert TrainingAnswer.objects.get().said["outcome"] == "not_illegal"


def test_training_makes_no_case_and_no_work_and_is_counted_nowhere(analyst: Person) -> None:
    client = signed_in(analyst)

    for number in range(1, 6):
        client.post(f"/desk/training/{number}/", {"outcome": "confirmed", "grade": "A", "age": "0-2"})

    assert TrainingAnswer.objects.count() == 5
    for model in (Case, Report, Assessment, Work):
        assert not model._default_manager.exists()


def test_items_are_the_same_for_everybody_and_of_every_grade() -> None:
    items = [training.item(number, UK) for number in range(1, 60)]

    assert items == [training.item(number, UK) for number in range(1, 60)]
    assert {item.expected.grade for item in items} == {"", *(grade.value for grade in UK.grades)}


def test_the_most_severe_and_the_youngest_count() -> None:
    for number in range(1, 200):
        item = training.item(number, UK)
        graded = [shape for shape in item.shapes if shape.sides]
        if not graded:
            assert item.expected.outcome == Outcome.NOT_ILLEGAL
            continue
        fewest = min(graded, key=lambda shape: shape.sides)  # the most severe stands first
        youngest = min(shape.years for shape in graded)
        assert item.expected.grade == fewest.grade
        assert item.expected.age == training.age_of(youngest)


def test_an_account_links_its_cases_and_each_opening_is_in_the_log(
    analyst: Person, make_case: MakeCase
) -> None:
    cases = [make_case(), make_case()]
    for case in cases:
        verbs.attach(case.pk, analyst, accounts=[Account("lantern-77", "chat")])
    subject = Subject.objects.get()

    page = signed_in(analyst).get(f"/desk/subjects/{subject.pk}/").content.decode()

    assert all(str(case.pk) in page for case in cases)
    assert Entry.objects.filter(verb="assess.open_subject").count() == 1


@pytest.mark.parametrize("role", ["manager", "administrator", "inspector", "custodian"])
def test_who_has_no_part_in_it_sees_no_account(
    role: str, analyst: Person, make_case: MakeCase, someone: MakePerson
) -> None:
    verbs.attach(make_case().pk, analyst, accounts=[Account("lantern-77", "chat")])

    answer = signed_in(someone(role)).get(f"/desk/subjects/{Subject.objects.get().pk}/")

    assert answer.status_code == 403


def test_of_an_account_that_may_be_a_child_s_no_word_says_offender_or_suspect(
    analyst: Person, make_case: MakeCase
) -> None:
    verbs.attach(make_case().pk, analyst, accounts=[Account("lantern-77", "chat", may_be_child=True)])

    shown = words(signed_in(analyst).get(f"/desk/subjects/{Subject.objects.get().pk}/")).lower()

    assert "child protection comes first" in shown
    assert not any(word in shown for word in ("offender", "perpetrator", "suspect"))


def test_media_of_a_known_child_s_series_are_said_on_another_case(
    analyst: Person, make_case: MakeCase, someone: MakePerson
) -> None:
    earlier = make_case(media=1)
    verbs.attach(earlier.pk, analyst, ["new"], series=sha256s(earlier))
    child, case = Child.objects.get(), make_case()
    assert case.location is not None and earlier.location is not None
    case.location.sightings.create(media=earlier.location.sightings.get().media, at=case.received_at)
    before = words(signed_in(analyst).get(f"/desk/cases/{case.pk}/"))

    police = signed_in(someone("police_liaison"))
    police.post(f"/desk/children/{child.pk}/", {"status": "known_to_police"})

    after = words(signed_in(analyst).get(f"/desk/cases/{case.pk}/"))
    assert f"Child {child.label} : new: not known to police" in before
    assert f"Child {child.label} : Known to police. Not referred as new." in after


def test_an_analyst_does_not_record_what_police_told_of_a_child(analyst: Person, make_case: MakeCase) -> None:
    verbs.attach(make_case().pk, analyst, ["new"])
    child = Child.objects.get()

    signed_in(analyst).post(f"/desk/children/{child.pk}/", {"status": "safeguarded"})

    child.refresh_from_db()
    assert child.status == Child.Status.UNKNOWN


def test_media_from_elsewhere_are_tied_to_nobody(analyst: Person, make_case: MakeCase) -> None:
    other, case = make_case(media=1), make_case(media=1)

    answer = signed_in(analyst).post(
        f"/desk/cases/{case.pk}/attach/", {"new_child": "on", "series": sha256s(other)}, follow=True
    )

    assert answer.status_code == 200
    assert not Child.objects.filter(ties__isnull=False).exists()
