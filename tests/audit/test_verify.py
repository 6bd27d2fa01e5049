"""A saboteur who may write to the database, triggers and all, is found out."""
# ruff: noqa: S608 - statements of the test's own

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from nightlight.audit import checkpoints, log, sequencer, triggers
from nightlight.audit import verify as verifying
from nightlight.audit.models import Checkpoint, Entry, Leaf, Pending, Tree
from nightlight.audit.tree import Frontier, leaf_hash
from nightlight.audit.verify import verify


@pytest.fixture
def written(own_home: Path, write: Callable[[int], list[Entry]]) -> Path:
    """Six entries, signed at two, four and six; then the saboteur drops every trigger of the log."""
    for _ in range(3):
        write(2)
        checkpoints.checkpoint_now()
    assert verify().findings == []
    for table in triggers.GUARDED:
        triggers.lift(connection, table)
    return own_home


def found(word: str) -> list[str]:
    """The findings with this word in them, those of the dropped triggers left out."""
    return [line for line in verify().findings if word in line and "trigger" not in line]


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_log_holds_as_far_as_it_is_signed(
    own_home: Path, write: Callable[[int], list[Entry]]
) -> None:
    write(3)
    checkpoints.checkpoint_now()
    write(2)
    sequencer.sequence_once()
    write(1)

    verdict = verify()

    assert verdict.holds
    assert (verdict.entries, verdict.leaves, verdict.checkpoints) == (6, 5, 1)
    assert (verdict.verified_to, verdict.pending) == (3, 1)


def test_an_empty_log_holds(own_home: Path) -> None:
    verdict = verify()

    assert (verdict.holds, verdict.entries, verdict.verified_to) == (True, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'test.other'",
        "actor = 'reporter'",
        "about = 'case:x'",
        "facts = '{}'",
        "at = '2020-01-01 00:00:00+00:00'",
        "recorded_at = '2020-01-01 00:00:00+00:00'",
        "leaf = 'x'",
    ],
)
def test_an_edit_is_found(written: Path, change: str) -> None:
    pk = Leaf.objects.get(seq=1).entry_id

    run(f"UPDATE audit_entry SET {change} WHERE id = %s", pk.hex if connection.vendor == "sqlite" else pk)

    assert found(f"entry {pk} was changed; leaf 1")


def test_a_purpose_moved_to_another_entry_is_found(written: Path) -> None:
    entry = Entry.objects.first()
    assert entry

    Entry.objects.filter(pk=entry.pk).update(sealed_purpose=b"other")

    assert found(f"entry {entry.pk} was changed")


def test_an_edit_that_also_rewrites_the_leaves_is_found_by_what_was_signed(written: Path) -> None:
    leaf = Leaf.objects.get(seq=2)
    entry = Entry.objects.get(pk=leaf.entry_id)
    entry.verb = "test.other"
    entry.leaf = leaf.hash = leaf_hash(log.canonical(entry)).hex()
    entry.save()
    leaf.save()
    _rewrite_tree()

    findings = found("")

    assert findings == [
        "between leaf 2 and leaf 3 the log is not what was signed",
        "1 later checkpoints don't agree with the leaves either",
    ]
    assert verify().verified_to == 2


def test_a_deleted_entry_is_found(written: Path) -> None:
    leaf = Leaf.objects.get(seq=3)

    Entry.objects.filter(pk=leaf.entry_id).delete()

    assert found(f"entry {leaf.entry_id} was deleted; leaf 3")


def test_a_deleted_leaf_is_found(written: Path) -> None:
    Leaf.objects.filter(seq=3).delete()

    assert found("leaf 3 is missing")
    assert found("between leaf 2 and leaf 3 the log is not what was signed")


def test_an_entry_deleted_with_its_leaf_and_every_later_one_moved_up_is_found(written: Path) -> None:
    leaf = Leaf.objects.get(seq=3)
    Entry.objects.filter(pk=leaf.entry_id).delete()
    leaf.delete()
    for seq in (4, 5):
        Leaf.objects.filter(seq=seq).update(seq=seq - 1)
    _rewrite_tree()

    assert found("between leaf 2 and leaf 3 the log is not what was signed")
    assert found("a checkpoint of 6 leaves is in the database and home, but only 5 are there")


def test_the_newest_entries_taken_away_with_their_checkpoint_are_found_by_the_copy_in_the_home(
    written: Path,
) -> None:
    gone = list(Leaf.objects.filter(seq__gte=4).values_list("entry_id", flat=True))
    Entry.objects.filter(pk__in=gone).delete()
    Leaf.objects.filter(seq__gte=4).delete()
    Checkpoint.objects.filter(size=6).delete()
    _rewrite_tree()

    assert found("a checkpoint of 6 leaves is in the home, but only 4 are there")


def test_two_entries_that_changed_places_are_found(written: Path) -> None:
    first, second = Leaf.objects.get(seq=4), Leaf.objects.get(seq=5)
    Leaf.objects.filter(seq=4).update(entry_id=uuid.uuid4())
    Leaf.objects.filter(seq=5).update(entry_id=first.entry_id, hash=first.hash)
    Leaf.objects.filter(seq=4).update(entry_id=second.entry_id, hash=second.hash)
    _rewrite_tree()

    assert found("between leaf 4 and leaf 5 the log is not what was signed")


def test_an_inserted_leaf_is_found(written: Path) -> None:
    entry = log.record("test.act", by="system")
    Pending.objects.all().delete()
    for seq in (5, 4, 3):
        Leaf.objects.filter(seq=seq).update(seq=seq + 1)
    Leaf.objects.create(seq=3, entry_id=entry.pk, hash=entry.leaf)
    _rewrite_tree()

    assert found("between leaf 2 and leaf 3 the log is not what was signed")


def test_an_entry_slipped_in_without_a_place_is_found(written: Path) -> None:
    entry = log.record("test.act", by="system")

    Pending.objects.all().delete()

    assert found(f"entry {entry.pk} is in no leaf")


def test_an_entry_deleted_or_changed_before_it_had_its_place_is_found(written: Path) -> None:
    deleted, changed = log.record("test.act", by="system"), log.record("test.act", by="system")

    Entry.objects.filter(pk=deleted.pk).delete()
    Entry.objects.filter(pk=changed.pk).update(verb="test.other")

    assert found(f"entry {deleted.pk} was deleted before it had its place")
    assert found(f"entry {changed.pk} was changed before it had its place")


def test_a_leaf_behind_the_end_is_found(written: Path) -> None:
    entry = log.record("test.act", by="system")

    Leaf.objects.create(seq=6, entry_id=entry.pk, hash=entry.leaf)

    assert found("leaf 6 stands behind the end of the tree")


def test_a_checkpoint_that_nobody_signed_is_found(written: Path) -> None:
    Checkpoint.objects.filter(size=4).update(root="00" * 32)

    assert found("the checkpoint of 4 leaves in the database is not signed by this home")
    assert found("the checkpoint of 4 leaves was replaced")


def test_a_deleted_checkpoint_is_found(written: Path) -> None:
    Checkpoint.objects.filter(size=4).delete()

    assert found("the checkpoint of 4 leaves is in the home, but not in the database")


def test_a_line_taken_out_of_the_copy_in_the_home_is_found(written: Path) -> None:
    path = written / "checkpoints.log"
    lines = path.read_text().splitlines(keepends=True)

    path.write_text(lines[0] + lines[2])

    assert found("the checkpoint of 4 leaves is missing in the home")


def test_a_damaged_line_or_one_out_of_order_in_the_home_is_found(written: Path) -> None:
    path = written / "checkpoints.log"
    lines = path.read_text().splitlines(keepends=True)

    path.write_text(lines[1] + lines[0] + "not json\n" + lines[2])

    assert len(found("of checkpoints.log in the home is damaged or out of order")) == 2


def test_a_forged_line_in_the_home_is_found(written: Path) -> None:
    path = written / "checkpoints.log"
    forged = json.loads(path.read_text().splitlines()[2])

    path.write_text(path.read_text().replace(forged["root"], "11" * 32))

    assert found("the checkpoint of 6 leaves in the home is not signed by this home")


def test_a_copy_that_is_a_second_behind_is_no_finding(written: Path) -> None:
    path = written / "checkpoints.log"

    path.write_text("".join(path.read_text().splitlines(keepends=True)[:1]))

    assert found("") == []


def test_the_tree_rewound_to_be_filled_anew_is_found(written: Path) -> None:
    Tree.objects.update(size=4, frontier=[])

    assert found("the tree's own row does not agree")
    assert found("leaf 4 stands behind the end of the tree")


def test_dropped_triggers_are_found(written: Path) -> None:
    findings = verify().findings

    assert len([line for line in findings if line.startswith("the trigger audit_")]) == 9


def test_a_thousand_findings_are_told_and_the_rest_counted(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "MOST_FINDINGS", 2)

    Entry.objects.all().delete()

    assert len(verify().findings) == 3
    assert verify().findings[-1].endswith("more")


def test_long_logs_are_read_some_at_a_time(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "CHUNK", 2)

    assert (found(""), verify().verified_to) == ([], 6)


def _rewrite_tree() -> None:
    """The saboteur makes the tree's row agree with the leaves as they are now."""
    with transaction.atomic():
        hashes = Leaf.objects.order_by("seq").values_list("hash", flat=True)
        frontier = Frontier.empty().extend(bytes.fromhex(found) for found in hashes)
        Tree.objects.update(size=frontier.size, frontier=frontier.to_json())
