"""Questions are counted, fade, and are shown only where many asked; nobody is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from madang.kernel.times import fixed_clock
from madang.search.found import Asker
from madang.search.question_log import SHOWN_FROM, QuestionLog

NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    made = Clock()
    with fixed_clock(made):
        yield made


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> Iterator[QuestionLog]:
    made = QuestionLog(tmp_path / "search" / "questions.sqlite3")
    yield made
    made.close()


def person(number: int) -> Asker:
    return Asker(f"192.0.2.{number}", f"192.0.2.{number} browser")


def ask(log: QuestionLog, text: str, people: int, start: int = 0) -> None:
    for number in range(start, start + people):
        log.asked(text, "ko", 3, person(number))


def test_a_question_is_shown_only_once_enough_different_people_asked_it(log: QuestionLog):
    ask(log, "전입신고 기한", SHOWN_FROM - 1)
    for _ in range(20):
        log.asked("전입신고 기한", "ko", 3, person(0))
    assert log.popular() == []
    ask(log, "전입신고 기한", 1, start=SHOWN_FROM)
    assert [text for text, _, _ in log.popular()] == ["전입신고 기한"]


def test_one_person_on_many_days_is_still_one(log: QuestionLog, clock: Clock):
    for _ in range(3 * SHOWN_FROM):
        log.asked("전입신고 기한", "ko", 3, person(1))
        clock.now += timedelta(days=1)
        log.tidy()
    assert log.popular() == []


def test_a_question_with_something_masked_is_never_shown(log: QuestionLog):
    for number in range(2 * SHOWN_FROM):
        log.asked("010-1234-5678 문자 알림", "ko", 3, person(number))
    assert log.popular() == []


def test_counts_halve_and_are_forgotten(log: QuestionLog, clock: Clock):
    ask(log, "등본", 8)
    clock.now += timedelta(days=30)
    assert log.popular()[0][2] == pytest.approx(4.0)
    clock.now += timedelta(days=151)
    log.tidy()
    assert log.popular() == []


def test_a_choice_counts_once_a_day_for_each_network(log: QuestionLog, clock: Clock):
    for _ in range(5):
        log.chosen("등본", "services:copy", person(1))
    log.chosen("등본", "services:copy", person(2))
    assert [(one.key, one.count) for one in log.choices()] == [("services:copy", 2.0)]
    clock.now += timedelta(days=1)
    log.tidy()
    log.chosen("등본", "services:copy", person(1))
    assert log.choices()[0].count == pytest.approx(3.0, rel=0.05)


def test_a_first_question_with_a_choice_and_no_second_question_is_resolved(
    log: QuestionLog, clock: Clock
):
    log.asked("등본", "ko", 2, person(1))
    log.chosen("등본", "services:copy", person(1))
    log.asked("여권", "ko", 2, person(2))
    log.asked("여권 분실", "ko", 2, person(2))
    log.asked("양자역학", "ko", 0, person(3))
    log.asked("주차", "ko", 2, person(4))
    clock.now += timedelta(minutes=11)
    log.tidy()
    assert log.first_questions() == {
        "resolved": 1, "asked again": 1, "nothing found": 1, "nothing chosen": 1,
    }  # fmt: skip
    assert log.unresolved() == [], "one network asked each"
    log.asked("등본 수수료", "ko", 2, person(1))
    clock.now += timedelta(minutes=11)
    log.tidy()
    assert sum(log.first_questions().values()) == 4, "the same session asks no first question twice"


def test_what_leads_nowhere_is_shown_only_where_enough_networks_asked(
    log: QuestionLog, clock: Clock
):
    ask(log, "반려동물 등록", SHOWN_FROM)
    for number in range(10, 10 + SHOWN_FROM):
        log.asked("우주여행", "ko", 0, person(number))
        log.asked("내 전화 010-1234-5678", "ko", 0, person(number + 20))
    log.asked("혼자만 묻는 말", "ko", 0, person(99))
    clock.now += timedelta(minutes=11)
    log.tidy()
    found = {one.text: (one.count, one.nothing_found) for one in log.unresolved()}
    assert found == {"반려동물 등록": (5, 0), "우주여행": (5, 5)}


def test_hashes_and_salt_are_gone_the_next_day(log: QuestionLog, clock: Clock, tmp_path: Path):
    ask(log, "등본", 6)
    log.chosen("등본", "services:copy", person(1))
    clock.now += timedelta(days=1)
    log.tidy()
    with sqlite3.connect(tmp_path / "search" / "questions.sqlite3") as db:
        left = {
            name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("salt", "seen", "session")
        }
    db.close()
    assert left == {"salt": 0, "seen": 0, "session": 0}


def test_no_address_nor_agent_lies_in_the_file(log: QuestionLog, tmp_path: Path):
    ask(log, "제 번호는 010-9876-5432 입니다", 7)
    log.close()
    data = b"".join(path.read_bytes() for path in (tmp_path / "search").iterdir())
    assert b"192.0.2" not in data
    assert b"browser" not in data
    assert b"9876" not in data


def test_words_of_outcomes_go_with_the_question(log: QuestionLog, clock: Clock):
    log.asked("양자역학", "ko", 0, person(3))
    clock.now += timedelta(minutes=11)
    log.tidy()
    clock.now += timedelta(days=90)
    log.tidy()
    assert log.unresolved() == []
    assert log.first_questions() == {"nothing found": 1}
