"""What pages send to browsers that others wrote: laid by tools/assets.py, packed into the wheel.

It is not in the repository; where it could not be fetched, pages do without and say so.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "vendor"
STAMP = "stamp.json"


def is_here(name: str) -> bool:
    """Return whether a file was laid; `name` as in ``maplibre-gl/dist/maplibre-gl.css``."""
    return name in _present()


def missing() -> str:
    """Return why maps and fonts are away and what to do, or nothing where they are here."""
    if not _present():
        return "not fetched (npm): run `make assets`; pages go without them"
    return ""


def _present() -> frozenset[str]:
    """Return the files laid as of now: they may be laid anew while we run."""
    try:
        stamp = (FOLDER / STAMP).stat().st_mtime_ns
    except OSError:
        return frozenset()
    return _files(FOLDER, stamp)


@lru_cache(maxsize=2)
def _files(folder: Path, stamp_ns: int) -> frozenset[str]:  # noqa: ARG001 -- of which stamp
    try:
        found = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    return frozenset(found["files"])
