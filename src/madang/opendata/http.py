"""The Seoul Open API dialect over HTTP (the front leads port 8088 here)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from madang.city.api import profile
from madang.kernel.errors import Invalid
from madang.kernel.logs import logger
from madang.opendata.seoul import Answer, Refused, answered, read_request, refused


@require_safe
def answer(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer one request of the dialect; `rest` is the path from the key on.

    A city that does not ask for the dialect has no such address.
    """
    if "seoul" not in profile().city.dialects:
        raise Http404
    found = _answer([part.strip() for part in rest.strip("/").split("/")])
    return HttpResponse(found.content, content_type=found.content_type)


def _answer(parts: list[str]) -> Answer:
    kind = parts[1].lower() if len(parts) > 1 else ""
    service = parts[2] if len(parts) > 2 else ""  # never the key: it stays out of the log
    try:
        asked = read_request(parts)
        total, rows = asked.table(asked.arguments, asked.first, asked.last)
    except Refused as found:
        return refused(kind, found.code)
    except Invalid as error:
        logger("opendata").info("refused", service=service, reason=error.message)
        return refused(kind, "ERROR-300")
    except Exception:
        # the edge of the dialect: it knows no HTTP status, only this code
        logger("opendata").exception("a table failed", service=service)
        return refused(kind, "ERROR-500")
    return answered(kind, asked.service, total, rows) if rows else refused(kind, "INFO-200")
