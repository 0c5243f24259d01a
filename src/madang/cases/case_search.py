"""Officers find a case by its number, a document's code, a telephone number or a whole name.

Only cases that lie where they work are found. A name has to be whole: parts of names or initial
consonants would show many people to find one. What was searched is not written down, but who
searched, by what kind of word, why, and how many were found; each case found is a look at its
subject's data.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, purpose
from madang.cases.audit.blind import hidden_numbers
from madang.cases.case_clocks import state_of
from madang.cases.case_events import CaseMoved
from madang.cases.case_models import Case, CaseDocument, CaseFact
from madang.cases.case_numbers import read_number
from madang.cases.case_packages import pinned
from madang.cases.case_purposes import CASES, FIND, KEEP
from madang.cases.case_words import state_title
from madang.cases.queues import where_works
from madang.cases.rules import is_officer
from madang.cases.search_models import CaseTerm
from madang.identity.api import people_named
from madang.kernel import audit, sealing
from madang.kernel.errors import Forbidden, Invalid
from madang.services.api import widget_of

WHY: Mapping[str, str] = {
    "contact": gettext_noop("The person called, wrote or stands here"),
    "paper": gettext_noop("A paper of the case was brought or sent"),
    "work": gettext_noop("I work on a matter that belongs to it"),
    "complaint": gettext_noop("Somebody complains about how it was handled"),
}
KINDS = ("number", "document", "phone", "name")
MOST = 50
LEARNS = frozenset({"submit", "answer", "correct", "split"})
_PHONE = re.compile(r"0\d{7,10}")
_CODE = re.compile(r"[A-Z0-9-]{8,64}")


@dataclass(frozen=True)
class Hit:
    """A case that was found; no name, no facts."""

    number: str
    service: str
    title: str
    state: str
    received_at: datetime
    closed_at: datetime | None
    district: str
    assignee: str


@dataclass(frozen=True)
class Found:
    """What a search found, newest first; `kind` is as what the text was read."""

    kind: str
    hits: tuple[Hit, ...]
    is_cut: bool = False


def find(actor: Actor, text: str, why: str) -> Found:
    """Return the cases that a text names, among those that lie where the actor works.

    Raises
    ------
    Forbidden
        If the actor is no officer.
    Invalid
        If the text is nothing to search by, or no reason is given.
    """
    if not is_officer(actor):
        raise Forbidden(_("Only officers search cases."))
    if why not in WHY:
        said = _("Say why you search; it is noted.")
        raise Invalid(said, {"why": said})
    kind, wanted = read_search(text)
    where = _where(kind, wanted)
    blind = hidden_numbers(actor)  # whom a sample asks what they would decide, sees it nowhere
    with purpose(actor, FIND):
        seen = Case.objects.filter(where_works(actor) & where).exclude(number__in=blind)
        rows = seen.order_by("-received_at")[: MOST + 1]
        hits = [_hit(row) for row in rows]
    audit.record(
        actor.id, "cases.search", f"search:{kind}", purpose=FIND,
        detail={"why": why, "found": min(len(hits), MOST)},
    )  # fmt: skip
    return Found(kind, tuple(hits[:MOST]), len(hits) > MOST)


def read_search(text: str) -> tuple[str, str]:
    """Return as what a text is read (of `KINDS`) and how it is compared.

    >>> read_search("010-1234 5678")
    ('phone', '01012345678')

    Raises `Invalid` where it is too short or neither of them.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())[:100]
    number = read_number(plain)
    if number:
        return "number", number
    phone = phone_plain(plain)
    if phone:
        return "phone", phone
    code = plain.upper()
    if _CODE.fullmatch(code) and any(sign.isdigit() for sign in code):
        return "document", code
    letters = [sign for sign in plain if sign.isalpha()]
    if len(letters) < 2 or any(sign.isdigit() for sign in plain):
        said = _("Write a case number, a whole name, a telephone number or a document's code.")
        raise Invalid(said, {"text": said})
    return "name", plain


def phone_plain(text: str) -> str:
    """Return a telephone number as digits from 0; empty where it is none."""
    digits = re.sub(r"[\s().-]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^\+82", "0", digits)
    return digits if _PHONE.fullmatch(digits) else ""


def learn(event: CaseMoved) -> None:
    """Note by which telephone numbers a case is found (subscriber)."""
    if event.kind not in LEARNS:
        return
    with purpose(CASES, KEEP):
        case = Case.objects.filter(number=event.number).first()
        if case is None:
            return
        asked = [q.id for _page, q in pinned(case.package).package.asked()
                 if widget_of(q) == "phone"]  # fmt: skip
        facts = CaseFact.objects.filter(case=case, fact__in=asked)
        macs = {_mac("phone", phone_plain(str(fact.value))) for fact in facts
                if phone_plain(str(fact.value or ""))}  # fmt: skip
        CaseTerm.objects.bulk_create(
            [CaseTerm(number=case.number, subject=case.subject, kind="phone", mac=mac)
             for mac in sorted(macs)],
            ignore_conflicts=True,
        )  # fmt: skip


def _where(kind: str, wanted: str) -> Q:
    if kind == "number":
        return Q(number=wanted)
    if kind == "name":
        return Q(subject__in=people_named(wanted, by=CASES, why=FIND))
    with purpose(CASES, KEEP):
        if kind == "phone":
            rows = CaseTerm.objects.filter(kind="phone", mac=_mac("phone", wanted))
            return Q(number__in=list(rows.values_list("number", flat=True)[: 4 * MOST]))
        papers = CaseDocument.objects.filter(code=wanted)
        return Q(pk__in=list(papers.values_list("case_id", flat=True)[:MOST]))


def _mac(kind: str, text: str) -> str:
    """Return the keyed hash of a word (HMAC-SHA-256 under a key of the room for this use)."""
    key = sealing.derived_key("cases", f"term.{kind}")
    return hmac.new(key, text.encode(), sha256).hexdigest()


def _hit(case: Case) -> Hit:
    found = pinned(case.package)
    return Hit(
        number=case.number,
        service=case.service,
        title=found.package.service.title,
        state=state_title(state_of(found.process, case.state)),
        received_at=case.received_at,
        closed_at=case.closed_at,
        district=case.district,
        assignee=case.assignee,
    )
