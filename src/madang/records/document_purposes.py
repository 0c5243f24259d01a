"""For what documents are opened, and as whom."""

from __future__ import annotations

from madang.access.api import system_actor

RECORDS = system_actor("records")
ISSUE = "issue-document"
CHECK = "check-document"
OWN = "own-data"  # the house's own purpose of a person who reads what is theirs
