"""Papers of a case as files: to download, and a look at pictures.

A file goes out as an attachment, under its type as we found it at intake, and may do nothing in a
browser: no guessing of types, no scripts, no frame of ours around it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.cases.audit.blind_papers import blind_paper
from madang.cases.case_errors import UnknownCase
from madang.cases.case_looking import seen_by
from madang.cases.case_papers import Paper, drawn, paper, preview
from madang.cases.rules import Officer
from madang.identity.api import current_actor

POLICY = "sandbox; default-src 'none'"  # CSP Level 3, section 6.3.2


@never_cache
@require_safe
def own_paper(request: HttpRequest, number: str, file: str) -> HttpResponseBase:
    """Hand out a paper of one's own case."""
    return _file(request, number, file)


@never_cache
@require_safe
def own_picture(request: HttpRequest, number: str, file: str) -> HttpResponseBase:
    """Show a picture of one's own case, drawn anew."""
    return _picture(request, number, file)


@never_cache
@require_safe
def work_paper(request: HttpRequest, number: str, file: str) -> HttpResponseBase:
    """Hand out a paper to who works on the case."""
    _check_officer(request, number)
    return _file(request, number, file)


@never_cache
@require_safe
def work_picture(request: HttpRequest, number: str, file: str) -> HttpResponseBase:
    """Show a picture to who works on the case, drawn anew."""
    _check_officer(request, number)
    return _picture(request, number, file)


def _check_officer(request: HttpRequest, number: str) -> None:
    who, _row = seen_by(current_actor(request), number)
    if not isinstance(who, Officer):
        raise UnknownCase(f"there is no case {number[:40]!r} to work on")


@never_cache
@require_safe
def audit_paper(request: HttpRequest, item: str, file: str) -> HttpResponseBase:
    """Hand out a paper of a case of a sample to who decides it once more."""
    return _handed_out(blind_paper(current_actor(request), item, str(file)))


@never_cache
@require_safe
def audit_picture(request: HttpRequest, item: str, file: str) -> HttpResponseBase:
    """Show a picture of a case of a sample, drawn anew."""
    return _shown(drawn(blind_paper(current_actor(request), item, str(file), look="preview")))


def _file(request: HttpRequest, number: str, file: str) -> HttpResponseBase:
    return _handed_out(paper(current_actor(request), number, str(file)))


def _handed_out(found: Paper) -> HttpResponseBase:
    response = StreamingHttpResponse(found.pieces(), content_type=found.media_type)
    # where it breaks off, less arrives than was announced: a browser says that it failed
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return _kept_still(response)


def _picture(request: HttpRequest, number: str, file: str) -> HttpResponseBase:
    return _shown(preview(current_actor(request), number, str(file)))


def _shown(picture: bytes) -> HttpResponseBase:
    response = HttpResponse(picture, content_type="image/png")
    response["Content-Disposition"] = "inline"
    return _kept_still(response)


def _kept_still(response: HttpResponseBase) -> HttpResponseBase:
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
