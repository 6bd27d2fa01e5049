"""RFC 6962: known answers, and every proof against the definition written as plain recursion."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.audit import tree
from nightlight.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The reference tests of google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

leaf_lists = st.lists(st.binary(max_size=4), max_size=70).map(lambda entries: [leaf_hash(e) for e in entries])


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH(D[n]), read off RFC 6962 section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    k = naive_split(len(leaves))
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]), read off RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b), read off RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def naive_split(size: int) -> int:
    k = 1
    while 2 * k < size:
        k *= 2
    return k


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots_of_certificate_transparency_come_out(size: int) -> None:
    root = root_of(LEAVES[:size])

    assert root.hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)
def test_the_known_audit_paths_come_out(index: int, size: int, path: list[str]) -> None:
    proof = inclusion_proof(LEAVES[:size], index)

    assert [node.hex() for node in proof] == path


@pytest.mark.parametrize(
    ("old_size", "size", "path"),
    [
        (1, 1, []),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_known_consistency_proofs_come_out(old_size: int, size: int, path: list[str]) -> None:
    proof = consistency_proof(LEAVES[:size], old_size)

    assert [node.hex() for node in proof] == path


@given(leaf_lists)
def test_appending_one_by_one_gives_the_root_of_the_definition(leaves: list[bytes]) -> None:
    frontier = Frontier.empty()

    for leaf in leaves:
        frontier = frontier.append(leaf)

    assert (frontier.size, frontier.root()) == (len(leaves), naive_root(leaves))


@given(leaf_lists, leaf_lists)
def test_a_frontier_goes_on_after_being_written_and_read(before: list[bytes], after: list[bytes]) -> None:
    frontier = Frontier.empty().extend(before)

    read = Frontier.from_json(frontier.size, frontier.to_json())

    assert read.extend(after).root() == naive_root(before + after)


@given(leaf_lists.filter(bool), st.data())
def test_every_leaf_is_proved_and_its_proof_is_the_one_of_the_definition(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))

    proof = inclusion_proof(leaves, index)

    assert proof == naive_path(index, leaves)
    assert verify_inclusion(leaves[index], index, len(leaves), proof, naive_root(leaves))


@given(leaf_lists, st.data())
def test_every_earlier_tree_is_proved_a_prefix(leaves: list[bytes], data: st.DataObject) -> None:
    old_size = data.draw(st.integers(0, len(leaves)))

    proof = consistency_proof(leaves, old_size)

    assert proof == (naive_subproof(old_size, leaves, True) if old_size else [])
    assert verify_consistency(old_size, naive_root(leaves[:old_size]), len(leaves), naive_root(leaves), proof)


# Distinct leaves, so that a tampered tree really is another tree.
@given(st.integers(2, 40), st.data())
def test_a_changed_leaf_place_or_proof_is_refused(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    index, other = data.draw(st.permutations(range(size)))[:2]
    proof, root = inclusion_proof(leaves, index), root_of(leaves)

    wrong = data.draw(st.integers(0, len(proof) - 1))
    altered = [*proof[:wrong], leaf_hash(b"altered"), *proof[wrong + 1 :]]

    assert not verify_inclusion(leaves[other], index, size, proof, root)
    assert not verify_inclusion(leaves[index], other, size, proof, root)
    assert not verify_inclusion(leaves[index], index, size, altered, root)
    assert not verify_inclusion(leaves[index], index, size, proof[:-1], root)
    assert not verify_inclusion(leaves[index], index, size, [*proof, root], root)
    assert not verify_inclusion(leaves[index], index, size, proof, leaves[index])


@given(st.integers(2, 40), st.data())
def test_a_history_that_was_edited_or_reordered_is_refused(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    old_size = data.draw(st.integers(1, size - 1))
    old_root = root_of(leaves[:old_size])
    edited_at = data.draw(st.integers(0, old_size - 1))

    edited = [*leaves[:edited_at], leaf_hash(b"edited"), *leaves[edited_at + 1 :]]
    moved = [*leaves[:edited_at], *leaves[edited_at + 1 :], leaves[edited_at]]

    for forged in (edited, moved):
        proof = consistency_proof(forged, old_size)
        assert not verify_consistency(old_size, old_root, size, root_of(forged), proof)


@given(st.integers(2, 40), st.data())
def test_a_consistency_proof_of_the_wrong_length_is_refused(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    old_size = data.draw(st.integers(1, size - 1))
    old_root, root = root_of(leaves[:old_size]), root_of(leaves)

    proof = consistency_proof(leaves, old_size)

    assert not verify_consistency(old_size, old_root, size, root, proof[:-1])
    assert not verify_consistency(old_size, old_root, size, root, [*proof, root])
    assert not verify_consistency(size, root, old_size, old_root, proof)
    assert not verify_consistency(size, root, size, old_root, [])
    assert not verify_consistency(0, old_root, size, root, [])


def test_a_proof_longer_than_its_tree_is_high_is_refused_even_where_the_hashes_fit() -> None:
    a, b, c, d = LEAVES[:4]
    ab = node_hash(a, b)
    longer = [c, d, ab, a]

    old_root, root = node_hash(a, node_hash(ab, c)), node_hash(a, node_hash(ab, node_hash(c, d)))

    assert not verify_inclusion(b, 0, 1, [a], ab)
    assert not verify_consistency(3, old_root, 4, root, longer)


def test_a_proof_shorter_than_its_tree_is_high_is_refused_even_where_the_hashes_fit() -> None:
    c, d = LEAVES[2:4]

    assert not verify_inclusion(c, 0, 4, [d], node_hash(c, d))
    assert not verify_consistency(3, c, 4, node_hash(c, d), [c, d])
    assert not verify_consistency(3, root_of(LEAVES[:3]), 5, root_of(LEAVES[:5]), [])


def test_a_log_that_shrank_or_a_proof_of_nothing_is_refused() -> None:
    root = root_of(LEAVES[:2])

    assert not verify_consistency(2, root, 1, root, [])
    assert not verify_consistency(2, root, 2, root, [root])
    assert not verify_consistency(0, EMPTY_ROOT, 2, root, [root])


@pytest.mark.parametrize("index", [-1, 8])
def test_a_leaf_outside_the_tree_has_no_proof(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, index)

    assert not verify_inclusion(LEAVES[0], index, 8, inclusion_proof(LEAVES, 0), root_of(LEAVES))


@pytest.mark.parametrize("old_size", [-1, 9])
def test_a_tree_has_no_proof_from_a_size_it_never_had(old_size: int) -> None:
    with pytest.raises(ValueError, match="never had"):
        consistency_proof(LEAVES, old_size)


@pytest.mark.parametrize(
    ("size", "peaks"), [(2, []), (3, ["00" * 32]), (-1, ["00" * 32]), (1, ["00" * 31]), (1, ["zz" * 32])]
)
def test_a_frontier_that_no_tree_has_is_refused(size: int, peaks: list[str]) -> None:
    with pytest.raises(ValueError):
        Frontier.from_json(size, peaks)


def test_something_that_is_no_hash_is_not_appended() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier.empty().append(b"text, not a hash")


def test_the_example_in_the_documentation_runs() -> None:
    result = doctest.testmod(tree)

    assert (result.failed, result.attempted > 0) == (0, True)
