"""What people send, kept encrypted: each file and draft bound to its id (`kernel.sealing`)."""

from __future__ import annotations

from madang.kernel import sealing

ROOM, USE = "cases", "files"


def seal(file_id: str, data: bytes) -> bytes:
    """Return a file encrypted; the same id is needed to read it."""
    return sealing.seal(ROOM, USE, file_id, data)


def unseal(file_id: str, sealed: bytes | memoryview) -> bytes:
    """Return what was sealed under this id; raises `Invalid` where it was changed."""
    return sealing.unseal(ROOM, USE, file_id, sealed)
