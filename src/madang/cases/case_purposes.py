"""For which purposes cases open personal data, and as whom."""

from __future__ import annotations

from madang.access.api import Actor, system_actor

CASES: Actor = system_actor("cases")
RULES: Actor = system_actor("rules")
KEEP = "keep-cases"  # our own process: intake, verbs, clocks
WORK = "work-cases"  # an officer and one case
LIST = "list-cases"  # an officer and the work that waits
OWN = "own-cases"  # whose case it is
LOOK_UP = "look-up-register-facts"  # what other registers say, for one case
FEED = "feed-registers"
FORGET = "forget-cases"
