"""The base map file, with byte ranges: the map reads the tiles it shows, not the file."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from madang.city import api as city
from madang.kernel.errors import NotFound

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
CONTENT_TYPE = "application/vnd.pmtiles"


@require_safe
def basemap(request: HttpRequest) -> HttpResponse:
    """Return the file, or the part that one ``Range`` asks for (RFC 9110, section 14)."""
    base = city.basemap()
    if base is None or not base.tiles:
        raise NotFound(
            "there is no base map; 'madang city basemap' makes it where outlines are known"
        )
    size = base.path.stat().st_size
    asked = _span(request.headers.get("Range", ""), size)
    if asked is None:
        response = HttpResponse(base.path.read_bytes(), content_type=CONTENT_TYPE)
    elif asked[0] >= asked[1]:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        response = _part(base.path.open("rb"), asked, size)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{base.digest[:24]}"'
    response["Cache-Control"] = "public, no-cache"
    return response


def _part(file, span: tuple[int, int], size: int) -> HttpResponse:  # type: ignore[no-untyped-def]
    start, end = span
    with file:
        file.seek(start)
        body = file.read(end - start)
    response = HttpResponse(body, status=206, content_type=CONTENT_TYPE)
    response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def _span(text: str, size: int) -> tuple[int, int] | None:
    """Return [start, end) of one byte range; None where the whole is asked for, or several."""
    match = _RANGE.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1 if last else size)
