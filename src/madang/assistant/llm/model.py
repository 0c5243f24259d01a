"""The model as the assistant uses it (`assistant.plugs.Llm`): masked before, checked after."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from madang.assistant.engine.injection import instructions_in
from madang.assistant.errors import LLMUnavailable, LLMUnusable
from madang.assistant.llm import filling, prompts, rewriting, wording
from madang.assistant.llm.client import ChatClient
from madang.kernel import metrics
from madang.kernel.config import Settings, settings
from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from madang.assistant.engine.dialogue import Exchange, Passage
    from madang.assistant.plugs import WantedFact

USES = ("rewrite", "facts", "word")
"""What a model may be used for; ``MADANG_LLM_USES`` names some of them."""

SYNTHETIC = "services:synthetic-"
"""Keys of services made up for tests of scale; no model ever reads them."""

CALLS = metrics.counter("madang_llm_calls_total", "Calls of the model.", ["use", "outcome"])
TOOK = metrics.histogram("madang_llm_seconds", "Seconds a call of the model took.", ["use"])

_DATE = re.compile(r"\d{4}\s?[.\-/년]\s?\d{1,2}\s?[.\-/월]\s?\d{1,2}일?")
_RECENT = 4
_log = logging.getLogger(__name__)


class LanguageModel:
    """Does with a chat server what `assistant.plugs.Llm` asks; only the uses that it is given."""

    def __init__(self, client: ChatClient, uses: Sequence[str] = USES) -> None:
        self.client, self.uses = client, tuple(uses)

    def rewrite(self, text: str, recent: Sequence[Exchange], *, language: str) -> str | None:
        """Return the question as it stands alone; None to leave it as it is."""
        said = [one.text for one in recent[-_RECENT:] if one.text]
        if "rewrite" not in self.uses or not said or instructions_in(text):
            return None
        text, mark = masked_but_dates(text), _mark()
        messages = prompts.rewrite_messages(text, said, mark)
        try:
            reply = self._reply(
                "rewrite", messages, rewriting.SCHEMA, most_tokens=rewriting.MOST_TOKENS
            )
            question = rewriting.read_rewriting(reply, text, said)
        except LLMUnusable as fault:
            _unusable("rewrite", fault)
            return None
        return None if question == text else question

    def fill_facts(
        self, text: str, wanted: Sequence[WantedFact], *, language: str, today: str
    ) -> Mapping[str, Any]:
        """Return the values of facts that the text says, by name."""
        if "facts" not in self.uses or not wanted or instructions_in(text):
            return {}
        try:
            found = self.filled(text, wanted, date.fromisoformat(today))
        except LLMUnusable as fault:
            _unusable("facts", fault)
            return {}
        return {one.name: one.value for one in found.facts}

    def filled(self, text: str, wanted: Sequence[filling.Wanted], today: date) -> filling.Filling:
        """Return the facts that a text says, each with the words that say so.

        Raises
        ------
        LLMUnavailable, LLMUnusable
        """
        some = wanted[: filling.MOST_FACTS]
        asked = [(one.name, _asked(one)) for one in some]
        messages = prompts.fill_messages(masked_but_dates(text), asked, today.isoformat(), _mark())
        shape = filling.schema(some)
        reply = self._reply("facts", messages, shape, most_tokens=filling.MOST_TOKENS)
        found = filling.read_filling(reply, text, some, today)
        for name, why in found.dropped.items():
            _log.info("llm: fact %s left out: %s", name, why.partition(" ")[0])
        return found

    def word(
        self, question: str, passages: Sequence[Passage], *, language: str
    ) -> wording.Worded | None:
        """Return an answer from the passages only; None where the model finds none in them.

        Raises
        ------
        LLMUnavailable
            If the model does not answer.
        LLMUnusable
            If what it says may not stand.
        """
        given = readable(passages)[: prompts.MOST_PASSAGES]
        if "word" not in self.uses or not given or instructions_in(question):
            return None
        try:
            return self.worded(masked_but_dates(question), given, language)
        except LLMUnusable as fault:
            _unusable("word", fault)
            if fault.reason == "refused":
                return None
            raise

    def worded(self, question: str, passages: Sequence[Passage], language: str) -> wording.Worded:
        """Return an answer with the numbers of the passages it rests on; raises as `word`."""
        texts = [text_of(one) for one in passages]
        links = {n: one.source.url for n, one in enumerate(passages, 1) if one.source.url}
        messages = prompts.word_messages(question, [_tokenised(text) for text in texts], language,
                                         _mark())  # fmt: skip
        shape = wording.schema(len(texts))
        reply = self._reply("word", messages, shape, most_tokens=wording.MOST_TOKENS)
        return wording.read_wording(reply, texts, links, language)

    def _reply(
        self,
        use: str,
        messages: Sequence[Mapping[str, str]],
        schema: Mapping[str, Any],
        *,
        most_tokens: int,
    ) -> str:
        begun = time.monotonic()
        try:
            reply = self.client.reply(messages, schema=schema, name=use, most_tokens=most_tokens)
        except LLMUnavailable:
            CALLS.labels(use, "unavailable").inc()
            raise
        finally:
            TOOK.labels(use).observe(time.monotonic() - begun)
        CALLS.labels(use, "answered").inc()
        return reply


def readable(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages that a model may read: none made up, none that gives it orders."""
    return [
        one
        for one in passages
        if not one.source.key.startswith(SYNTHETIC) and not instructions_in(text_of(one))
    ]


def text_of(passage: Passage) -> str:
    """Return a passage as one text: title of its source, its heading, its lines."""
    head = " - ".join(filter(None, (passage.source.title, passage.section)))
    return "\n".join(filter(None, (head, *passage.lines, passage.source.office)))


def masked_but_dates(text: str) -> str:
    """Return a text without what could tell who wrote it; dates stay, for the planner asks them."""
    from madang.search.api import masked

    parts, dates = _DATE.split(text), [*_DATE.findall(text), ""]
    return "".join(masked(part) + day for part, day in zip(parts, dates, strict=True))


def _asked(one: filling.Wanted) -> str:
    values = ", ".join(f"{value} ({title})" for value, title in one.options.items())
    return f"{one.ask} One of: {values}" if values else one.ask


def _tokenised(text: str) -> str:
    return re.sub(r"https?://\S+", "(page)", text)


def _mark() -> str:
    return secrets.token_hex(6)


def _unusable(use: str, fault: LLMUnusable) -> None:
    CALLS.labels(use, fault.reason).inc()
    _log.info("llm: %s: not used (%s)", use, fault.reason)


def model_of(here: Settings) -> LanguageModel | None:
    """Return the model that settings name; None for none.

    Raises
    ------
    Invalid
        If they name one in the wrong form.
    """
    if here.llm in ("", "off"):
        return None
    name, at, url = here.llm.partition("@")
    parts = urlsplit(url)
    if not at or not name or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(
            f"MADANG_LLM is {here.llm!r}; it is 'off' or MODEL@http://host:port/v1",
            {"MADANG_LLM": "MODEL@http://host:port/v1"},
        )
    uses = [one.strip() for one in here.llm_uses.split(",") if one.strip()]
    wrong = sorted(set(uses) - set(USES))
    if wrong:
        raise Invalid(
            f"MADANG_LLM_USES names {wrong[0]!r}; there are {', '.join(USES)}",
            {"MADANG_LLM_USES": ", ".join(USES)},
        )
    client = ChatClient(
        url, name, key=here.llm_key, seconds=here.llm_seconds, at_once=here.llm_at_once
    )
    return LanguageModel(client, uses)


@cache
def configured() -> LanguageModel | None:
    """Return the model of this instance, the same for the whole process; None for none."""
    return model_of(settings())


def problem() -> str | None:
    """Return what is wrong with the model, or None (health check); none configured is well."""
    model = configured()
    if model is None:
        return None
    if model.client.breaker.is_open:
        return f"the language model at {model.client.url} fails; answers are quoted instead"
    try:
        model.client.ask_whether_it_is_there()
    except (LLMUnavailable, LLMUnusable) as fault:
        return fault.message
    return None
