"""What a caller is told: from documents that are sure enough, or as the assistant says it."""

from __future__ import annotations

import asyncio

import pytest

from madang.assistant.api import Answered, AnswerStatus, AskedFact, Choice, Passage, Source
from madang.callcentre.voice import answering
from madang.callcentre.voice.answering import DocumentAnswerer, catalogue, filed
from madang.callcentre.voice.assistant_answering import spoken
from madang.city.api import profile

SOURCE = Source("law:1", "전입신고", "https://city.example/1")


def asked(answerer: DocumentAnswerer, text: str, choice: str = ""):
    return asyncio.run(answerer.answer(text, "ko", None, choice))


def test_services_of_the_city_are_offered_and_told_by_key():
    answerer = DocumentAnswerer(catalogue(profile()), "ko")
    found = asked(answerer, "전입신고는 어떻게 하나요")
    assert found.choices[0] == ("move-in-report", "전입신고")
    told = asked(answerer, "", choice="move-in-report")
    assert told.status == answering.ANSWERED
    assert told.sources == ("move-in-report",)
    assert told.text.startswith("전입신고. ")


def test_what_nobody_wrote_of_is_not_guessed():
    answerer = DocumentAnswerer(catalogue(profile()), "ko")
    assert asked(answerer, "양자역학의 파동함수 붕괴").status == answering.NOTHING


def test_a_clear_question_is_answered_with_its_source(shared):
    answerer = DocumentAnswerer(filed(shared / "assistant" / "welfare_services.jsonl"), "ko")
    found = asked(answerer, "기초연금은 몇 살부터 받나요")
    assert found.status == answering.ANSWERED
    assert "기초연금" in found.text
    assert found.sources == ("72",)


def test_an_answer_of_the_assistant_is_said_without_addresses():
    found = spoken(
        Answered(
            AnswerStatus.ANSWERED, "14일 안에. https://city.example/1",
            passages=(Passage("", ("14일",), SOURCE),), language="ko",
        ),
        "ko",
    )  # fmt: skip
    assert (found.status, found.text, found.sources) == ("answered", "14일 안에.", ("law:1",))


def test_a_fact_that_is_asked_is_chosen_by_keys():
    question = AskedFact(
        "tenure", "전세입니까?", "choice", (Choice("a", "전세"), Choice("b", "월세"))
    )
    found = spoken(Answered(AnswerStatus.ASKED_FACT, "전세입니까?", question=question), "ko")
    assert found.status == answering.ASKED
    assert found.choices == (("a", "전세"), ("b", "월세"))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (AnswerStatus.CRISIS, answering.PERSON),
        (AnswerStatus.REFUSED_DISPUTE, answering.PERSON),
        (AnswerStatus.HANDED_OVER, answering.PERSON),
        (AnswerStatus.NO_ANSWER, answering.NOTHING),
        (AnswerStatus.REFUSED_INJECTION, answering.ANSWERED),
    ],
)
def test_whom_only_a_person_may_help_goes_to_one(status, told):
    found = spoken(Answered(status, "말합니다.", speech="말합니다."), "ko")
    assert found.status == told
    assert bool(found.text) is (status is not AnswerStatus.HANDED_OVER)
