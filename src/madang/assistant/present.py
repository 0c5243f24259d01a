"""A plan as JSON and as text. Texts are in the language asked for where there are any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from madang.assistant.engine.model import Dated
from madang.assistant.office_finding import Office
from madang.assistant.places import ELSEWHERE, Somewhere
from madang.assistant.plan_words import CHANNELS, WEEKDAYS, WORDS, counted, told
from madang.assistant.plans import Fee, Paper, Plan, Question, Reason, Step, Way
from madang.assistant.procedure_file import FactFile


def as_json(plan: Plan, lang: str = "ko") -> dict[str, Any]:
    """Return a plan as plain values for JSON: dates in ISO form, texts in one language."""
    return {
        "event": plan.event,
        "title": told(plan.names, lang),
        "on": plan.on.isoformat(),
        "facts": {
            name: {"value": plain(fact.value), "source": fact.source}
            for name, fact in plan.facts.items()
        },
        "questions": [_question(one, lang) for one in plan.questions],
        "steps": [_step(one, plan, lang) for one in plan.steps],
        "warnings": list(plan.notes),
    }


def plain(value: Any) -> Any:
    """Return the value of a fact as JSON has it; a place as it was said."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Somewhere):
        return value.said or value.district or ELSEWHERE
    return value


def _question(one: Question, lang: str) -> dict[str, Any]:
    fact = one.fact
    return {
        "fact": fact.id,
        "ask": told(fact.ask, lang),
        "title": told(fact.names, lang),
        "type": fact.type,
        "choices": [
            {"value": choice.value, "title": told(choice.names, lang)} for choice in fact.choices
        ],
        "decides": list(one.decides),
    }


def _step(one: Step, plan: Plan, lang: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": told(one.names, lang),
        "note": told(one.note, lang),
        "status": one.status,
        "due": one.due.day.isoformat() if one.due else None,
        "opens": one.opens.day.isoformat() if one.opens else None,
        "reckoning": reckoning(one.due, plan, lang) if one.due else None,
        "due_by": "advice" if one.advised else "law" if one.due else None,
        "needed_by": one.needed_by.isoformat() if one.needed_by else None,
        "overdue": one.overdue,
        "office": _office(one.office, lang),
        "documents": [_paper(paper, lang) for paper in one.papers],
        "fee": _fee(one.fee, lang),
        "channels": [_way(way, lang) for way in one.ways],
        "law": list(one.law),
        "requires": list(one.requires),
        "reason": reason(one, plan, lang),
        "reasons": [
            {"fact": r.fact, "value": plain(r.value), "source": r.source} for r in one.reasons
        ],
        "condition": one.condition or None,
        "open_facts": list(one.open_facts),
        "service": one.service or None,
        "apply": f"/apply/{one.service}/" if one.service else None,
        "prefill": {name: plain(value) for name, value in one.prefill.items()},
        "owner": one.owner,
        "reviewed": one.reviewed.isoformat(),
        "review_by": one.review_by.isoformat(),
        "check_with": plan.city_line if one.expired else None,
    }


def _office(one: Office | None, lang: str) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "name": told(one.names, lang),
        "kind": one.kind,
        "unit": one.code or None,
        "district": one.district or None,
        "address": one.address or None,
        "phone": one.phone or None,
        "url": one.url or None,
    }


def _paper(one: Paper, lang: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": told(one.names, lang),
        "from_step": one.from_step or None,
        "certain": one.certain,
    }


def _fee(one: Fee | None, lang: str) -> dict[str, Any] | None:
    return None if one is None else {"amount": one.amount, "text": fee_text(one, lang)}


def _way(one: Way, lang: str) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "title": way_text(one, lang),
        "offline": one.is_offline,
        "phone": one.phone or None,
        "url": one.url or None,
    }


def way_text(one: Way, lang: str) -> str:
    """Return a way in words."""
    return told(CHANNELS[one.kind], lang)


def fee_text(one: Fee, lang: str) -> str:
    """Return a price in words; the currency's sign is the caller's city's."""
    name = told(one.names, lang)
    if one.amount is None:
        return name or told(WORDS["depends"], lang)
    if one.amount == 0:
        return name or told(WORDS["free"], lang)
    return f"{one.amount:,}{told(WORDS['won'], lang)}" + (f" ({name})" if name else "")


def day_text(day: date, lang: str) -> str:
    """Return a day with its weekday.

    >>> day_text(date(2027, 1, 4), "ko"), day_text(date(2027, 1, 4), "en")
    ('2027년 1월 4일(월)', 'Mon 4 January 2027')
    """
    weekday = WEEKDAYS[lang if lang in WEEKDAYS else "en"][day.weekday()]
    if lang == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일({weekday})"
    return f"{weekday} {day.day} {day:%B} {day.year}"


def reckoning(one: Dated, plan: Plan, lang: str) -> str:
    """Return how a day was reckoned: from what, how long, moved by which day off, by what law."""
    name = told(plan.fact_names[one.anchor], lang)
    text = counted(one, name, day_text(one.anchor_day, lang), lang)
    if one.day != one.nominal:
        text += told(WORDS["moved"], lang).format(day=day_text(one.nominal, lang))
    return f"{text} [{one.term.rule or told(WORDS['advice'], lang)}]"


def value_text(value: Any, fact: FactFile | None, lang: str) -> str:
    """Return the value of a fact in words."""
    if isinstance(value, bool):
        return told(WORDS["yes" if value else "no"], lang)
    if isinstance(value, date):
        return day_text(value, lang)
    if isinstance(value, Somewhere):
        return str(plain(value))
    if fact is not None:
        for choice in fact.choices:
            if choice.value == value:
                return told(choice.names, lang)
    if isinstance(value, int):
        unit = told(fact.unit, lang) if fact else ""
        return f"{value:,}{unit}" if lang == "ko" else f"{value:,} {unit}".strip()
    return str(value)


def reason(one: Step, plan: Plan, lang: str) -> str:
    """Return why a step is there, in a sentence."""
    if one.status == "maybe":
        names = [told(plan.fact_names[name], lang) for name in one.open_facts]
        return told(WORDS["maybe"], lang).format(facts=", ".join(names))
    if not one.reasons:
        return told(WORDS["always"], lang).format(event=told(plan.names, lang))
    return "; ".join(_reason(item, plan, lang) for item in one.reasons)


def _reason(one: Reason, plan: Plan, lang: str) -> str:
    name = told(plan.fact_names[one.fact], lang)
    return f"{name}: {value_text(one.value, plan.fact_files.get(one.fact), lang)}"


def as_text(plan: Plan, lang: str = "ko") -> str:
    """Return a plan as lines to read."""
    return "\n".join(_lines(plan, lang)) + "\n"


def _lines(plan: Plan, lang: str) -> Iterator[str]:
    yield f"# {told(plan.names, lang)} ({day_text(plan.on, lang)})"
    for name, fact in plan.facts.items():
        value = value_text(fact.value, plan.fact_files.get(name), lang)
        yield f"- {told(plan.fact_names[name], lang)}: {value} ({told(WORDS[fact.source], lang)})"
    yield ""
    for number, step in enumerate(plan.steps, 1):
        yield from _step_lines(number, step, plan, lang)
    if plan.questions:
        yield ""
        yield f"## {told(WORDS['questions'], lang)}"
        for one in plan.questions:
            yield f"- {told(one.fact.ask, lang)} [{one.fact.id}]"
    for note in plan.notes:
        yield f"! {note}"


def _step_lines(number: int, step: Step, plan: Plan, lang: str) -> Iterator[str]:
    mark = "" if step.status == "do" else "? "
    due = f" – {told(WORDS['due'], lang)} {day_text(step.due.day, lang)}" if step.due else ""
    late = f" ({told(WORDS['overdue'], lang)})" if step.overdue else ""
    yield f"{number}. {mark}{told(step.names, lang)}{due}{late}"
    if step.due:
        yield f"   {reckoning(step.due, plan, lang)}"
    if step.needed_by:
        yield f"   {told(WORDS['needed_by'], lang)} {day_text(step.needed_by, lang)}"
    if step.opens:
        yield f"   {told(WORDS['opens'], lang)} {day_text(step.opens.day, lang)}"
    if step.office:
        parts = [told(step.office.names, lang), step.office.address, step.office.phone]
        yield "   " + ", ".join(part for part in parts if part)
    if step.papers:
        titles = [
            told(paper.names, lang) + ("" if paper.certain else f" ({told(WORDS['may'], lang)})")
            for paper in step.papers
        ]
        yield f"   {told(WORDS['papers'], lang)}: {', '.join(titles)}"
    ways = ", ".join(way_text(way, lang) for way in step.ways)
    fee = f"{fee_text(step.fee, lang)} · " if step.fee else ""
    yield f"   {fee}{ways}"
    yield f"   {reason(step, plan, lang)} · {', '.join(step.law)}"
    if step.expired:
        yield f"   ! {told(WORDS['check'], lang).format(line=plan.city_line)}"
