"""Secrets that this instance made for itself, each in a file that only its owner may read."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept_secret(path: Path) -> str:
    """Return the random secret in `path`, made on first use; see `kept_secret_of`."""
    return kept_secret_of(path, lambda: secrets.token_urlsafe(48))


def kept_secret_of(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in `path`, made by `make` on first use, readable by the owner only.

    It is there whole or not at all: on a full disk nothing is left that looks like an empty secret.
    """
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")
