"""What an operator is helped with: an answer with its sources, facts to ask for, forms to open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, require
from madang.assistant import api as assistant
from madang.assistant.api import Answered
from madang.callcentre import taking_over
from madang.callcentre.contact_models import Contact, ContactLine, Side
from madang.callcentre.engine.closing import likeness
from madang.callcentre.operator_models import KnowledgeNote, Suggestion, WrapUp
from madang.callcentre.operators import OPERATOR, held
from madang.callcentre.purposes import CENTRE, KEEP
from madang.kernel import audit, times
from madang.kernel.errors import Invalid, MadangError, NotFound
from madang.search.api import masked

ANSWERS = ("answered", "partly", "planned", "asked_fact")
LOOKED_THROUGH = 500  # newest wrap-ups in which similar ones are sought
ALIKE = 0.25
_LAST = 2  # of the resident's lines that are asked with


@dataclass(frozen=True)
class Past:
    """A past contact that was alike: what came of it."""

    summary: str
    reason: str
    alike: float


def suggestion_for(contact: Contact) -> Suggestion | None:
    """Return the suggestion for what the resident said last, made once for each line."""
    with purpose(CENTRE, KEEP):
        lines = list(
            ContactLine.objects.filter(contact=contact, side=Side.RESIDENT, final=True)
            .order_by("-number")
            .values_list("number", "text")[:_LAST]
        )
        if not lines:
            return None
        known = Suggestion.objects.filter(contact=contact, line=lines[0][0]).first()
    if known:
        return known
    asked = lines[0][1]
    try:
        found = assistant.answer(asked, None, language=contact.language, district=contact.district)
    except MadangError:  # the operator works on without help; the page says so by its absence
        return None
    return _kept(contact, lines[0][0], asked, found)


def _kept(contact: Contact, line: int, asked: str, found: Answered) -> Suggestion | None:
    has_answer = found.status.value in ANSWERS
    with purpose(CENTRE, KEEP):
        try:
            with transaction.atomic():
                return Suggestion.objects.create(
                    contact=contact, line=line, asked=asked[:400],
                    text=_text(found) if has_answer else "", cited=_cited(found),
                    missing=[found.question.ask] if found.question else [],
                    sure=found.sure or 0.0,
                )  # fmt: skip
        except IntegrityError:  # another look at the page was quicker
            return Suggestion.objects.filter(contact=contact, line=line).first()


def _text(found: Answered) -> str:
    parts = [found.text]
    for one in found.passages:
        parts.append("\n".join([one.section, *one.lines] if one.section else one.lines))
    for side in found.sides:
        parts.append("\n".join([side.label, *(x for p in side.passages for x in p.lines)]))
    if found.plan:
        parts += [
            " ".join(filter(None, (step.title, step.due_text, step.office)))
            for step in found.plan.steps
        ]
    return "\n\n".join(part for part in parts if part)[:4000]


def _cited(found: Answered) -> list[dict[str, str]]:
    passages = [*found.passages, *(one for side in found.sides for one in side.passages)]
    cited: dict[str, dict[str, str]] = {}
    for one in passages:
        source = one.source
        cited[source.key] = {
            "title": source.title, "url": source.url, "version": source.version,
            "date": source.date, "key_in": _key_in(source.key),
        }  # fmt: skip
    if found.plan:
        for step in found.plan.steps:
            if step.apply.startswith("/apply/"):
                cited[step.id] = {
                    "title": step.title, "url": step.apply, "version": "", "date": "",
                    "key_in": f"{step.apply.rstrip('/')}/key-in/",
                }  # fmt: skip
    return list(cited.values())[:8]


def _key_in(key: str) -> str:
    """Return where a service is keyed in for a resident; empty for what is no service."""
    source, _colon, name = key.partition(":")
    return f"/apply/{name}/key-in/" if source == "services" and name else ""


def say(actor: Actor, contact: str, text: str, suggestion: int = 0) -> None:
    """Write to the resident; what became of the suggestion that it began with is logged.

    Raises
    ------
    Invalid
        Without text.
    NotYours
    """
    said = text.strip().replace("\r\n", "\n")
    if not said:
        words = _("Write what the resident is to read.")
        raise Invalid(words, {"text": words})
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = held(actor, contact)
        taking_over.answer_in(row, said[:4000], actor.id)
        if suggestion:
            _decided(actor, row, suggestion, said)


def ignore(actor: Actor, contact: str, suggestion: int) -> None:
    """Note that an operator does not want a suggestion."""
    with purpose(CENTRE, KEEP), transaction.atomic():
        _decided(actor, held(actor, contact), suggestion, "")


def _decided(actor: Actor, row: Contact, suggestion: int, sent: str) -> None:
    one = Suggestion.objects.select_for_update().filter(pk=suggestion, contact=row).first()
    if one is None:
        raise NotFound(_("There is no such suggestion."))
    if one.state != Suggestion.State.OPEN:
        return
    if not sent:
        one.state = Suggestion.State.IGNORED
    else:
        is_same = " ".join(sent.split()) == " ".join(one.text.split())
        one.state = Suggestion.State.ACCEPTED if is_same else Suggestion.State.EDITED
        one.sent = "" if is_same else masked(sent)
    one.decided, one.operator = times.now(), actor.id
    one.save()
    detail: dict[str, Any] = {"state": one.state, "sure": round(one.sure, 3)}
    audit.record(actor.id, "callcentre.suggestion", f"contact:{row.pk}", purpose=KEEP,
                 detail=detail)  # fmt: skip


def mend(actor: Actor, contact: str, kind: str, said: str, suggestion: int = 0) -> None:
    """Tell the editors that an answer is wrong, or missing; raises `Invalid` for another kind."""
    if kind not in KnowledgeNote.Kind.values:
        raise Invalid(_("Say whether the answer is wrong or missing."), {"kind": kind[:20]})
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = held(actor, contact)
        one = Suggestion.objects.filter(pk=suggestion, contact=row).first()
        cited = one.cited[0]["url"] if one and one.cited else ""
        KnowledgeNote.objects.create(
            kind=kind, asked=one.asked if one else row.asked, said=masked(said.strip())[:500],
            source=cited if kind == KnowledgeNote.Kind.WRONG else "", language=row.language,
            operator=actor.id,
        )  # fmt: skip


def alike(actor: Actor, contact: Contact, limit: int = 3) -> list[Past]:
    """Return past contacts that were alike, from their confirmed wrap-ups."""
    require(actor, OPERATOR)
    if not contact.asked:
        return []
    with purpose(CENTRE, KEEP):
        past = WrapUp.objects.filter(confirmed__isnull=False).order_by("-confirmed")
        rows = list(past.values_list("summary", "reason")[:LOOKED_THROUGH])
    scored = [Past(text, why, likeness(contact.asked, text.split(" → ")[0])) for text, why in rows]
    best = sorted((one for one in scored if one.alike >= ALIKE), key=lambda one: -one.alike)
    return best[:limit]
