"""Answers from what is found: quoted where it is sure enough, choices below, else a person."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from django.utils.translation import gettext as _

from madang.assistant.asking import Asking, Reply
from madang.assistant.city_places import said_places
from madang.assistant.engine.dialogue import Answered, AnswerStatus, Choice, Passage, Source, State
from madang.assistant.engine.following import follows, rest
from madang.assistant.engine.gate import NAMED, NAMED_AT, offered
from madang.assistant.lexicons import lexicon
from madang.assistant.quoting import passages, sentence, source_of, thing
from madang.assistant.sides import said_district, side_by_side
from madang.kernel.errors import Unavailable
from madang.search import api as search

ANSWERING = ("service", "office", "page", "place", "event")
"""Kinds that answer a resident; tables of open data and lists of services do not."""


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
        found = _found(asking)
    except Unavailable:
        return _without_search(asking)
    hits = found.hits
    if hits and found.confidence >= asking.answer_at:
        about = lexicon().about.found(asking.plain)
        return (
            side_by_side(asking, hits, about, found.confidence)
            or of_thing(asking, hits[0].key, about, sure=found.confidence)
            or _quoted(asking, hits[0], found.confidence)
        )
    count = offered([hit.probability for hit in hits])
    if count:
        return _offered(asking, list(hits[:count]), found.confidence)
    return _nothing(asking, found.confidence)


def _found(asking: Asking) -> search.Found:
    """Return what is found for a turn; where that is unsure, for the thing that it names.

    "How much is a passport?" names the passport: a thing that is called by every word that is left
    once what is asked of it is taken away is the one that is meant.
    """
    found = _find(asking, asking.text)
    if found.confidence >= asking.answer_at:
        return found
    words = lexicon()
    core = " ".join(rest(_without_places(asking), words.about, words.this, words.filler))
    if not core or core == asking.plain:
        return _named(found)
    again = _named(_find(asking, core))
    return again if again.confidence >= asking.answer_at else found


def _named(found: search.Found) -> search.Found:
    """Return what was found, sure of the first where it is called by all that was asked."""
    if found.hits and found.is_in_names and found.hits[0].probability >= NAMED_AT:
        return msgspec.structs.replace(found, confidence=max(found.confidence, NAMED))
    return found


def _find(asking: Asking, text: str) -> search.Found:
    return search.find(
        text, asking.language, facets={"kind": ANSWERING}, district=said_district(asking), limit=5
    )


def _without_places(asking: Asking) -> str:
    """Return the words of a turn without its districts: they say where, not what."""
    text = asking.plain
    if said_district(asking) == asking.district:
        return text
    for one in reversed(said_places(text, asking.city)):
        text = text[: one.start] + " " + text[one.end :]
    return text


def of_thing(asking: Asking, key: str, about: list[str], *, sure: float | None) -> Reply | None:
    """Answer from the sections of a thing; None where its room tells none of it."""
    told = thing(key, asking.language, said_district(asking))
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
    if asking.state.event:
        choices.append(Choice(f"event:{asking.state.event}", _("Back to the plan")))
    state = replace(
        asking.state, focus=key, focus_title=source.title, candidates=(), asked="",
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
