"""What others hold us to: the promise at once, the proof later."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.audit import checkpoints, promise, sequencer
from nightlight.audit.models import Entry, Leaf
from nightlight.vault import KeyRing
from nightlight.vault.signing import public_jwk


def test_a_promise_is_ours_and_names_the_entry(home: None, write: Callable[[int], list[Entry]]) -> None:
    (entry,) = write(1)

    made = promise.promise(entry)

    assert set(made) == {"entry", "at", "signature"}
    assert (made["entry"], made["at"]) == (str(entry.pk), "2026-01-05T09:00:00+00:00")
    assert promise.check_promise(made)


@pytest.mark.parametrize("field", ["entry", "at", "signature"])
def test_a_promise_that_was_altered_is_not_ours(
    home: None, write: Callable[[int], list[Entry]], field: str
) -> None:
    (entry,) = write(1)
    made = promise.promise(entry)

    made[field] = made[field][:-1] + ("0" if made[field][-1] != "0" else "1")

    assert not promise.check_promise(made)


def test_a_promise_of_another_hotline_is_not_ours(
    home: None, write: Callable[[int], list[Entry]], tmp_path: Path
) -> None:
    (entry,) = write(1)
    other = KeyRing.create(tmp_path / "keys")

    made = promise.promise(entry)

    assert not promise.check_promise(made, public_jwk(other))


def test_a_promise_is_kept_once_its_entry_has_its_place(
    home: None, write: Callable[[int], list[Entry]]
) -> None:
    (entry,) = write(1)
    made = promise.promise(entry)
    before = promise.kept(made)

    sequencer.sequence_once()

    assert (before, promise.kept(made)) == (False, True)


def test_a_promise_is_not_kept_by_another_entry_under_its_id(
    home: None, write: Callable[[int], list[Entry]]
) -> None:
    (entry,) = write(1)
    made = promise.promise(entry)

    Leaf.objects.create(seq=0, entry_id=entry.pk, hash="00" * 32)

    assert not promise.kept(made)


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_every_signed_entry_has_a_proof_that_holds(
    own_home: Path, write: Callable[[int], list[Entry]], size: int
) -> None:
    entries = write(size)
    checkpoint = checkpoints.checkpoint_now()

    proofs = [promise.inclusion(entry.pk) for entry in entries]

    assert all(proof and proof.holds() and proof.checkpoint == checkpoint for proof in proofs)


@pytest.mark.parametrize("what", ["leaf", "path"])
def test_a_proof_of_something_else_does_not_hold(
    own_home: Path, write: Callable[[int], list[Entry]], what: str
) -> None:
    entries = write(4)
    checkpoints.checkpoint_now()
    proof = promise.inclusion(entries[0].pk)
    assert proof
    other: dict[str, Any] = {"leaf": "00" * 32, "path": ("00" * 32, *proof.path[1:])}

    changed = replace(proof, **{what: other[what]})

    assert not changed.holds()


def test_an_entry_that_is_not_signed_yet_has_no_proof(
    own_home: Path, write: Callable[[int], list[Entry]]
) -> None:
    write(1)
    checkpoints.checkpoint_now()
    (late,) = write(1)
    sequencer.sequence_once()

    assert promise.inclusion(late.pk) is None
    assert promise.inclusion(uuid.uuid4()) is None


@pytest.mark.django_db
@given(st.dictionaries(st.sampled_from(["entry", "at", "signature"]), st.text(max_size=40)))
def test_no_made_up_promise_is_ours(found: dict[str, str]) -> None:
    assert not promise.check_promise(found)
