"""Sealed fields keep text out of the database; blind indexes still find it."""

import pytest
from django.db import connection

from nightlight.casebook.models import Location
from nightlight.casebook.sealed import find
from nightlight.vault import CannotOpen
from nightlight.work import clock


def _location(url: str = "http://a.example/x") -> Location:
    return Location.objects.create(url=url, host="a.example", domain="a.example", first_seen=clock.now())


def test_a_sealed_text_is_read_back_and_is_not_in_the_row(home: None) -> None:
    made = _location()

    again = Location.objects.get(pk=made.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT url FROM casebook_location")
        raw = bytes(cursor.fetchone()[0])

    assert again.url == "http://a.example/x"
    assert b"example" not in raw


def test_a_row_is_found_by_its_blind_index(home: None) -> None:
    made = _location()

    found = Location.objects.get(url_index=find("url", "http://a.example/x"))

    assert found.pk == made.pk


def test_ciphertext_moved_to_another_row_does_not_open(home: None) -> None:
    first, second = _location(), _location("http://b.example/y")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casebook_location SET url = (SELECT url FROM casebook_location WHERE id = %s) WHERE id = %s",
            [_key(first), _key(second)],
        )

    moved = Location.objects.get(pk=second.pk)

    with pytest.raises(CannotOpen):
        _ = moved.url


def test_a_sealed_field_refuses_a_bulk_update(home: None) -> None:
    _location()

    with pytest.raises(TypeError, match="sealed"):
        Location.objects.update(url="http://c.example/")


def test_saving_an_unopened_row_keeps_its_text(home: None) -> None:
    made = _location()

    Location.objects.get(pk=made.pk).save()

    assert Location.objects.get(pk=made.pk).url == "http://a.example/x"


def _key(row: Location) -> str:
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)
