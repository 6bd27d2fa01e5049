"""The key ring: made once, read only by its owner, and never less than it was."""

import copy
import json
import pickle
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from nightlight.vault import KeyRing, KeyRingError
from nightlight.vault.contents import RingContents
from nightlight.vault.ring import FILE_NAME, Family


def secrets_of(directory: Path) -> list[str]:
    """Every secret in the file, as written there."""
    document = json.loads((directory / FILE_NAME).read_text())
    rotating = [key["secret"] for family in document["families"].values() for key in family["keys"].values()]
    return [
        *rotating,
        *(document[name] for name in ("receipt_key", "token_key", "signing_key", "secret_key")),
    ]


def any_key(document: Any) -> Any:
    return next(iter(document["families"]["data"]["keys"].values()))


def test_a_new_ring_is_open_to_its_owner_only(keys: Path) -> None:
    KeyRing.create(keys)

    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert stat.S_IMODE((keys / FILE_NAME).stat().st_mode) == 0o600


def test_a_directory_that_was_open_is_closed_when_a_ring_is_made_in_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    KeyRing.create(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_what_was_created_is_what_is_loaded(keys: Path) -> None:
    made = KeyRing.create(keys)

    loaded = KeyRing.load(keys)

    assert loaded.fingerprint == made.fingerprint
    assert loaded.secret_key == made.secret_key
    assert loaded.public_key == made.public_key
    assert loaded.signing_seed == made.signing_seed
    assert loaded.receipt_subkey() == made.receipt_subkey()
    assert loaded.token_subkey("link") == made.token_subkey("link")
    for family in Family:
        key_id = made.current(family)
        assert loaded.current(family) == key_id
        assert loaded.created(family, key_id) == made.created(family, key_id)
        assert loaded.derived(family, key_id, "a") == made.derived(family, key_id, "a")


def test_a_ring_is_never_overwritten(keys: Path) -> None:
    first = KeyRing.create(keys)

    with pytest.raises(KeyRingError, match="never overwritten"):
        KeyRing.create(keys)

    assert KeyRing.load(keys).fingerprint == first.fingerprint


def test_of_many_who_create_at_once_one_does(keys: Path) -> None:
    def attempt(_: int) -> str | None:
        try:
            return KeyRing.create(keys).fingerprint
        except KeyRingError:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [fingerprint for fingerprint in pool.map(attempt, range(8)) if fingerprint]

    assert made == [KeyRing.load(keys).fingerprint]


def test_a_missing_ring_says_how_to_make_one(keys: Path) -> None:
    with pytest.raises(KeyRingError, match="nightlight init"):
        KeyRing.load(keys)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_ring_open_to_others_is_refused(keys: Path, ring: KeyRing, mode: int) -> None:
    (keys / FILE_NAME).chmod(mode)

    with pytest.raises(KeyRingError, match="chmod 600"):
        KeyRing.load(keys)


def test_a_ring_in_a_directory_open_to_others_is_refused(keys: Path, ring: KeyRing) -> None:
    keys.chmod(0o750)

    with pytest.raises(KeyRingError, match="chmod 700"):
        KeyRing.load(keys)


def test_a_ring_that_is_no_file_is_refused(keys: Path) -> None:
    (keys / FILE_NAME).mkdir(parents=True, mode=0o700)
    keys.chmod(0o700)

    with pytest.raises(KeyRingError, match="cannot read"):
        KeyRing.load(keys)


def test_a_ring_that_cannot_be_written_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the directory should be")

    with pytest.raises(KeyRingError, match=r"cannot write the key ring at .*keys"):
        KeyRing.create(tmp_path / "keys")


@pytest.mark.parametrize(
    "damage",
    [
        lambda ring: ring.pop("token_key"),
        lambda ring: ring.update(receipt_key="c2hvcnQ="),
        lambda ring: ring.update(ring_id="not base64!"),
        lambda ring: ring.update(secret_key="short"),
        lambda ring: ring["families"].pop("index"),
        lambda ring: ring["families"]["data"].update(current="00000000"),
        lambda ring: ring["families"]["data"]["keys"].update(abcd=any_key(ring)),
        lambda ring: ring["families"]["data"]["keys"].update(ghijklmn=any_key(ring)),
        lambda ring: ring.update(token_key="!" + ring["token_key"]),
        lambda ring: ring["families"].update(data=[]),
    ],
)
def test_a_damaged_ring_is_refused(keys: Path, ring: KeyRing, damage: Callable[[Any], object]) -> None:
    document = json.loads((keys / FILE_NAME).read_text())
    damage(document)
    (keys / FILE_NAME).write_text(json.dumps(document))

    with pytest.raises(KeyRingError, match="damaged"):
        KeyRing.load(keys)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_text_but_a_ring_is_read_as_one(text: str) -> None:
    with pytest.raises(KeyRingError):
        RingContents.from_json(text)


def test_bytes_that_are_no_text_are_refused(keys: Path, ring: KeyRing) -> None:
    (keys / FILE_NAME).write_bytes(b"\xff\xfe\x00")

    with pytest.raises(KeyRingError, match="damaged"):
        KeyRing.load(keys)


def test_a_ring_of_another_version_is_refused_as_such(keys: Path, ring: KeyRing) -> None:
    document = json.loads((keys / FILE_NAME).read_text())
    (keys / FILE_NAME).write_text(json.dumps({**document, "format": 2}))

    with pytest.raises(KeyRingError, match="another version"):
        KeyRing.load(keys)


def test_the_error_of_a_damaged_ring_quotes_no_secret(keys: Path, ring: KeyRing) -> None:
    path = keys / FILE_NAME
    known = secrets_of(keys)
    path.write_text(path.read_text()[:-2])

    with pytest.raises(KeyRingError) as raised:
        KeyRing.load(keys)

    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert not any(secret in str(raised.value) for secret in known)


def test_a_rotated_data_key_is_current_and_the_old_one_stays(keys: Path, ring: KeyRing) -> None:
    old, index = ring.current(Family.DATA), ring.current(Family.INDEX)
    before = ring.derived(Family.DATA, old, "t", "c")

    new = ring.rotate_data()

    loaded = KeyRing.load(keys)
    assert loaded.key_ids(Family.DATA) == (new, old)
    assert loaded.current(Family.INDEX) == index
    assert loaded.derived(Family.DATA, old, "t", "c") == before
    assert loaded.derived(Family.DATA, new, "t", "c") != before


def test_index_keys_rotate_apart_from_data_keys(ring: KeyRing) -> None:
    data, old = ring.current(Family.DATA), ring.current(Family.INDEX)

    new = ring.rotate_index()

    assert ring.key_ids(Family.INDEX) == (new, old)
    assert ring.key_ids(Family.DATA) == (data,)


def test_the_fingerprint_outlives_every_rotation_and_is_of_one_ring(tmp_path: Path, ring: KeyRing) -> None:
    before = ring.fingerprint

    ring.rotate_data()
    ring.rotate_index()

    assert ring.fingerprint == before
    assert len(bytes.fromhex(before)) == 32
    assert KeyRing.create(tmp_path / "other").fingerprint != before


def test_rotations_by_two_processes_lose_no_key(keys: Path, ring: KeyRing) -> None:
    other = KeyRing.load(keys)

    ids = {ring.current(Family.DATA), ring.rotate_data(), other.rotate_data(), ring.rotate_data()}

    assert set(KeyRing.load(keys).key_ids(Family.DATA)) == ids
    assert len(ids) == 4


def test_a_key_that_another_process_made_is_found_by_reading_again(keys: Path, ring: KeyRing) -> None:
    other = KeyRing.load(keys)

    new = other.rotate_data()

    assert ring.derived(Family.DATA, new, "t") == other.derived(Family.DATA, new, "t")


def test_refresh_brings_what_another_process_made_current(keys: Path, ring: KeyRing) -> None:
    new = KeyRing.load(keys).rotate_index()

    ring.refresh()

    assert ring.current(Family.INDEX) == new


def test_another_ring_in_the_same_place_is_never_mixed_with_this_one(keys: Path, ring: KeyRing) -> None:
    before = ring.fingerprint
    (keys / FILE_NAME).unlink()
    KeyRing.create(keys)

    with pytest.raises(KeyRingError, match="another key ring"):
        ring.rotate_data()

    assert ring.fingerprint == before


def test_a_key_that_no_ring_has_is_an_error_with_its_id(ring: KeyRing) -> None:
    with pytest.raises(KeyRingError, match="no data key deadbeef"):
        ring.derived(Family.DATA, "deadbeef", "t")


def test_a_crash_while_writing_leaves_the_ring_as_it_was(
    keys: Path, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (keys / FILE_NAME).read_bytes()

    def power_cut(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as cut:
        cut.setattr("os.fsync", power_cut)
        with pytest.raises(KeyRingError, match="cannot write"):
            ring.rotate_data()

    assert (keys / FILE_NAME).read_bytes() == before
    assert sorted(path.name for path in keys.iterdir()) == [FILE_NAME, "ring.lock"]
    assert ring.key_ids(Family.DATA) == KeyRing.load(keys).key_ids(Family.DATA)


def test_a_draft_left_by_a_crash_does_not_stop_the_next_rotation(keys: Path, ring: KeyRing) -> None:
    (keys / f"{FILE_NAME}.new").write_text("half a ri")

    new = ring.rotate_data()

    assert KeyRing.load(keys).current(Family.DATA) == new


def test_no_secret_shows_in_a_representation(keys: Path, ring: KeyRing) -> None:
    ring.derived(Family.DATA, ring.current(Family.DATA), "t")
    contents = RingContents.from_json((keys / FILE_NAME).read_text())

    shown = f"{ring!r} {ring} {contents!r} {contents.families[Family.DATA].keys!r}"

    assert not any(secret in shown for secret in secrets_of(keys))
    assert "secret" not in shown


@pytest.mark.parametrize("leave", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_ring_is_not_pickled_or_copied(ring: KeyRing, leave: Callable[[KeyRing], object]) -> None:
    with pytest.raises(TypeError, match="never pickled"):
        leave(ring)


def test_subkeys_differ_by_family_key_and_purpose(ring: KeyRing) -> None:
    old = ring.current(Family.DATA)
    new = ring.rotate_data()

    derived = [
        ring.derived(Family.DATA, old, "ab", "c"),
        ring.derived(Family.DATA, old, "a", "bc"),
        ring.derived(Family.DATA, new, "ab", "c"),
        ring.derived(Family.INDEX, ring.current(Family.INDEX), "ab", "c"),
        ring.receipt_subkey(),
        ring.token_subkey("ab", "c"),
        ring.token_subkey("a", "bc"),
    ]

    assert len(set(derived)) == len(derived)


def test_the_public_key_is_exported_in_both_forms_alike(ring: KeyRing) -> None:
    read = load_pem_public_key(ring.public_pem.encode())

    assert isinstance(read, Ed25519PublicKey)
    assert read.public_bytes_raw() == ring.public_key
