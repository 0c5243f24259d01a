"""The web process's WSGI application."""

from __future__ import annotations

import os
import threading

from django.core.wsgi import get_wsgi_application

from madang.kernel import tracing
from madang.kernel.registry import Page, load, registry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
application = get_wsgi_application()
tracing.configure("web")


def _load_views() -> None:
    """Import what the views need while nobody waits; the first visitor is as quick as the next."""
    for page in registry().offers(Page):
        load(page.target)


threading.Thread(target=_load_views, name="load-views", daemon=True).start()
