"""``flush``, with the tables open: it empties them."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush

from madang.access.scope import maintenance


class Command(flush.Command):
    """Django's own, inside maintenance."""

    def handle(self, **options: Any) -> Any:
        """Empty all tables."""
        with maintenance("flush"):
            return super().handle(**options)
