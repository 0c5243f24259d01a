"""What can go wrong with open data."""

from __future__ import annotations

from madang.kernel.errors import NotFound


class UnknownApiKey(NotFound):
    """No issued key begins so."""

    code = "unknown-api-key"
