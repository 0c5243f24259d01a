"""Large things sealed in pieces: every change, cut and swap is noticed, and memory stays small."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.kernel import sealed_pieces, sealing
from madang.kernel.errors import Invalid
from madang.kernel.sealed_pieces import PIECE, opened, seal, unseal

NAME = ("cases", "files", "f1")
HEAD, SEALED = 24, PIECE + 16
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5]


def content(size: int) -> bytes:
    return bytes(range(256)) * (size // 256) + bytes(range(size % 256))


def reading(sealed: bytes, name=NAME):
    return opened(*name, lambda at, count: sealed[at : at + count], len(sealed))


def before_fault(sealed: bytes, name=NAME) -> bytes:
    """Return what came before the reader was told that it is not genuine."""
    came = bytearray()
    with pytest.raises(Invalid, match="cannot be read"):
        for piece in reading(sealed, name):
            came += piece
    return bytes(came)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_read_again(size):
    sealed = seal(*NAME, content(size))
    assert unseal(*NAME, sealed) == content(size)
    assert all(len(piece) <= PIECE for piece in reading(sealed))
    assert len(sealed) == HEAD + size + 16 * max(1, -(-size // PIECE))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_in_one_piece_before_is_read_as_well(size):
    sealed = sealing.seal(*NAME, content(size))
    assert unseal(*NAME, memoryview(sealed)) == content(size)


@pytest.mark.parametrize("name", [
    ("cases", "files", "f2"), ("cases", "drafts", "f1"), ("records", "files", "f1"),
])  # fmt: skip
def test_it_opens_as_nothing_else(name):
    assert before_fault(seal(*NAME, content(PIECE * 2)), name) == b""


@pytest.mark.parametrize("cut", [1, 16, 17, SEALED, SEALED + 1, 2 * SEALED, 3 * SEALED])
def test_what_is_cut_off_is_never_taken_for_whole(cut):
    """A cut between two pieces as well: the one that is last then does not say that it is."""
    whole = content(3 * PIECE)
    came = before_fault(seal(*NAME, whole)[:-cut])
    assert whole.startswith(came)
    assert len(came) <= len(whole) - PIECE


def test_pieces_are_not_swapped_repeated_added_or_taken_from_another_file():
    one, two = seal(*NAME, content(3 * PIECE)), seal(*NAME, content(3 * PIECE))
    head, pieces = one[:HEAD], [one[HEAD + n * SEALED :][:SEALED] for n in range(3)]
    foreign = two[HEAD : HEAD + SEALED]
    for order in (
        [pieces[1], pieces[0], pieces[2]], [pieces[0], pieces[0], pieces[2]],
        [*pieces, pieces[2]], [*pieces, b"more"], [foreign, *pieces[1:]], [pieces[2]],
    ):  # fmt: skip
        before_fault(head + b"".join(order))


@settings(max_examples=40)
@given(st.integers(0, HEAD + 2 * SEALED + 100 - 1), st.integers(1, 255))
def test_one_changed_byte_is_noticed_before_its_piece_comes(place, change):
    whole = content(2 * PIECE + 84)
    sealed = bytearray(seal(*NAME, whole))
    sealed[place] ^= change
    came = before_fault(bytes(sealed))
    before = max(0, place - HEAD) // SEALED * PIECE
    assert came == whole[: before if place >= HEAD else 0]


def test_of_what_was_sealed_in_one_piece_nothing_comes_where_its_end_was_changed():
    sealed = bytearray(sealing.seal(*NAME, content(5 * PIECE)))
    sealed[-1] ^= 1
    assert before_fault(bytes(sealed)) == b""
    assert before_fault(bytes(sealed[:20])) == b""


@pytest.mark.parametrize("made", [seal, sealing.seal])
def test_reading_takes_the_memory_of_some_pieces_only(made):
    sealed = made(*NAME, bytes(24_000_000))
    tracemalloc.start()
    total = sum(len(piece) for piece in reading(sealed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 24_000_000
    assert peak < 10 * sealed_pieces.PIECE
