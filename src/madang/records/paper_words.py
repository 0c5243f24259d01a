"""The papers' own words, in the languages of a paper: "Document number", "How to appeal"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@cache
def words(language: str) -> Mapping[str, str]:
    """Return all words of papers in one language."""
    with translation.override(language):
        return {
            "item": _("Item"),
            "content": _("Details"),
            "code": _("Document number"),
            "how_to_check": _(
                "Scan the code or enter the document number on our page. It says whether this "
                "paper is genuine and still valid."
            ),
            "qr": _("QR code: the page that checks this document"),
            "valid_until": _("Valid until"),
            "date": pgettext("on a letter", "Date"),
            "reference": _("Our reference"),
            "unit": _("Office"),
            "phone": _("Telephone"),
            "return_qr": _("QR code: the number of this letter, for the post room"),
            "print": pgettext("on a letter printed again", "print"),
            "enclosures": _("Enclosed"),
            "reasons": _("Why we decided so"),
            "legal_basis": _("Legal basis"),
            "remedy": _("If you do not agree"),
            "appeal_by": _("Appeal by"),
            "appeal_at": _("Appeal to"),
            "decided_by": _("Decided by"),
            "form_reference": _("Form number"),
            "form_qr": _("QR code: the number of this form, for the office"),
            "how_to_fill": _(
                "Write clearly in the boxes. Cross the box that fits. What is printed in a box we "
                "know already: strike it out and write beside it if it is wrong."
            ),
            "optional": _("if you like"),
            "tick_all": _("all that apply"),
            "privacy": _("Your data"),
            "name": pgettext("on a paper", "Name"),
            "signature": _("Signature or seal"),
            "submit_to": _("Where to hand it in"),
            "year": pgettext("in a date to fill in", "year"),
            "month": pgettext("in a date to fill in", "month"),
            "day": pgettext("in a date to fill in", "day"),
            "sample": _("SAMPLE"),
            "sample_note": _(
                "Sample: a demonstration made this paper. It proves nothing and has no legal force."
            ),
        }
