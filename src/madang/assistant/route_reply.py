"""Answers that need no looking up: refusals, a person, small talk."""

from __future__ import annotations

from dataclasses import replace

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from madang.assistant import person_reply, planning
from madang.assistant.asking import Asking, Reply
from madang.assistant.engine.dialogue import Answered, AnswerStatus, Choice, State
from madang.assistant.engine.following import rest
from madang.assistant.engine.injection import instructions_in
from madang.assistant.lexicons import lexicon
from madang.assistant.plan_words import told

_ALONE = ("thanks", "bye", "greeting", "help", "identity", "rude", "restart")
"""Routes that count only where nothing else is said: a question may begin with a greeting."""

_REFUSED = {
    "others-data": AnswerStatus.REFUSED_OTHERS_DATA,
    "account-data": AnswerStatus.REFUSED_ACCOUNT_DATA,
    "opinion": AnswerStatus.REFUSED_OPINION,
    "dispute": AnswerStatus.REFUSED_DISPUTE,
}
_MOST_EVENTS = 4


def injection(asking: Asking) -> Reply | None:
    """Refuse what would have the machine be another one."""
    if not lexicon().routes.stands("injection", asking.plain) and not instructions_in(asking.text):
        return None
    text = _("This asks the machine to leave its rules, so it does not answer. Ask what you need "
             "from the city.")  # fmt: skip
    return Reply(Answered(AnswerStatus.REFUSED_INJECTION, text), asking.state)


def person(asking: Asking) -> Reply | None:
    """Hand over where a person is asked for, or the offer of one is taken."""
    words = lexicon()
    taken = asking.state.person_offered and words.answers.stands("agrees", asking.plain)
    if not taken and not words.routes.stands("person", asking.plain):
        return None
    return person_reply.reply(asking, "failed" if taken and asking.state.failed else "asked")


def scope(asking: Asking) -> Reply | None:
    """Refuse what only a person may answer, and offer one; nothing is looked up."""
    cues = lexicon().routes
    found = next((name for name in _REFUSED if cues.stands(name, asking.plain)), "")
    if not found:
        return None
    texts = {
        "others-data": _("Nobody is told about other people's data here."),
        "account-data": _("This machine sees nothing of your own data. Sign in to see your "
                          "applications, payments and papers, or ask a person."),
        "opinion": _("This machine tells what the city's texts say. It has no opinion, gives no "
                     "advice and foretells nothing."),
        "dispute": _("This may need a legal judgement, which no machine gives. A person tells you "
                     "who advises you free of charge."),
    }  # fmt: skip
    choices: tuple[Choice, ...] = ()
    if found == "account-data" and (url := _own_page()):
        choices = (Choice("", _("See what is yours"), url),)
    answered = Answered(_REFUSED[found], texts[found], choices=choices, topic=found)
    return Reply(answered, asking.state)


def talk(asking: Asking) -> Reply | None:
    """Answer a greeting, thanks, what this is: only where nothing else is said."""
    words = lexicon()
    found = next((name for name in _ALONE if words.routes.stands(name, asking.plain)), "")
    if not found:
        return None
    left = words.routes.stripped(asking.plain, [found])
    named = rest(left, words.about, words.this, words.filler)
    if len(named) > (0 if found in ("greeting", "thanks", "bye") else 2):
        return None
    texts = {
        "thanks": _("Gladly. Ask whenever there is more."),
        "bye": _("Goodbye. Ask whenever there is more."),
        "identity": _("This is a machine of the city, not a person. It quotes the city's texts and "
                      "reckons dates; a person is one button away."),
        "rude": _("That did not help you. Say it in other words, or talk to a person."),
        "restart": _("We begin anew. What do you need?"),
    }  # fmt: skip
    text = texts.get(found) or _(
        "This is a machine of the city. Ask about a service, an office or a fee, or tell what has "
        "happened, such as a move: you get dates, offices and papers."
    )
    state = asking.state
    if found == "restart":
        state = State(state.language, state.channel, state.district, state.number)
    if found == "rude":
        return Reply(Answered(AnswerStatus.UNCLEAR, text), state)
    choices = _events(asking) if found in ("greeting", "help", "restart") else ()
    return Reply(Answered(AnswerStatus.TALKED, text, choices=choices, topic=found), state)


def nothing_said(asking: Asking) -> Reply | None:
    """Ask for words where there are none: signs, pictures, numbers alone."""
    if asking.state.open_fact or any(sign.isalpha() for sign in asking.plain):
        return None
    text = _("There are no words in this. Write what you need.")
    return Reply(Answered(AnswerStatus.UNCLEAR, text), replace(asking.state))


def _events(asking: Asking) -> tuple[Choice, ...]:
    names = [name for name in ("move", "birth", "death", "job_loss")
             if name in planning.event_names(asking.city)]  # fmt: skip
    return tuple(
        Choice(
            f"event:{name}",
            told(planning.graph_of(name, asking.city, asking.today).file.names, asking.language),
        )
        for name in names[:_MOST_EVENTS]
    )


def _own_page() -> str:
    try:
        return reverse("my")
    except NoReverseMatch:
        return ""
