"""Answers from what is found: quoted where it is sure enough, choices below, else a person."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from madang.assistant.asking import Asking, Reply
from madang.assistant.engine.dialogue import Answered, AnswerStatus, Choice, Passage, Source, State
from madang.assistant.engine.following import follows, rest
from madang.assistant.engine.gate import ANSWER_AT, offered
from madang.assistant.lexicons import lexicon
from madang.assistant.quoting import passages, sentence, source_of, thing
from madang.kernel.errors import Unavailable
from madang.search import api as search


def follow_up(asking: Asking) -> Reply | None:
    """Answer what is asked of the thing in focus; None where the turn names something else."""
    state, words = asking.state, lexicon()
    if not state.focus:
        return None
    about = words.about.found(asking.plain)
    named = rest(asking.plain, words.about, words.this, words.filler)
    if not follows(asking.plain, about, named, words.this.stands("this", asking.plain)):
        return None
    return of_thing(asking, state.focus, about, sure=None)


def looked_up(asking: Asking) -> Reply:
    """Answer from the city's own texts, offer choices, or say that nothing was found."""
    try:
        found = search.find(asking.text, asking.language, district=asking.district, limit=5)
    except Unavailable:
        return _without_search(asking)
    hits = found.hits
    if hits and found.confidence >= ANSWER_AT:
        about = lexicon().about.found(asking.plain)
        reply = of_thing(asking, hits[0].key, about, sure=found.confidence)
        return reply or _quoted(asking, hits[0], found.confidence)
    count = offered([hit.probability for hit in hits])
    if count:
        return _offered(asking, list(hits[:count]), found.confidence)
    return _nothing(asking, found.confidence)


def of_thing(asking: Asking, key: str, about: list[str], *, sure: float | None) -> Reply | None:
    """Answer from the sections of a thing; None where its room tells none of it."""
    told = thing(key, asking.language, asking.district)
    if told is None:
        return None
    quoted = passages(key, told, about)
    status = AnswerStatus.ANSWERED
    if about and not quoted:
        quoted, status = passages(key, told), AnswerStatus.PARTLY
    text = sentence(told, quoted)
    if status is AnswerStatus.PARTLY:
        text = _("The city's text says nothing of just that. It says:") + f"\n{text}"
    source = source_of(key, told)
    choices = [Choice("", told.action[0], told.action[1])] if told.action else []
    state = replace(
        asking.state, focus=key, focus_title=source.title, candidates=(), asked="", event="",
        open_fact="",
    )  # fmt: skip
    return Reply(Answered(status, text, passages=quoted, choices=tuple(choices), sure=sure), state)


def _quoted(asking: Asking, hit: search.Hit, sure: float) -> Reply:
    """Quote the passage that fits, of a thing whose room tells no sections."""
    words = "".join(piece.text for piece in hit.passage)
    source = Source(hit.key, hit.title_text, hit.url, hit.version, hit.changed)
    quoted = (Passage("", (words,), source),) if words else ()
    text = f"{hit.title_text}\n{words}".strip()
    state = replace(asking.state, focus=hit.key, focus_title=hit.title_text, candidates=())
    choices = (Choice("", _("Open the page"), hit.url),)
    return Reply(
        Answered(AnswerStatus.ANSWERED, text, passages=quoted, choices=choices, sure=sure), state
    )


def _offered(asking: Asking, hits: list[search.Hit], sure: float) -> Reply:
    choices = tuple(Choice(f"thing:{hit.key}", hit.title_text) for hit in hits)
    state = replace(
        asking.state,
        candidates=tuple(hit.key for hit in hits),
        asked=search.masked(asking.text),
        focus="",
    )
    text = _("Which of these do you mean?")
    return Reply(Answered(AnswerStatus.CHOICES, text, choices=choices, sure=sure), state)


def _nothing(asking: Asking, sure: float) -> Reply:
    text = _("The city's texts do not answer this, so we do not guess. Say it in other words, or "
             "talk to a person.")  # fmt: skip
    return Reply(Answered(AnswerStatus.NO_ANSWER, text, sure=sure), _without_focus(asking.state))


def _without_search(asking: Asking) -> Reply:
    asking.degraded.append("search")
    text = _("Search does not answer just now, so we cannot look this up. A person can.")
    return Reply(Answered(AnswerStatus.DEGRADED_SEARCH, text), asking.state)


def _without_focus(state: State) -> State:
    return replace(state, candidates=(), asked="")
