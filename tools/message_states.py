"""The state of a translation, kept as a comment in front of it: ``# state: machine 9f86d081``.

machine: made by a program, read by nobody. reviewed: read and corrected by a person who speaks the
language. approved: released by the office that answers for the text. The number is the hash of the
English source at that time; where the source is another one by now, the translation is stale and
counts as missing. Korean is written by those who write the source: without a comment it is
reviewed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

from babel.messages.catalog import Message

STATES = ("missing", "machine", "reviewed", "approved")
HOME_LANGUAGE = "ko"
_COMMENT = re.compile(r"state: (machine|reviewed|approved) ([0-9a-f]{8})(?: (.+))?")


@dataclass(frozen=True)
class State:
    """How far a translation is; `by` names who reviewed or approved it."""

    name: str
    source_hash: str = ""
    by: str = ""


def source_hash(message: Message) -> str:
    """Return the hash of what a translation was made from: context and English forms."""
    ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
    source = "\x04".join([message.context or "", *ids])
    return blake2b(source.encode(), digest_size=4).hexdigest()


def is_finished(message: Message | None) -> bool:
    """Return whether every form of a message has a text."""
    if message is None:
        return False
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return bool(strings) and all(strings)


def state_of(message: Message | None, language: str) -> State:
    """Return the state of a translation; one without a comment is ``unknown`` abroad."""
    if message is None or not is_finished(message):
        return State("missing")
    for comment in message.user_comments:
        found = _COMMENT.fullmatch(comment.strip())
        if found:
            return State(found[1], found[2], found[3] or "")
    name = "reviewed" if language == HOME_LANGUAGE else "unknown"
    return State(name, source_hash(message))


def is_stale(message: Message, language: str) -> bool:
    """Return whether the source of a translation has changed since it was made."""
    state = state_of(message, language)
    return bool(message.fuzzy) or (
        state.name != "missing" and state.source_hash != source_hash(message)
    )


def set_state(message: Message, name: str, by: str = "") -> None:
    """Write the state of a translation made from the present source."""
    others = [text for text in message.user_comments if not _COMMENT.fullmatch(text.strip())]
    comment = f"state: {name} {source_hash(message)}" + (f" {by}" if by else "")
    message.user_comments = [*others, comment]
    message.flags.discard("fuzzy")
    message.previous_id = []
