"""What the residents' own page shows of papers and money."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.city.api import profile
from madang.identity.api import extent_of
from madang.kernel import times
from madang.kernel.own_page import OwnFact, OwnLink, OwnPart, OwnRow
from madang.records import payment_rules as rules
from madang.records.documents import READS, Document, documents_of
from madang.records.money_text import money_text
from madang.records.payment_reads import newest
from madang.records.payment_values import Intent


def documents(actor: Actor, limit: int) -> OwnPart | None:
    """Return the documents that were issued, newest first."""
    services = extent_of(actor).services_for(*READS)
    if services is None:
        return None
    found = documents_of(actor, limit=limit + 1, services=services)
    return OwnPart(
        title=_("Documents"),
        rows=tuple(_document(one) for one in found),
        empty=_("No document was issued to you yet."),
        links=(OwnLink(_("Check whether a document is genuine"), reverse("verify")),),
    )


def _document(one: Document) -> OwnRow:
    title, lang = _in_language(one.title)
    states = {
        "valid": _("valid"), "revoked": _("revoked"), "expired": _("no longer valid"),
        "superseded": _("replaced by a newer document"),
    }  # fmt: skip
    good = OwnFact(_("Valid until"), at=one.expires) if one.expires else None
    facts = (OwnFact(_("Issued"), at=one.issued), good, OwnFact(_("Number"), one.code))
    return OwnRow(
        id=one.id,
        title=title,
        url=one.pdf_url,
        lang=lang,
        state=states[one.state],
        facts=tuple(fact for fact in facts if fact),
        links=(OwnLink(_("Check"), reverse("verify-document", args=[one.code])),),
    )


def payments(actor: Actor, limit: int) -> OwnPart | None:
    """Return what is still to be paid, then what was paid or given back."""
    services = extent_of(actor).services_for("view", "pay")
    if services is None:
        return None
    found = newest(actor, limit + 1, services)
    return OwnPart(
        title=_("Fees and payments"),
        rows=tuple(_payment(one) for one in found),
        empty=_("You have nothing to pay."),
    )


def _payment(one: Intent) -> OwnRow:
    title, lang = _in_language(one.title)
    language = get_language() or ""
    amount = money_text(one.amount, one.currency, language)
    is_due = one.state in rules.PAYABLE and one.expires_at > times.now()
    facts = [OwnFact(_("Amount"), amount)]
    if one.captured_at:
        facts.append(OwnFact(_("Paid"), at=one.captured_at))
    if one.refunded:
        back = money_text(one.refunded, one.currency, language)
        facts.append(OwnFact(_("Given back"), back))
    return OwnRow(
        id=one.id,
        title=title,
        lang=lang,
        state=_("to pay") if is_due else _state(one.state),
        facts=tuple(facts),
        asks=_("Pay %(amount)s") % {"amount": amount} if is_due else "",
        asks_url=one.pay_url if is_due else "",
        asks_by=one.expires_at if is_due else None,
    )


def _state(state: str) -> str:
    return {
        rules.CREATED: _("not paid in time"),
        rules.FAILED: _("not paid in time"),
        rules.AUTHORISED: _("being paid"),
        rules.CAPTURED: _("paid"),
        rules.PARTLY_REFUNDED: _("given back in part"),
        rules.REFUNDED: _("given back"),
        rules.CHARGED_BACK: _("taken back by your bank"),
        rules.EXPIRED: _("not paid in time"),
        rules.CANCELLED: _("not owed any more"),
    }[state]


def _in_language(texts: Mapping[str, str]) -> tuple[str, str]:
    """Return a text in the reader's language, or another one with its tag."""
    language = get_language() or ""
    tag = next((one for one in profile().chain(language) if one in texts), next(iter(texts)))
    return texts[tag], "" if tag == language else tag
