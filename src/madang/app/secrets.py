"""Generated secrets of a demo instance; production brings its own."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from madang.kernel.config import Settings
from madang.kernel.errors import Invalid


def secret_key(here: Settings) -> str:
    """Return the session-signing key: the given one, or in demo mode a generated, kept one.

    Raises
    ------
    Invalid
        In production without `MADANG_SECRET_KEY`.
    """
    if here.secret_key:
        return here.secret_key
    if here.is_production:
        raise Invalid(
            "production needs MADANG_SECRET_KEY; a generated key is only for the demo",
            {"MADANG_SECRET_KEY": "missing"},
        )
    return kept_secret(here.data / "secrets" / "django.key")


def kept_secret(path: Path) -> str:
    """Return the secret in `path`, made on first use, readable by the owner only."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_urlsafe(48)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
