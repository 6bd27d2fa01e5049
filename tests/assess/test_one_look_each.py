"""The database itself refuses what would break the second look, whatever the code above it does."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from nightlight.assess import looks, verbs
from nightlight.audit import triggers
from nightlight.casebook.models import Assessment
from tests.assess.conftest import MakeCase, MakePerson, confirmed, sha256s


def test_the_database_refuses_a_second_look_by_the_first_person(
    make_case: MakeCase, someone: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, analyst = make_case(), someone("analyst")
    verbs.decide(case.pk, analyst, confirmed("A"))
    monkeypatch.setattr(looks, "next_role", lambda earlier, by: Assessment.Role.SECOND)

    with pytest.raises(IntegrityError), transaction.atomic():
        verbs.decide(case.pk, analyst, confirmed("A"))

    case.refresh_from_db()
    assert case.state == "second_look"


def test_an_assessment_is_never_changed(make_case: MakeCase, someone: MakePerson) -> None:
    look = verbs.decide(make_case().pk, someone("analyst"), confirmed("C"))

    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=look.pk).update(severity="A")

    assert Assessment.objects.get(pk=look.pk).severity == "C"


def test_an_assessment_is_never_given_to_another_person(make_case: MakeCase, someone: MakePerson) -> None:
    look = verbs.decide(make_case().pk, someone("analyst"), confirmed("A"))

    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=look.pk).update(by=someone("analyst"))

    assert Assessment.objects.get(pk=look.pk).by == look.by


def test_an_assessment_is_never_deleted(make_case: MakeCase, someone: MakePerson) -> None:
    verbs.decide(make_case().pk, someone("analyst"), confirmed("C"))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM casebook_assessment")

    assert Assessment.objects.count() == 1


def test_the_media_a_person_confirmed_stay_confirmed(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case(media=1)
    look = verbs.decide(case.pk, someone("analyst"), confirmed("C", media=sha256s(case)))

    with pytest.raises(DatabaseError), transaction.atomic():
        look.media.clear()

    assert look.media.count() == 1


def test_the_guards_of_assessments_are_watched(home: None) -> None:
    with connection.cursor() as cursor:
        where = " ON casebook_assessment" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER casebook_assessment_no_delete{where}")

    assert "casebook_assessment_no_delete" in triggers.missing(connection)
