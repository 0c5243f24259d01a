"""For which purposes cases open personal data, and as whom."""

from __future__ import annotations

from madang.access.api import Actor, system_actor

CASES: Actor = system_actor("cases")
RULES: Actor = system_actor("rules")
KEEP = "keep-cases"  # our own process: intake, verbs, clocks
WORK = "work-cases"  # an officer and one case
LIST = "list-cases"  # an officer and the work that waits
FIND = "find-cases"  # an officer who looks for a case of somebody
OWN = "own-cases"  # whose case it is
LOOK_UP = "look-up-register-facts"  # what other registers say, for one case
FEED = "feed-registers"
FORGET = "forget-cases"
POST = "post-letters"  # as the notices room calls it
MONITOR = "monitor-decisions"  # our own process: samples and figures
AUDIT = "audit-decisions"  # an officer decides one case of a sample once more
