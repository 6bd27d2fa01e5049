"""The index as a whole, in any order of writes, saves and openings: what it answers is what the reference answers."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from nightlight.fingerprint.codes import distance
from nightlight.fingerprint.index import Index, Snapshot
from tests.fingerprint.codes import at_distances, random_codes

CENTRES = random_codes(3, 42)
NEAR = np.concatenate([at_distances(CENTRES[k % 3], [k % 40], k) for k in range(120)])

Row = tuple[int, int, int]  # id, position in NEAR, tag


def answer(rows: list[Row], query: int, radius: int) -> list[tuple[int, int, int]]:
    """Give (distance, id, tag) of the rows within the radius of ``NEAR[query]``, by comparing them all."""
    found: dict[tuple[int, int], int] = {}
    for identity, code, tag in rows:
        apart = int(distance(NEAR[code], NEAR[query]))
        if apart <= radius:
            found[identity, tag] = min(apart, found.get((identity, tag), 256))
    return sorted((apart, identity, tag) for (identity, tag), apart in found.items())


def ask(index: Index | Snapshot, query: int, radius: int) -> list[tuple[int, int, int]]:
    hits = index.search(NEAR[query], radius)
    return list(zip(hits.distance.tolist(), hits.id.tolist(), hits.tag.tolist(), strict=True))


class AnyOrder(RuleBasedStateMachine):
    """Adds, removes, labels, saves, opens and searches; beside it a list that is searched by hand."""

    snapshots = Bundle("snapshots")

    @initialize(capacity=st.sampled_from([1, 2, 7, 64]), seed=st.integers(0, 2**64 - 1))
    def begin(self, capacity: int, seed: int) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.capacity = capacity
        self.index = Index(seed, capacity=capacity)
        self.rows: list[Row] = []
        self.labels: dict[int, str] = {}
        self.names: dict[int, str] = {}

    @rule(
        rows=st.lists(
            st.tuples(
                st.one_of(st.integers(0, 30), st.sampled_from([2**63, 2**64 - 1])),
                st.integers(0, len(NEAR) - 1),
                st.integers(0, 2) | st.just(65535),
            ),
            max_size=40,
        )
    )
    def add(self, rows: list[Row]) -> None:
        self.index.add(
            [identity for identity, _, _ in rows],
            NEAR[[code for _, code, _ in rows]],
            [tag for _, _, tag in rows],
        )
        self.rows += rows

    @rule(first=st.integers(0, 30), count=st.integers(1, 40))
    def add_in_a_row(self, first: int, count: int) -> None:
        codes = [(first + k) % len(NEAR) for k in range(count)]
        self.index.add(range(first, first + count), NEAR[codes])
        self.rows += [(first + k, codes[k], 0) for k in range(count)]

    @rule(ids=st.sets(st.one_of(st.integers(0, 70), st.just(2**64 - 1)), max_size=8))
    def remove(self, ids: set[int]) -> None:
        left = [row for row in self.rows if row[0] not in ids]

        assert self.index.remove(ids) == len(self.rows) - len(left)

        self.rows = left
        for texts in (self.labels, self.names):
            for identity in ids:
                texts.pop(identity, None)

    @rule(identity=st.integers(0, 30), text=st.text(max_size=3))
    def label(self, identity: int, text: str) -> None:
        self.index.label(identity, text)
        self.labels[identity] = text

    @rule(identity=st.integers(0, 30), text=st.text(min_size=1, max_size=3))
    def name(self, identity: int, text: str) -> None:
        self.index.name_all({identity: text})
        self.names[identity] = text

    @rule()
    def save_and_open(self) -> None:
        path = Path(self.folder.name) / "index"
        self.index.save(path)
        self.index = Index.open(path, capacity=self.capacity)

    @rule()
    def settle(self) -> None:
        self.index.settle()

    @rule(target=snapshots)
    def snapshot(self) -> tuple[Snapshot, list[Row], dict[int, str]]:
        return self.index.snapshot(), list(self.rows), dict(self.labels)

    @rule(taken=snapshots, query=st.integers(0, len(NEAR) - 1), radius=st.integers(0, 64))
    def ask_a_snapshot(
        self, taken: tuple[Snapshot, list[Row], dict[int, str]], query: int, radius: int
    ) -> None:
        snapshot, rows, labels = taken

        assert ask(snapshot, query, radius) == answer(rows, query, radius)
        assert len(snapshot) == len(rows)
        assert [snapshot.labels(identity) for identity in range(31)] == [labels.get(i, "") for i in range(31)]

    @rule(query=st.integers(0, len(NEAR) - 1), radius=st.integers(0, 31))
    def search(self, query: int, radius: int) -> None:
        assert ask(self.index, query, radius) == answer(self.rows, query, radius)

    @rule(query=st.integers(0, len(NEAR) - 1), radius=st.integers(32, 64))
    def search_beyond(self, query: int, radius: int) -> None:
        assert ask(self.index, query, radius) == answer(self.rows, query, radius)

    @invariant()
    def counts_and_texts_agree(self) -> None:
        if hasattr(self, "index"):
            assert len(self.index) == len(self.rows)
            assert [self.index.labels(one) for one in range(31)] == [
                self.labels.get(one, "") for one in range(31)
            ]
            assert [self.index.name(one) for one in range(31)] == [self.names.get(one) for one in range(31)]

    def teardown(self) -> None:
        if hasattr(self, "index"):
            self.index.settle()
            self.folder.cleanup()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=10, stateful_step_count=30, deadline=None)


def test_several_threads_share_one_search_and_give_the_same() -> None:
    codes = random_codes(5000, 1)
    index = Index.build(codes)

    one, many = index.search(codes[:300]), index.search(codes[:300], threads=3)

    assert one.query.tolist() == many.query.tolist() == list(range(300))
    assert one.id.tolist() == many.id.tolist()


@pytest.mark.parametrize(
    ("ids", "tags"),
    [([1], None), ([1, -1], None), ([1, 2**64], None), ([1, 1.5], None), ([1, 2], [0, 65536]), ([1, 2], [0])],
)
def test_what_does_not_fit_is_refused_and_nothing_is_added(ids: list[int], tags: list[int] | None) -> None:
    index = Index()

    with pytest.raises(ValueError, match=r"ids|tags"):
        index.add(ids, random_codes(2, 1), tags)

    assert len(index) == 0


@pytest.mark.parametrize("radius", [-1, 256, 30.5])
def test_a_radius_that_is_none_is_refused(radius: int) -> None:
    with pytest.raises(ValueError, match="radius"):
        Index().search(random_codes(1, 1), radius)


def test_codes_of_another_type_are_refused_rather_than_never_matched() -> None:
    with pytest.raises(ValueError, match="uint64"):
        Index().search(np.zeros((1, 32), np.uint8))
