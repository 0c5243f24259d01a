"""How a contact is closed: a drafted wrap-up that the operator changes and confirms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.callcentre import taking_over
from madang.callcentre.contact_models import Callback, Channel, Contact, ContactLine, State
from madang.callcentre.engine.closing import Draft, Rules, Said, draft, failed
from madang.callcentre.operator_models import OperatorState, Suggestion, WrapUp
from madang.callcentre.operators import held
from madang.callcentre.purposes import CENTRE, KEEP
from madang.callcentre.rules import Centre, centre
from madang.cases import api as cases
from madang.kernel import audit, times
from madang.kernel.errors import Invalid, NotFound
from madang.search.api import masked

_CASE = re.compile(r"^\d{4}-\d{7}-\d$")


def drafted(contact: Contact) -> Draft:
    """Return the wrap-up of a contact as it is proposed."""
    with purpose(CENTRE, KEEP):
        return draft(_lines(contact), {one.id: one.words for one in centre().reasons})


def confirm(
    actor: Actor,
    contact: str,
    reason: str,
    summary: str,
    promised: Sequence[str],
    *,
    case: str = "",
) -> None:
    """Close a contact with what the operator confirms; its rules of quality are checked.

    case : number of the case that it led to, where there is one.

    Raises
    ------
    Invalid
        Field by field.
    NotYours
    """
    said, number = centre(), case.strip().upper()
    faults = {}
    if reason not in {one.id for one in said.reasons} | {"other"}:
        faults["reason"] = _("Choose a reason.")
    if not summary.strip():
        faults["summary"] = _("Write a sentence on what it was about.")
    if number and not _CASE.match(number):
        faults["case"] = _("Write the number of the case as its page shows it.")
    elif number and not _is_case(number):
        faults["case"] = _("There is no such case. Look at its number.")
    if faults:
        raise Invalid(next(iter(faults.values())), faults)
    now = times.now()
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = held(actor, contact)
        kept = [masked(one.strip())[:300] for one in promised if one.strip()][:5]
        WrapUp.objects.update_or_create(
            contact=row,
            defaults={"reason": reason, "summary": masked(summary.strip())[:1000],
                      "promised": kept, "confirmed": now, "confirmed_by": actor.id},
        )  # fmt: skip
        open_ones = Suggestion.objects.filter(contact=row, state=Suggestion.State.OPEN)
        open_ones.update(state=Suggestion.State.IGNORED, decided=now, operator=actor.id)
        row.marks, row.score = _judged(row, said, is_personal=bool(number))
        row.state, row.ended, row.case = State.DONE, row.ended or now, number
        row.outcome = row.outcome or "finished"
        row.phone, row.phone_end = b"", ""
        row.save()
        Callback.objects.filter(contact=row).update(state=Callback.State.DONE, closed=now)
        OperatorState.objects.filter(pk=actor.id).update(free_since=now)
        audit.record(actor.id, "callcentre.wrap_up", f"contact:{row.pk}", purpose=KEEP,
                     detail={"reason": reason, "case": number})  # fmt: skip
        taking_over.give_back(row)


def _is_case(number: str) -> bool:
    try:
        return bool(cases.case_of(number).number)
    except NotFound:
        return False


def _judged(row: Contact, said: Centre, *, is_personal: bool) -> tuple[list[str], int]:
    words = {step.id: step.words for step in said.script}
    rules = Rules(
        words.get("greeting", ()), words.get("verification", ()), words.get("disclosure", ()),
        said.forbidden,
    )  # fmt: skip
    sent = (Suggestion.State.ACCEPTED, Suggestion.State.EDITED)
    is_assisted = Suggestion.objects.filter(contact=row, state__in=sent).exists()
    marks, score = failed(
        _lines(row), rules, is_personal=is_personal, is_assisted=is_assisted,
        is_call=row.channel == Channel.PHONE,
    )  # fmt: skip
    return list(marks), score


def _lines(contact: Contact) -> list[Said]:
    rows = ContactLine.objects.filter(contact=contact, final=True).order_by("number")
    return [Said(*one) for one in rows.values_list("side", "text", "start_ms", "end_ms")]
