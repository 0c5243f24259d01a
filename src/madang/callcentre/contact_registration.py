"""What the operators' side of the call centre offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    HandOverDesk,
    MenuEntry,
    Offer,
    Page,
    PolicyFile,
    ProfileFile,
    Purpose,
    Schedule,
)

OPERATOR = "role:clerk"
SUPERVISOR = "role:department-head,operator"
EDITOR = "role:officer"
BASIS = "Civil Petitions Treatment Act Art. 5; PIPA Art. 15(1)3"


def offers() -> Iterable[Offer]:
    """Return the offers of contacts, operators and the wall."""
    yield PolicyFile("madang.callcentre:policies.cedar")
    yield ProfileFile(
        "callcentre.yaml",
        "madang.callcentre.rules:faults_of_file",
        "When operators answer, how many may wait, reasons, script and forbidden words.",
    )
    desk = "madang.callcentre.taking_over"
    yield HandOverDesk(f"{desk}:receive", f"{desk}:position", f"{desk}:said")
    yield from _purposes()
    yield from _jobs()
    yield from _pages()


def _pages() -> Iterable[Offer]:
    desk = "madang.callcentre.desk_pages"
    yield Page("operations/contacts/", f"{desk}:console", "contacts", OPERATOR)
    yield Page("operations/contacts/one/<str:contact>/", f"{desk}:one", "contact", OPERATOR)
    yield MenuEntry("contacts", "Contacts to answer", 87, OPERATOR)
    wall = "madang.callcentre.wall_pages"
    yield Page("operations/contacts/wall/", f"{wall}:wall", "contacts-wall", SUPERVISOR)
    yield Page("operations/contacts/notes/", f"{wall}:notes", "knowledge-notes", EDITOR)
    yield API("callcentre", "madang.callcentre.http:router")


def _purposes() -> Iterable[Offer]:
    yield Purpose(
        "keep-contacts", "To answer you by telephone or in writing", BASIS,
        "The queue, lines as they come, forgetting: by our own process.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip
    yield Purpose(
        "serve-contact", "To answer your question", BASIS,
        "An operator reads one contact, masked, and answers it.",
    )  # fmt: skip
    yield Purpose(
        "watch-contacts", "To see how long people wait for an answer", BASIS,
        "Times, languages and scores; not a word that was said.",
    )  # fmt: skip
    yield Purpose(
        "mend-answers", "To mend answers that were wrong or missing", BASIS,
        "Editors read what was asked and not known, masked.",
    )  # fmt: skip


def _jobs() -> Iterable[Offer]:
    jobs = "madang.callcentre.jobs"
    yield Schedule(
        "callcentre-queue", "* * * * *", f"{jobs}:tend",
        "Pass on contacts that nobody took, let go who left, bring up calls that are due.",
    )  # fmt: skip
    yield Schedule(
        "callcentre-forget", "40 3 * * *", f"{jobs}:forget",
        "Delete what residents said to the call centre once its time of keeping is over.",
    )  # fmt: skip
