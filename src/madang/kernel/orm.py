"""Ready the system of record for a caller outside the web process."""

from __future__ import annotations

import os


def ready() -> None:
    """Set Django up in this process; call it before touching a room's models."""
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
    if not apps.ready:
        django.setup()
