"""The web process's WSGI application."""

from __future__ import annotations

import os
import sys
import threading

# where they are installed, structlog, httpx and nats load them: 14 MB for nothing done here
for _name in ("aiohttp", "click", "pygments", "rich", "trio"):
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]

from django.core.wsgi import get_wsgi_application  # noqa: E402

from madang.kernel import apart, metrics, tracing  # noqa: E402
from madang.kernel.registry import Page, load, registry  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
application = get_wsgi_application()
tracing.configure("web")
metrics.start_writing("web")
apart.begin()


def _load_views() -> None:
    """Import what the views need while nobody waits; the first visitor is as quick as the next."""
    for page in registry().offers(Page):
        load(page.target)


threading.Thread(target=_load_views, name="load-views", daemon=True).start()
