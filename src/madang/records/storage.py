"""What documents say, kept encrypted (`kernel.sealing`); compressed before: texts pack well."""

from __future__ import annotations

import zlib

from madang.kernel import sealing

ROOM, USE = "records", "documents"


def seal(about: str, content: bytes) -> bytes:
    """Return `content` encrypted; `about` is needed to read it."""
    return sealing.seal(ROOM, USE, about, zlib.compress(content, 6))


def unseal(about: str, sealed: bytes | memoryview) -> bytes:
    """Return what `seal` encrypted; raises `Invalid` where it was changed or the key is another."""
    return zlib.decompress(sealing.unseal(ROOM, USE, about, sealed))
