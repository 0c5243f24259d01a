"""The leaves and roots are the test vectors of certificate-transparency (merkletree tests)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel.merkle import inclusion_proof, leaf_hash, proven_root, root

LEAVES = [
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
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size):
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proven_and_no_other_is(size, data):
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(leaves, index)
    assert proven_root(leaves[index], index, size, path) == root(leaves)
    assert proven_root(leaf_hash(b"forged"), index, size, path) != root(leaves)
    if size > 1:
        assert proven_root(leaves[index], index, size, path[:-1]) != root(leaves)


def test_a_place_outside_the_tree_is_not_proven():
    assert proven_root(LEAVES[0], 3, 3, []) is None
    assert proven_root(LEAVES[0], 0, 1, [LEAVES[1]]) is None
