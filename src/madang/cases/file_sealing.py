"""What people send, kept encrypted: each file and draft bound to its id.

What is larger than a piece is sealed in pieces (`kernel.sealed_pieces`), so that a paper of 50 MB
is handed out without ever being in memory; what is smaller in one (`kernel.sealing`).
"""

from __future__ import annotations

from collections.abc import Iterator

from madang.kernel import sealed_pieces, sealing

ROOM, USE = "cases", "files"


def seal(file_id: str, data: bytes) -> bytes:
    """Return a file encrypted; the same id is needed to read it."""
    if len(data) > sealed_pieces.PIECE:
        return sealed_pieces.seal(ROOM, USE, file_id, data)
    return sealing.seal(ROOM, USE, file_id, data)


def unseal(file_id: str, sealed: bytes | memoryview) -> bytes:
    """Return what was sealed under this id; raises `Invalid` where it was changed."""
    return sealed_pieces.unseal(ROOM, USE, file_id, sealed)


def pieces(file_id: str, read: sealed_pieces.Read, size: int) -> Iterator[bytes]:
    """Yield what was sealed under this id, piece by piece, each proved genuine before it comes.

    Raises `Invalid` where it was changed or cut off; what was yielded is then not all of it.
    """
    return sealed_pieces.opened(ROOM, USE, file_id, read, size)
