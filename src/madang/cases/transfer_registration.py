"""What the cases room offers the house around cases that are sent on."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import API, Offer, Page, PolicyFile, ProfileFile, Schedule

OFFICER = "role:officer,department-head"


def offers() -> Iterable[Offer]:
    """Return the offers around transfers."""
    yield PolicyFile("madang.cases:transfer_policies.cedar")
    yield ProfileFile(
        "bodies.yaml",
        "madang.cases.transfer_rules:faults_of_file",
        "Bodies outside the city that cases are sent on to, and when a case comes back.",
    )
    yield Page("casework/transfers/", "madang.cases.transfer_pages:waiting", "transfers", OFFICER)
    yield Page("casework/<str:number>/transfer/", "madang.cases.transfer_pages:answer",
               "casework-transfer", OFFICER)  # fmt: skip
    yield API("transfers", "madang.cases.transfer_http:router")
    yield Schedule(
        "cases-transfers",
        "*/5 * * * *",
        "madang.cases.transfer_jobs:transfers",
        "Bring cases to bodies outside, remind receivers, bring back what nobody took.",
    )
