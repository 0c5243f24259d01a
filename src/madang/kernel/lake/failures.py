"""ClickHouse's errors in our words. Codes: src/Common/ErrorCodes.cpp of ClickHouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from madang.kernel.errors import Invalid, LimitReached, MadangError, Unavailable

_CODE = re.compile(r"Code: (\d+)\. DB::Exception: ")
_TAIL = re.compile(r"\s*\(version [^)]*\).*$|: While executing .*$", re.DOTALL)
_LIMITS = {
    158: "too many rows",
    159: "the time for one question is over",
    160: "it would take too long",
    241: "it needs more memory than one question may have",
    307: "too many bytes",
    396: "the answer is too large",
}
_READ_ONLY = 164
_DISK = {75, 76, 243, 1001}  # cannot write, cannot open, not enough space, a C++ I/O error
_DAMAGED = {33, 40, 74, 228, 246}  # cannot read all data, checksum, read error, bad size, corrupted
_LONGEST = 500  # characters of the engine's own words that are passed on


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise what chdb says about the store in `path` as one of our errors."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"the lake's folder {path}: {error.strerror or error}") from error
    except RuntimeError as error:
        raise as_ours(str(error), str(path)) from error


def as_ours(text: str, place: str) -> MadangError:
    """Return the error that ClickHouse's message stands for; `place` names folder or address."""
    found = _CODE.findall(text)
    code = int(found[-1]) if found else 0
    words = _TAIL.sub("", _CODE.sub("", text)).strip()[:_LONGEST]
    if "EmbeddedServer" in text:
        return Unavailable(
            f"the lake's folder {place} is in use by another process, or another folder is open in "
            "this one; stop the other 'madang up' (one process owns the store)"
        )
    if code in _LIMITS:
        return LimitReached(f"the lake gave up: {_LIMITS[code]}; ask for less at once")
    if code == _READ_ONLY:
        return Invalid(f"the lake only answers questions here: {words}", {"sql": "read only"})
    if code in _DISK or "No space left" in text:
        return Unavailable(f"the lake cannot write to {place}: {words}; make room on the disk")
    if code in _DAMAGED:
        return Unavailable(f"the lake's files in {place} are damaged: {words}; restore a backup")
    return Invalid(f"the lake does not understand: {words}", {"sql": words})
