"""The web process's WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from madang.kernel import metrics

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
application = get_wsgi_application()
metrics.start_writing("web")
