"""Whether this installation can issue documents; `madang doctor` says so."""

from __future__ import annotations

from madang.city.api import profile
from madang.kernel.config import Settings
from madang.records.fonts import fonts


def documents_off(here: Settings) -> str:
    """Return what keeps documents from being issued; empty where nothing does. Makes no key."""
    if profile().city.default_language == "ko" and not fonts().has_hangul:
        return "Korean documents are off: their fonts are not installed (make assets)"
    if not here.is_production:
        return ""
    needed = {
        "MADANG_RECORDS_KEY": here.records_key,
        "MADANG_DOCUMENT_KEY": here.document_key or here.document_signer,
    }
    missing = [name for name, value in needed.items() if not value]
    return f"production issues documents only with {' and '.join(missing)}" if missing else ""
