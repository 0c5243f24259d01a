"""``migrate``, with the tables open: it rewrites them, and shows nobody their rows."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from madang.access.scope import maintenance


class Command(migrate.Command):
    """Django's own, inside maintenance."""

    def handle(self, *args: Any, **options: Any) -> Any:
        """Migrate."""
        with maintenance("migrate"):
            return super().handle(*args, **options)
