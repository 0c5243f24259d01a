"""For which purposes the call centre opens what residents said, and as whom."""

from __future__ import annotations

from madang.access.api import Actor, system_actor

CENTRE: Actor = system_actor("call-centre")
KEEP = "keep-contacts"  # our own process: the queue, lines as they come, forgetting
SERVE = "serve-contact"  # an operator and one contact
WATCH = "watch-contacts"  # a supervisor: times, languages and scores, not a word that was said
EDIT = "mend-answers"  # editors: what was asked and not known, masked
