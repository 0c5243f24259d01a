"""The calendar file, read back by another program's reader."""

from __future__ import annotations

from datetime import date

from madang.assistant import api

ON = date(2026, 11, 24)
FACTS = {"from": "강남구", "to": "마포구", "date": "2026-12-20", "foreign": False}


def _calendar(lang: str = "ko", **facts: object) -> str:
    return api.calendar(api.plan("move", FACTS | facts, city="seoul", on=ON), lang)


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_every_dated_step_has_an_entry_with_a_reminder() -> None:
    plan = api.plan("move", FACTS, city="seoul", on=ON)
    lines = _unfolded(_calendar())
    dated = [step for step in plan.steps if step.due]
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == lines.count("BEGIN:VALARM") == len(dated) > 3
    starts = [line.partition(":")[2] for line in lines if line.startswith("DTSTART")]
    assert starts == [f"{step.due.day:%Y%m%d}" for step in dated if step.due]


def test_lines_are_folded_at_75_octets_and_end_by_crlf() -> None:
    text = _calendar()
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_texts_are_escaped_and_uids_stay() -> None:
    first, again = _unfolded(_calendar("en")), _unfolded(_calendar("en", schoolchild=True))
    uids = {line for line in first if line.startswith("UID:")}
    assert uids <= {line for line in again if line.startswith("UID:")}
    assert len(uids) == first.count("BEGIN:VEVENT")
    assert any(line.startswith("DESCRIPTION:") and "\\," in line for line in first)
    moved = _unfolded(_calendar("en", date="2026-12-21"))
    assert not uids & {line for line in moved if line.startswith("UID:")}
