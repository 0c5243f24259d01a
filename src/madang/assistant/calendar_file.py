"""A plan as a calendar file (RFC 5545): one entry for each dated step, with a reminder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from madang.assistant.plan_words import told
from madang.assistant.plans import Plan, Step
from madang.assistant.present import reason, reckoning

_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1
REMIND_DAYS = 3


def calendar(plan: Plan, lang: str = "ko", *, city: str = "Madang") -> str:
    """Return the dated steps as an iCalendar file, lines ended by CR LF.

    Entries last the whole last day, with a reminder three days before at nine. The same step of
    the same facts keeps its UID, so that a calendar that takes the file again moves it.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Madang//{_escaped(city)} planner//EN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(told(plan.names, lang))}",
    ]
    for step in plan.steps:
        if step.due is not None:
            lines += _entry(step, plan, lang)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _entry(step: Step, plan: Plan, lang: str) -> list[str]:
    assert step.due is not None
    stamp = datetime.combine(plan.on, time(), UTC)  # as of when it holds: the same for the same day
    title = told(step.names, lang)
    about = [reason(step, plan, lang), reckoning(step.due, plan, lang)]
    if step.papers:
        about.append(", ".join(told(paper.names, lang) for paper in step.papers))
    office = ""
    if step.office is not None:
        found = (told(step.office.names, lang), step.office.address, step.office.phone)
        office = ", ".join(part for part in found if part)
    return [
        "BEGIN:VEVENT",
        f"UID:{_uid(step, plan)}@madang",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{step.due.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{step.due.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        *([f"LOCATION:{_escaped(office)}"] if office else []),
        f"DESCRIPTION:{_escaped(chr(10).join(about))}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}",
        f"TRIGGER:-P{REMIND_DAYS - 1}DT15H",  # before midnight: at nine, three days before
        "END:VALARM",
        "END:VEVENT",
    ]


def _uid(step: Step, plan: Plan) -> str:
    """Return a name of the step that stays while the event is the same, and tells nothing."""
    anchor = step.due.anchor_day.isoformat() if step.due else ""
    text = f"{plan.event}/{step.id}/{anchor}"
    return f"plan-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _escaped(text: str) -> str:
    """Return a text as iCalendar writes it (RFC 5545 section 3.3.11)."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 octets; those after the first begin with a space."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > _LONGEST_LINE:
            yield part
            part = " "
        part += sign
    yield part
