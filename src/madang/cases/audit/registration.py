"""What the watch over decisions by machine offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    Command,
    MenuEntry,
    Offer,
    Page,
    PolicyFile,
    ProfileFile,
    Purpose,
    Schedule,
)

OFFICER = "role:officer,department-head"
WATCHERS = "role:officer,department-head,privacy-officer,operator"


def offers() -> Iterable[Offer]:
    """Return the offers of the watch over decisions by machine."""
    yield PolicyFile("madang.cases.audit:audit_policies.cedar")
    yield ProfileFile(
        "decision_audit.yaml",
        "madang.cases.audit.aims:faults_of_file",
        "How closely decisions by machine are watched: aim, period, planted cases, gaps.",
    )
    yield from _purposes()
    yield from _commands()
    yield from _pages()
    yield API("automated-decisions", "madang.cases.audit.http:router")
    jobs = "madang.cases.audit.monitoring"
    yield Schedule(
        "cases-audit-draw", "10 5 * * *", f"{jobs}:draw",
        "Draw the sample of decisions by machine that officers decide once more.",
    )  # fmt: skip
    yield Schedule(
        "cases-audit-watch", "40 5 * * *", f"{jobs}:watch",
        "Count the automated share, drift and differences of groups, and tell of what is off.",
    )  # fmt: skip


def _purposes() -> Iterable[Offer]:
    law = "General Act on Public Administration Art. 20; PIPA Art. 37-2"
    yield Purpose(
        "monitor-decisions", "To watch over decisions made by rules", law,
        "Our own process draws samples and counts; reports tell of no group below five.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip
    yield Purpose(
        "audit-decisions", "To check a decision that was made by rules", law,
        "An officer who did not work on the case decides it once more; no name is shown.",
    )  # fmt: skip


def _commands() -> Iterable[Offer]:
    here = "madang.cases.audit.cli"
    yield Command(
        "cases audit sample", f"{here}:sample", "Draw a random sample of decisions by rules."
    )
    yield Command(
        "cases audit report", f"{here}:report", "Show the error rate that a checked sample gives."
    )
    yield Command(
        "cases audit drift", f"{here}:drift", "Show which shares and facts of decisions moved."
    )
    yield Command(
        "cases audit groups", f"{here}:groups", "Show how decisions differ between groups."
    )


def _pages() -> Iterable[Offer]:
    blind, watch = "madang.cases.audit.blind_pages", "madang.cases.audit.pages"
    yield Page("decisions/automated/", f"{watch}:public", "automated-decisions", "public")
    yield Page("audits/", f"{watch}:dashboard", "audits", WATCHERS)
    yield Page("audits/groups/", f"{watch}:groups", "audit-groups", WATCHERS)
    yield Page("audits/next/", f"{blind}:next_case", "audit-next", OFFICER)
    yield Page("audits/case/<str:item>/", f"{blind}:one", "audit-case", OFFICER)
    paper, files = "audits/case/<str:item>/papers/<uuid:file>/", "madang.cases.paper_pages"
    yield Page(paper, f"{files}:audit_paper", "audit-paper", OFFICER)
    yield Page(f"{paper}picture/", f"{files}:audit_picture", "audit-picture", OFFICER)
    yield Page("audits/findings/", f"{blind}:findings_list", "audit-findings", OFFICER)
    yield Page("audits/findings/<str:finding>/", f"{blind}:finding", "audit-finding", OFFICER)
    yield Page("audits/tasks/<int:task>/", f"{blind}:task", "audit-task", OFFICER)
    yield MenuEntry("audits", "Decisions by machine", 88, WATCHERS)
