"""How the service is, for everybody: each part, working or not, and when it was checked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang import __version__
from madang.kernel import times
from madang.kernel.health import health
from madang.web import words

CHECKED_EVERY_S = 5


@require_safe
@cache_control(public=True, max_age=CHECKED_EVERY_S)
def status(request: HttpRequest) -> HttpResponse:
    """Show every part of the service; details of faults are for operators."""
    checks = health().checks
    wrong = [check for check in checks if not check.ok]
    heading = _("All parts of the service work")
    if wrong:
        heading = ngettext(
            "%(n)s part of the service does not work as it should",
            "%(n)s parts of the service do not work as they should",
            len(wrong),
        ) % {"n": len(wrong)}
    context = {
        "heading": heading,
        "crumbs": [(_("Home"), "/")],
        "checks": [(words.part(check.name), check.ok) for check in checks],
        "now": times.now(),
        "version": __version__,
    }
    return render(request, "web/status.html", context)
