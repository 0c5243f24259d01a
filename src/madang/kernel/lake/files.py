"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced_by(target: Path) -> Iterator[Path]:
    """Yield a draft's path; after the block it is on disk under the name `target`.

    If the block fails, the draft is removed and an older `target` stays.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        yield draft
        _synced(draft)
        draft.replace(target)
        _synced(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _synced(path: Path) -> None:
    """Have the disk confirm the file, or the folder's entries."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
