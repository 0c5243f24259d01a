"""A form sent after its session had ended, or before a second proof, is kept and handed back.

Only its own account gets it back; passwords and files are not kept.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from django.conf import settings
from django.http import HttpRequest

from madang.identity import sessions
from madang.identity.sealing import seal, unseal
from madang.identity.session_models import Session
from madang.identity.session_store import contents, hashed
from madang.kernel.errors import Invalid

_KEPT = "kept_form"
LARGEST = 256 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SECRET = ("password", "again", "code", "pin", "csrfmiddlewaretoken")


def keep(request: HttpRequest) -> bool:
    """Keep the form of a request that needs signing in, or more; return whether there was one."""
    if request.method != "POST" or request.FILES or request.content_type not in _FORMS:
        return False
    here = sessions.facts(request)
    account = _account_here(here) if here else _last_account(request)
    if not account:
        return False
    fields = [(name, value) for name, values in request.POST.lists() for value in values
              if name not in _SECRET]  # fmt: skip
    body = json.dumps({"path": request.get_full_path(), "fields": fields}).encode()
    if len(body) > LARGEST:
        return False
    sealed = b64encode(seal("kept-form", body)).decode()
    if here is None:
        request.session.flush()
    request.session[_KEPT] = {"account": account, "sealed": sealed, "due": True}
    return True


def is_due(request: HttpRequest, account: str) -> bool:
    """Return, once, whether a kept form waits for this account to have signed in."""
    kept = request.session.get(_KEPT)
    if not kept or kept["account"] != account or not kept["due"]:
        return False
    request.session[_KEPT] = kept | {"due": False}
    return True


def take(request: HttpRequest, account: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Return path and fields of the form kept for `account`; it stays as long as the session."""
    kept = request.session.get(_KEPT)
    if not kept or kept["account"] != account:
        return None
    try:
        form = json.loads(unseal("kept-form", b64decode(kept["sealed"])))
    except Invalid:
        return None
    return form["path"], [(name, value) for name, value in form["fields"]]


def _account_here(facts: sessions.SessionFacts) -> str:
    # what was written for somebody else is not to be sent in one's own name
    return "" if facts.mandate or facts.assisted else facts.account


def _last_account(request: HttpRequest) -> str:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    row = Session.objects.filter(key=hashed(key)).first() if key else None
    if row is None:
        return ""
    data = contents(row.data) or {}
    return "" if data.get("mandate") or data.get("assisted") else row.account
