"""After a rotation nothing is left on the old key, everything opens and is found, and the guards stand again."""

import re
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from nightlight.accounts.adapter import SealedFactor
from nightlight.audit import triggers
from nightlight.audit.models import Entry
from nightlight.casebook.models import Assessment, Case, Location, Subject
from nightlight.casebook.sealed import BlindIndexField, find
from nightlight.server import occupied, rotation
from nightlight.server.occupied import Occupied
from nightlight.server.rotation import RotationError, rotate
from nightlight.stats import own
from nightlight.stats.books import Books
from nightlight.stats.tables import TABLES
from nightlight.takedown.models import Answer, ConfirmedContact, Notice, NoticeCase
from nightlight.vault import CannotOpen, KeyRing
from nightlight.vault.fields import key_id_of
from nightlight.vault.ring import Family
from nightlight.work import clock, due
from nightlight.work.models import Work
from tests.casebook import cases

URL = "https://pictures.test/a/1"
HOST_MAIL = "abuse@provider.example"


@pytest.fixture
def filled(own_ring: KeyRing, home: None) -> Case:
    """A case with something in every kind of row that keys hold together."""
    case = cases.reported(URL)
    analyst = cases.analyst()
    cases.confirm(case, analyst, note="three shapes on a page", reasons="as graded")
    notice = Notice.objects.create(
        serial="NL-1",
        recipient=HOST_MAIL,
        role=Notice.Role.HOST,
        body="a page",
        leave_at=clock.now(),
        created_at=clock.now(),
    )
    NoticeCase.objects.create(
        notice=notice, case=case, episode=1, recipient_index=notice.recipient_index, step=Notice.Step.NOTICE
    )
    Answer.objects.create(notice=notice, what=Answer.What.REMOVED, note="removed", at=clock.now())
    ConfirmedContact.objects.create(
        domain_index=find("domain", "pictures.test"), contact="post@pictures.test", by=analyst, at=clock.now()
    )
    Subject.objects.create(handle="lantern77", service="a game", created_at=clock.now())
    Authenticator.objects.create(
        user_id=analyst.pk,
        type=Authenticator.Type.TOTP,
        data={"secret": SealedFactor().encrypt("JBSWY3DPEHPK3PXP")},
    )
    return case


def sealed_values() -> list[bytes]:
    """Every sealed value of the database, as it lies there."""
    return [
        bytes(value)
        for model, fields in rotation.sealed_fields()
        for row in model._base_manager.values_list(*(field.attname for field in fields))
        for value in row
        if value is not None
    ]


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def test_no_row_remains_on_the_old_data_key(filled: Case, own_ring: KeyRing) -> None:
    old = own_ring.current(Family.DATA)

    done = rotate(Family.DATA, quiet)

    assert own_ring.current(Family.DATA) == done.key != old
    assert {key_id_of(value) for value in sealed_values()} == {done.key}
    assert done.rows >= 8


def test_every_row_still_opens_after_a_rotation(filled: Case, own_ring: KeyRing) -> None:
    rotate(Family.DATA, quiet)

    assert Location.objects.get().url == URL
    assert Assessment.objects.get().note == "three shapes on a page"
    assert Notice.objects.get().recipient == HOST_MAIL
    for model, fields in rotation.sealed_fields():
        for row in model._base_manager.all():
            assert all(isinstance(getattr(row, field.attname), str) for field in fields)


def test_second_factors_move_to_the_new_key_too(filled: Case, own_ring: KeyRing) -> None:
    before = Authenticator.objects.get().data["secret"]

    rotate(Family.DATA, quiet)

    after = Authenticator.objects.get().data["secret"]
    assert after != before
    assert SealedFactor().decrypt(after) == "JBSWY3DPEHPK3PXP"
    assert rotation._factor_anew(after) == after


def test_assessments_are_insert_only_again_after_a_rotation(filled: Case, own_ring: KeyRing) -> None:
    rotate(Family.DATA, quiet)

    assert triggers.missing(connection) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.update(severity="C")


def test_a_row_that_does_not_open_stops_the_rotation_and_leaves_the_guard_up(
    filled: Case, own_ring: KeyRing
) -> None:
    other = cases.reported("https://other.test/1")
    cases.confirm(other, note="moved")
    swap = Assessment.objects.order_by("pk").values_list("note", flat=True)
    with transaction.atomic(), rotation._writable("casebook_assessment"):
        Assessment.objects.filter(case=other).update(note=swap[0])

    with pytest.raises(CannotOpen):
        rotate(Family.DATA, quiet)

    assert triggers.missing(connection) == []
    assert rotation.unfinished(Family.DATA)


def test_an_interrupted_rotation_goes_on_without_a_third_key(
    filled: Case, own_ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(rotation, "_seal_factors", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rotate(Family.DATA, quiet)

    done = rotate(Family.DATA, quiet)

    assert len(own_ring.key_ids(Family.DATA)) == 2
    assert {key_id_of(value) for value in sealed_values()} == {done.key}


def test_rows_beyond_the_first_batch_are_sealed_anew(
    filled: Case, own_ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    for number in range(10):
        cases.reported(f"https://pictures.test/b/{number}")

    done = rotate(Family.DATA, quiet)

    assert {key_id_of(value) for value in sealed_values()} == {done.key}


def test_after_an_index_rotation_everything_is_found(filled: Case, own_ring: KeyRing) -> None:
    old = find("url", URL)

    rotate(Family.INDEX, quiet)

    assert find("url", URL) != old
    location = Location.objects.get(url_index=find("url", URL))
    assert (location.host_index, location.domain_index) == (
        find("host", "pictures.test"),
        find("domain", "pictures.test"),
    )
    assert Subject.objects.filter(handle_index=find("contact", "lantern77")).exists()
    assert Notice.objects.filter(recipient_index=find("contact", HOST_MAIL)).exists()
    assert NoticeCase.objects.filter(recipient_index=find("contact", HOST_MAIL)).exists()
    assert ConfirmedContact.objects.filter(
        domain_index=location.domain_index, contact_index=find("contact", "post@pictures.test")
    ).exists()
    assert Answer.objects.get().digest == find("answer", Answer.objects.get().content)


def test_a_confirmed_contact_is_found_after_two_index_rotations(filled: Case, own_ring: KeyRing) -> None:
    rotate(Family.INDEX, quiet)
    rotate(Family.INDEX, quiet)

    assert ConfirmedContact.objects.get().domain_index == find("domain", "pictures.test")


def test_the_index_is_not_rotated_while_something_runs(filled: Case, own_ring: KeyRing) -> None:
    with occupied.beside_others(own_ring.path.parent.parent), pytest.raises(Occupied):
        rotate(Family.INDEX, quiet)

    assert len(own_ring.key_ids(Family.INDEX)) == 1


def test_the_index_is_not_rotated_while_a_worker_elsewhere_holds_work(
    filled: Case, own_ring: KeyRing
) -> None:
    Work.objects.create(task="x", due=clock.now(), leased_until=clock.real_now() + due.LEASE, leased_by="far")

    with pytest.raises(RotationError, match="worker"):
        rotate(Family.INDEX, quiet)

    assert len(own_ring.key_ids(Family.INDEX)) == 1


def test_data_keys_rotate_while_the_hotline_runs(filled: Case, own_ring: KeyRing) -> None:
    with occupied.beside_others(own_ring.path.parent.parent):
        done = rotate(Family.DATA, quiet)

    assert done.rows


def test_half_an_index_is_not_served(
    filled: Case, own_ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation.require_finished()
    with monkeypatch.context() as broken:
        broken.setitem(rotation.COPIES, "takedown.ConfirmedContact.domain_index", lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            rotate(Family.INDEX, quiet)

    with pytest.raises(RotationError, match="keys rotate --index"):
        rotation.require_finished()
    rotate(Family.INDEX, quiet)

    rotation.require_finished()
    assert len(own_ring.key_ids(Family.INDEX)) == 2


def test_the_queue_of_a_site_is_the_same_after_an_index_rotation(filled: Case, own_ring: KeyRing) -> None:
    Case.objects.update(state="open")
    before = find("domain", filled.location.domain)  # type: ignore[union-attr]

    rotate(Family.INDEX, quiet)

    after = find("domain", filled.location.domain)  # type: ignore[union-attr]
    assert before != after
    assert list(Case.objects.filter(domain_index=after)) == [filled]


def test_a_domain_is_one_domain_in_the_numbers_also_after_an_index_rotation(
    filled: Case, own_ring: KeyRing
) -> None:
    own.count_marked()
    rotate(Family.INDEX, quiet)
    another = cases.reported("https://pictures.test/a/2")
    cases.confirm(another, cases.analyst())

    rows = TABLES["domains"].count(Books(None, None, clock.now().date()))

    assert [(row["domains"], row["count"]) for row in rows] == [(1, 2)]


def test_a_rotation_is_an_entry_of_the_log(filled: Case, own_ring: KeyRing) -> None:
    done = rotate(Family.DATA, quiet)

    entry = Entry.objects.get(verb="server.rotate_keys")
    assert entry.facts == {"family": "data", "key": done.key, "rows": done.rows}


def digest_columns() -> list[str]:
    """Columns of ours that look like keyed digests and are no BlindIndexField."""
    return [
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("nightlight.")
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, BlindIndexField)
        and re.search(r"(index|digest|sketch)$", field.name)
    ]


def test_every_digest_is_brought_along_or_has_a_reason_to_stay() -> None:
    assert sorted(digest_columns()) == sorted([*rotation.COPIES, *rotation.STAY])


def test_nothing_is_sealed_that_a_rotation_does_not_know() -> None:
    """A purpose in the log stays on its key: its ciphertext is part of the signed tree."""
    source = Path(rotation.__file__).parent.parent

    sealing: dict[str, Any] = {
        str(path.relative_to(source)): path
        for path in source.rglob("*.py")
        if re.search(r"(?<![a-z_.])seal\(", path.read_text()) and "vault" not in path.parts
    }

    assert sorted(sealing) == [
        "accounts/adapter.py",
        "audit/models.py",
        "casebook/sealed.py",
        "server/rotation.py",
    ]
