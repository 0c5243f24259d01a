"""Which language a question is in: by its writing where that says it, else by a small model.

One or two words of a Latin or Cyrillic alphabet say little: below `_SURE_WORDS` the reader's own
setting counts. (On one full sentence each in 26 languages the model named 25 rightly; on single
words about half.)
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

_SURE_WORDS = 3

_SCRIPTS = (
    ("ko", "\uac00-\ud7a3\u3131-\u318e\u1100-\u11ff"),
    ("ja", "\u3040-\u30ff"),
    ("th", "\u0e00-\u0e7f"),
    ("lo", "\u0e80-\u0eff"),
    ("my", "\u1000-\u109f"),
    ("km", "\u1780-\u17ff"),
    ("ne|hi", "\u0900-\u097f"),
    ("bn", "\u0980-\u09ff"),
    ("si", "\u0d80-\u0dff"),
    ("am", "\u1200-\u137f"),
    ("ar|fa|ur", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"),
    ("ru|mn|kk|ky|uz", "\u0400-\u04ff"),
    ("zh", "\u3400-\u9fff\uf900-\ufaff"),
    ("", "A-Za-z\u00c0-\u024f\u1e00-\u1eff"),
)
_OF = [(languages, re.compile(f"[{span}]")) for languages, span in _SCRIPTS]
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_lock = threading.Lock()


def language_of(text: str, spoken: Sequence[str], setting: str) -> str:
    """Return the language of a folded question.

    Parameters
    ----------
    text : folded.
    spoken : codes the portal speaks ("zh-Hant" counts as "zh").
    setting : the reader's own language, returned where the text does not say.
    """
    counts = Counter({names: len(found.findall(text)) for names, found in _OF})
    # A Korean question about "LPG", or with Chinese characters, is Korean; so with Japanese.
    sure = next((code for code in ("ko", "ja") if counts[code]), "")
    names, most = counts.most_common(1)[0]
    if not most:
        return setting
    if not sure and names and "|" not in names:
        sure = names
    if not sure and _VIETNAMESE.search(text):
        sure = "vi"
    if sure:
        return _spoken(sure, spoken, setting)
    if len(text.split()) < _SURE_WORDS:
        return setting
    return _by_model(text, names.split("|") if names else [], spoken, setting)


def _spoken(found: str, spoken: Sequence[str], setting: str) -> str:
    if setting.partition("-")[0] == found:
        return setting
    return next((code for code in spoken if code.partition("-")[0] == found), setting)


def _by_model(text: str, among: list[str], spoken: Sequence[str], setting: str) -> str:
    bases = {code.partition("-")[0] for code in spoken}
    allowed = bases & set(among) if among else bases
    if len(allowed) < 2:
        return _spoken(next(iter(allowed), setting), spoken, setting)
    with _lock:
        ranked = _model().rank(text)
    best = next((code for code, _ in ranked if code in allowed), None)
    return _spoken(best, spoken, setting) if best else setting


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
