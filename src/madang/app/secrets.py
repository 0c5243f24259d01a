"""Generated secrets of a demo instance; production brings its own."""

from __future__ import annotations

from madang.kernel.config import Settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret

SHORTEST = 50  # Django's own check of a deployment, security.W009


def secret_key(here: Settings) -> str:
    """Return the session-signing key: the given one, or in demo mode a generated, kept one.

    Raises
    ------
    Invalid
        In production without `MADANG_SECRET_KEY`, or with a short one.
    """
    if here.is_production and 0 < len(here.secret_key) < SHORTEST:
        raise Invalid(
            f"MADANG_SECRET_KEY has {len(here.secret_key)} characters; production needs "
            f"{SHORTEST}, at random",
            {"MADANG_SECRET_KEY": "too short"},
        )
    if here.secret_key:
        return here.secret_key
    if here.is_production:
        raise Invalid(
            "production needs MADANG_SECRET_KEY; a generated key is only for the demo",
            {"MADANG_SECRET_KEY": "missing"},
        )
    return kept_secret(here.data / "secrets" / "django.key")
