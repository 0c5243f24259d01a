"""Pages of documents: is this paper genuine, and one's own papers to take away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from madang.city.api import profile
from madang.identity.api import client_address, current_actor
from madang.kernel.errors import LimitReached
from madang.records import credentials, documents, patience
from madang.records.checks import Checked, CheckedFile, check, check_file
from madang.records.engine.signature_words import Finding
from madang.records.errors import MistypedCode, NotADocument, UnknownDocument

LARGEST_UPLOAD_B = 5 * 1024 * 1024
_FORM_B = 4096  # what a form adds around its file


class InMemory(MemoryFileUploadHandler):
    """Keeps an upload in memory and nowhere else; the view has looked at its size."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take every upload."""
        self.activated = True


@never_cache
@csrf_exempt  # nothing changes here; the body is read only after its size is known
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a paper, or for its file; say what a file is."""
    if request.method == "POST":
        return _verify_file(request)
    typed = request.GET.get("code", "").strip()
    if typed:
        return redirect("verify-document", typed[:60].replace("/", " "))
    return _form(request)


def _verify_file(request: HttpRequest) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST_UPLOAD_B + _FORM_B:
        largest = LARGEST_UPLOAD_B // 1024 // 1024
        return _form(request, file_error=_("The file is larger than %d MB.") % largest, status=413)
    request.upload_handlers = [InMemory(request)]
    try:
        patience.FILES.take(client_address(request))
        file = request.FILES.get("file")
        found = check_file(file.read() if file is not None else b"")
    except LimitReached as error:
        return _slower(request, error)
    except NotADocument as error:
        return _form(request, file_error=error.message, status=422)
    return _file_result(request, found)


def _file_result(request: HttpRequest, found: CheckedFile) -> HttpResponse:
    is_good = found.finding is Finding.GENUINE
    state = found.document.state if found.document else ""
    headings = {
        Finding.GENUINE: _("This file is exactly what the city issued"),
        Finding.ALTERED: _("This file was altered after it was signed"),
        Finding.FOREIGN: _("This file is signed, but not by this city"),
        Finding.UNSIGNED: _("This file has no signature of the city"),
        Finding.LOCKED: _("This file is locked by a password and cannot be checked"),
        Finding.DISTRUSTED: _("The seal on this file was withdrawn: the file proves nothing"),
    }
    heading = headings[found.finding]
    if is_good and state != documents.VALID:
        heading = _over(state)
    context = _context(found.document) | {
        "heading": heading, "crumbs": _crumbs(), "finding": str(found.finding),
        "is_good": is_good and state == documents.VALID, "of_file": True,
        "lost": _day(profile().local(found.seal_distrusted).date())
        if found.seal_distrusted else "",
    }  # fmt: skip
    return render(request, "records/verified.html", context)


@never_cache
@require_safe
def verify_document(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether the paper with this number is genuine and good today."""
    try:
        patience.NUMBERS.take(client_address(request))
        found = check(code)
    except LimitReached as error:
        return _slower(request, error)
    except MistypedCode as error:
        return _form(request, typed=code[:60], code_error=error.message, status=422)
    except UnknownDocument as error:
        return _form(request, typed=code[:60], code_error=error.message, status=404)
    heading = _("This document is genuine and valid") if found.is_valid else _over(found.state)
    context = _context(found) | {
        "heading": heading, "crumbs": _crumbs(), "is_good": found.is_valid, "of_file": False,
    }  # fmt: skip
    return render(request, "records/verified.html", context)


def _over(state: str) -> str:
    return {
        "revoked": _("This document was revoked: it is not valid any more"),
        "expired": _("This document has expired"),
        "superseded": _("This document was replaced by a newer one"),
    }[state]


def _context(found: Checked | None) -> dict[str, Any]:
    if found is None:
        return {"document": None, "rows": []}
    rows = [
        (_("Document"), _in_language(found.title), ""),
        (_("Issued by"), _in_language(found.issuer), ""),
        (_("Issued on"), _day(found.issued), ""),
        (_("Valid until"), _day(found.expires) if found.expires else _("no end"), ""),
        (_("Issued to"), found.holder, ""),
        (_("Document number"), found.code, ""),
    ]
    if found.state in ("revoked", "superseded") and found.since:
        rows.insert(0, (_("Not valid since"), _day(found.since), ""))
    return {"document": found, "rows": [row for row in rows if row[1]]}


def _in_language(text: Mapping[str, str]) -> str:
    return profile().text(text, get_language() or "")


def _day(day: date) -> str:
    return profile().date_text(day, get_language() or "")


def _form(
    request: HttpRequest,
    *,
    typed: str = "",
    code_error: str = "",
    file_error: str = "",
    status: int = 200,
) -> HttpResponse:
    errors = {"code": code_error, "file": file_error}
    context = {
        "heading": _("Is this document genuine?"),
        "crumbs": [(_("Home"), "/")],
        "typed": typed,
        "errors": errors,
        "error_list": [(name, text) for name, text in errors.items() if text],
        "largest_mb": LARGEST_UPLOAD_B // 1024 // 1024,
    }
    return render(request, "records/verify.html", context, status=status)


def _slower(request: HttpRequest, error: LimitReached) -> HttpResponse:
    response = _form(request, code_error=error.message, status=429)
    response["Retry-After"] = str(max(1, round(error.retry_after_s)))
    return response


def _crumbs() -> list[tuple[str, str]]:
    from django.urls import reverse

    return [(_("Home"), "/"), (_("Check a document"), reverse("verify"))]


# --- one's own ----------------------------------------------------------------------------------


@never_cache
@require_safe
def pdf(request: HttpRequest, document: str) -> HttpResponse:
    """Hand out one's own document as signed PDF."""
    found, body = documents.own_file(current_actor(request), document, documents.PDF)
    return _attachment(body, "application/pdf", f"{found.code}.pdf")


@never_cache
@require_safe
def credential(request: HttpRequest, document: str) -> HttpResponse:
    """Hand out one's own document as credential, for a wallet."""
    found, body = documents.own_file(current_actor(request), document, documents.CREDENTIAL)
    return _attachment(body, "application/dc+sd-jwt", f"{found.code}.sd-jwt")


def _attachment(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- for wallets --------------------------------------------------------------------------------


@require_safe
@cache_control(public=True, max_age=300)
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """Publish which credentials are revoked, signed (Token Status List)."""
    token, etag = credentials.published_list(number)
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(token, content_type="application/statuslist+jwt")
    response["ETag"] = etag
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def issuer_metadata(_request: HttpRequest) -> HttpResponse:
    """Publish the key with which this city signs credentials."""
    return _open(JsonResponse(credentials.metadata()))


@require_safe
@cache_control(public=True, max_age=3600)
def credential_type(_request: HttpRequest, kind: str) -> HttpResponse:
    """Say what a type of credential is (SD-JWT VC type metadata)."""
    name = kind.replace("-", " ")
    return _open(JsonResponse({"vct": credentials.credential_type(kind), "name": name}))


def _open(response: JsonResponse) -> JsonResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response
