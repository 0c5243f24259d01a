"""Corrections: which of the things in a text are denied, and whether it corrects at all."""

from __future__ import annotations

import re

_DENIED_AFTER = re.compile(
    r"\s?(?:구)?(?:이|가|은|는|로|으로|에서|일|날)?\s?(?:이|가)?\s?(?:아니라|아니고|아니에요|아니예요|아닙니다|아니야|아닌데|아니|말고|대신)"
)
_DENIED_BEFORE = re.compile(
    r"(?:\bnot|\bisn.t|\bwasn.t|\binstead of|\brather than|\bno longer)\s+"
    r"(?:in |to |from |on |the |at |for )*$"
)
_CORRECTS = re.compile(
    r"아니라|아니고|말고|아니에요|아니예요|아닙니다|정정|수정|잘못\s?(?:말|썼|적|입력)|바꿔|바꿀|"
    r"변경|고쳐|^아니\b|^아니,|아\s?참|사실은?|\bnot\b|\binstead\b|\bactually\b|\bi mean\b|"
    r"\bi meant\b|\bsorry\b|\bcorrection\b|\bchange\b|\bwrong\b|"
    r"\brather\b|^no\b|\bit.s really\b|\bmistake\b"
)


def is_denied(text: str, start: int, end: int) -> bool:
    """Return whether what stands between two places of a folded text is denied there.

    Examples
    --------
    >>> is_denied("마포가 아니라 용산이에요", 0, 2), is_denied("not mapo, yongsan", 4, 8)
    (True, True)
    >>> is_denied("마포가 아니라 용산이에요", 8, 10), is_denied("not mapo, yongsan", 10, 17)
    (False, False)
    """
    if _DENIED_AFTER.match(text[end:]):
        return True
    return bool(_DENIED_BEFORE.search(text[:start]))


def corrects(text: str) -> bool:
    """Return whether a folded text sounds like the correction of something said before."""
    return bool(_CORRECTS.search(text))
