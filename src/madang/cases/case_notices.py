"""What a case says to the person concerned: in the package's words, else in the house's.

The case announces that a notice is due (`cases.notice_due`), in the transaction of the verb; here
it is worded, once for each language the service has, and given to the notices room, which keeps it
in the person's inbox and brings it out. What is decided against somebody, and what they are asked,
is required: it cannot be stopped, and goes by letter at last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from madang.access.api import purpose
from madang.cases.case_dossier import Dossier
from madang.cases.case_events import CaseNoticeDue
from madang.cases.case_models import Case, CaseDecision, CaseEvent
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.case_targets import body_name
from madang.cases.case_told import note_told
from madang.cases.transfer_rules import BACK, SENT_ON
from madang.city.api import Profile, profile
from madang.notices.api import ToPerson, Words, tell_person
from madang.services.api import Package, translated

TOPIC = "cases"
# 민원 처리에 관한 법률 제16조: who is competent decides, and the applicant knows who that is
REQUIRED = frozenset({"asked", "refused", "moved", SENT_ON, BACK})
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_HOUSE = {
    SENT_ON: (
        gettext_noop("Another body decides it: %(service)s"),
        gettext_noop(
            "%(body)s is competent for it, so your case %(case)s was sent there. Its time limit"
            " begins on the day it has the case. If it sends the case back, we go on and tell you."
        ),
    ),
    BACK: (
        gettext_noop("It is with us again: %(service)s"),
        gettext_noop("%(body)s has not taken your case %(case)s. We go on with it."),
    ),
    "received": (
        gettext_noop("We have received it: %(service)s"),
        gettext_noop("Your number is %(case)s. You have the answer by %(due)s."),
    ),
    "asked": (
        gettext_noop("We need something more from you: %(service)s"),
        gettext_noop("%(reasons)s\nUntil your answer comes, the time limit stands still."),
    ),
    "reminder": (
        gettext_noop("We are still waiting for your answer: %(service)s"),
        gettext_noop("Your number is %(case)s. Without the answer we cannot go on."),
    ),
    "granted": (
        gettext_noop("It is granted: %(service)s"),
        gettext_noop("Your number is %(case)s. Documents and what comes next are on your page."),
    ),
    "refused": (
        gettext_noop("We cannot grant it: %(service)s"),
        gettext_noop("%(reasons)s\nYou can object within 90 days; another officer decides then."),
    ),
    "done": (
        gettext_noop("It is done: %(service)s"),
        gettext_noop("%(reasons)s\nIf it is not right, open it again on your page."),
    ),
    "withdrawn": (
        gettext_noop("You have withdrawn it: %(service)s"),
        gettext_noop("Your number was %(case)s. You can apply again at any time."),
    ),
    "moved": (
        gettext_noop("It goes on under another number: %(service)s"),
        gettext_noop("The same matter was there already. Your page leads to it."),
    ),
    "appealed": (
        gettext_noop("We have received your objection: %(service)s"),
        gettext_noop("Your number is %(case)s. Other officers look at it than before."),
    ),
}


def told(event: CaseNoticeDue) -> None:
    """Word a notice and give it to the notices room (subscriber); once for each event."""
    if not event.subject:
        return
    with purpose(CASES, KEEP):
        case = Case.objects.filter(number=event.number).first()
        if case is None:
            return
        dossier = Dossier.of(case)
        decision = CaseDecision.objects.filter(case=case).order_by("-at").first()
        said = _said_at(case, event.version)
        package = dossier.pinned.package
        values = dossier.values | _of_case(case, decision, said)
        words = {
            tag: worded(package, event.notice, values, tag, profile()) for tag in languages(package)
        }
    written = package.notice(event.notice)
    message = tell_person(
        ToPerson(
            key=f"case:{event.number}:{event.version}:{event.notice}",
            person=event.subject,
            matter=f"case:{event.number}",
            topic=TOPIC,
            words=words,
            path=f"/cases/{event.number}/",
            required=written.required if written else event.notice in REQUIRED,
        )
    )
    with purpose(CASES, KEEP):
        note_told(case, message, event.notice)


def languages(package: Package) -> list[str]:
    """Return the languages that a notice is worded in: the service's own, and its translations."""
    known = {language.code for language in profile().languages}
    return [package.service.language, *(tag for tag in package.translations if tag in known)]


def worded(package: Package, notice: str, values: dict[str, Any], tag: str, city: Profile) -> Words:
    """Return a notice in a language; its places filled with values."""
    chain = city.chain(tag)
    if package.notice(notice) is not None:
        subject = translated(package, f"notices.{notice}.subject", chain)
        body = translated(package, f"notices.{notice}.body", chain)
        return Words(_filled(subject, values), _filled(body, values).strip())
    title = translated(package, "service.title", chain)
    words = {**values, "service": title[0] if title else package.id}
    subject_text, body_text = _HOUSE[notice]
    with override(tag):
        words["body"] = body_name(str(values.get("sent_to") or ""))
        due = values.get("due")
        words["due"] = city.date_text(due, tag) if due else _("the day the law sets")
        words["reasons"] = values.get("reasons") or ""
        return Words(_(subject_text) % words, (_(body_text) % words).strip())


def _filled(text: tuple[str, str] | None, values: dict[str, Any]) -> str:
    """Return a text with the values in the place of their names; what is not known is a dash."""
    found = text[0] if text else ""
    return _PLACE.sub(lambda match: _shown(values.get(match[1])), found)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _of_case(case: Case, decision: CaseDecision | None, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the case itself knows, what the rules decided, and what the event says."""
    said = decision.said if decision else {}
    city, reasons = profile(), event.get("reasons", "")
    return {
        **said.get("parameters", {}),
        **said.get("values", {}),
        "case": case.number,
        "fee": case.fee,
        "reasons": reasons if isinstance(reasons, str) else "",
        "sent_to": event.get("target", ""),
        "due": city.local(case.due).date() if case.due else None,
        "decided": city.local(decision.at).date() if decision else None,
    }


def _said_at(case: Case, version: int) -> dict[str, Any]:
    """Return what the event says that the notice tells of."""
    event = CaseEvent.objects.filter(case=case, position=version).first()
    found: dict[str, Any] = json.loads(event.content) if event else {}
    return found
