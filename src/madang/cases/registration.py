"""What the cases room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.cases import application_registration, appointment_registration
from madang.cases.audit import registration as audit_registration
from madang.kernel.registry import (
    API,
    Command,
    MenuEntry,
    Offer,
    OwnPanel,
    Page,
    PolicyFile,
    ProfileFile,
    Purpose,
    Schedule,
    SearchSource,
    Subscriber,
)

OFFICER = "role:officer,department-head"


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield PolicyFile("madang.cases:policies.cedar")
    yield from _case_offers()
    yield Subscriber("cases.notice_due", "cases-notices", "madang.cases.case_notices:told")
    yield Subscriber("notices.person_told", "cases-told", "madang.cases.case_told:heard")
    finding = "madang.cases.finding"
    yield SearchSource("offices", f"{finding}:findables", answer=f"{finding}:answer")
    yield from appointment_registration.offers()
    yield from application_registration.offers()
    yield from audit_registration.offers()
    yield from _own_offers()


def _case_offers() -> Iterable[Offer]:
    yield PolicyFile("madang.cases:case_policies.cedar")
    yield from _case_purposes()
    yield from _case_jobs()
    yield from _print_room()
    yield from _transfer_offers()
    back = "madang.cases.refund_pages"
    yield Page("casework/refunds/", f"{back}:waiting", "casework-refunds", OFFICER)
    yield Page("casework/<str:number>/refund/", f"{back}:one", "casework-refund", OFFICER)
    yield Page("casework/", "madang.cases.casework_list_pages:work", "casework", OFFICER)
    yield Page("casework/find/", "madang.cases.casework_find_pages:find", "casework-find", OFFICER)
    yield Page(
        "casework/<str:number>/", "madang.cases.casework_pages:one", "casework-case", OFFICER
    )
    yield MenuEntry("casework", "Cases to work on", 84, OFFICER)
    own = "signed-in+represented"
    yield Page("cases/", "madang.cases.case_pages:mine", "cases", own)
    yield Page("cases/<str:number>/", "madang.cases.case_pages:own", "case", own)
    yield Page("cases/<str:number>/answer/", "madang.cases.case_answer_pages:answer",
               "case-answer", own)  # fmt: skip
    papers = "madang.cases.paper_pages"
    for at, view, who in (("cases/", "own", own), ("casework/", "work", OFFICER)):
        paper = f"{at}<str:number>/papers/<uuid:file>/"
        yield Page(paper, f"{papers}:{view}_paper", f"{view}-paper", who)
        yield Page(f"{paper}picture.png", f"{papers}:{view}_picture", f"{view}-picture", who)
    yield API("cases", "madang.cases.case_http:router")
    yield API("decisions", "madang.cases.case_http:decisions")
    yield API("casework", "madang.cases.casework_http:router")
    yield API("registers", "madang.cases.register_http:router")
    yield Subscriber("cases.documents_due", "cases-documents", "madang.cases.case_documents:due")
    yield Subscriber("records.payment_captured", "cases-paid", "madang.cases.case_money:captured")
    yield Subscriber("cases.moved", "cases-terms", "madang.cases.case_search:learn")
    yield Subscriber("cases.moved", "cases-likeness", "madang.cases.case_duplicates:look")
    yield Command(
        "registers load", "madang.cases.case_cli:load", "Take in facts of a register from a file."
    )
    yield Command(
        "registers key", "madang.cases.case_cli:register_key", "Make a key for a register's system."
    )
    yield Command(
        "cases recount", "madang.cases.case_cli:recount", "Count the deadlines of open cases anew."
    )
    yield Command(
        "cases verify", "madang.cases.case_cli:verify", "Check the chains of all cases, or of one."
    )
    yield Command(
        "cases rehearse",
        "madang.cases.rehearse_cli:rehearse",
        "Try a change of a service on past cases: who gains, who loses.",
    )


def _print_room() -> Iterable[Offer]:
    pages, officer = "madang.cases.print_room_pages", "role:officer"
    one = "letters/<int:number>/"
    yield Page("letters/", f"{pages}:room", "print-room", officer)
    yield Page(one, f"{pages}:batch", "print-batch", officer)
    yield Page(f"{one}letters.pdf", f"{pages}:batch_pdf", "print-batch-pdf", officer)
    yield Page(f"{one}letters.csv", f"{pages}:batch_csv", "print-batch-csv", officer)
    yield MenuEntry("print-room", "Letters", 86, officer)
    cli = "madang.cases.print_room_cli"
    yield Command("notices letters print", f"{cli}:print_letters", "Print letters that wait.")
    yield Command("notices letters posted", f"{cli}:posted", "Say that a batch was posted.")
    yield Command("notices letters returned", f"{cli}:returned", "Say that a letter came back.")


def _transfer_offers() -> Iterable[Offer]:
    """Return the offers around cases that are sent on."""
    yield PolicyFile("madang.cases:transfer_policies.cedar")
    yield ProfileFile(
        "bodies.yaml", "madang.cases.transfer_rules:faults_of_file",
        "Bodies outside the city that cases are sent on to, and when a case comes back.",
    )  # fmt: skip
    here = "madang.cases.transfer_pages"
    yield Page("casework/transfers/", f"{here}:waiting", "transfers", OFFICER)
    yield Page("casework/<str:number>/transfer/", f"{here}:answer", "casework-transfer", OFFICER)
    yield API("transfers", "madang.cases.transfer_http:router")
    yield Schedule(
        "cases-transfers", "*/5 * * * *", "madang.cases.transfer_jobs:transfers",
        "Bring cases to bodies outside, remind receivers, bring back what nobody took.",
    )  # fmt: skip


def _case_jobs() -> Iterable[Offer]:
    jobs = "madang.cases.case_jobs"
    yield Schedule(
        "cases-root", "5 0 * * *", f"{jobs}:root",
        "Put the root over yesterday's events of cases into the audit log.",
    )  # fmt: skip
    yield Schedule(
        "cases-clock", "*/5 * * * *", f"{jobs}:clock",
        "Do what timers of cases say, and say which cases are late.",
    )  # fmt: skip
    yield Schedule(
        "cases-heal", "* * * * *", f"{jobs}:heal",
        "Issue documents that cases still owe, and take in payments that were missed.",
    )  # fmt: skip
    yield Schedule(
        "cases-recount", "30 4 * * *", f"{jobs}:recount",
        "Count the deadlines of open cases anew: the calendar may have a new holiday.",
    )  # fmt: skip
    yield Schedule(
        "cases-forget", "20 3 * * *", f"{jobs}:forget",
        "Delete closed cases once they have been kept as long as the law says.",
    )  # fmt: skip


def _case_purposes() -> Iterable[Offer]:
    petitions = "Civil Petitions Treatment Act Art. 8, 9; PIPA Art. 15(1)3"
    yield Purpose(
        "keep-cases", "To keep your case and bring it on", petitions,
        "Intake, verbs and clocks of cases, by our own process.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip
    yield Purpose(
        "own-cases", "To show you your cases", "PIPA Art. 35",
        "A person, or whoever acts for them, sees their cases.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip
    yield Purpose(
        "work-cases", "To decide your case", petitions,
        "An officer reads one case that lies where they work.",
    )  # fmt: skip
    yield Purpose(
        "list-cases", "To see which cases wait", petitions,
        "Lists show numbers, services and dates, not what is in a case.",
    )  # fmt: skip
    yield Purpose(
        "find-cases", "To decide your case", petitions,
        "An officer finds a case by number, whole name, telephone number or a document's code.",
    )  # fmt: skip
    yield Purpose(
        "look-up-register-facts", "To ask other registers what your case needs",
        "Electronic Government Act Art. 36, 42; PIPA Art. 15(1)1",
        "Only for a case, and where the service asks it only with consent.",
    )  # fmt: skip
    yield Purpose(
        "feed-registers", "To take in what other registers say",
        "Electronic Government Act Art. 36",
    )  # fmt: skip
    yield Purpose(
        "rehearse-change", "To see what a change of rules would do", "PIPA Art. 28-2",
        "Facts of past cases without names, for a report that tells of no group below five.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip
    yield Purpose(
        "forget-cases", "To delete cases kept as long as the law says", "PIPA Art. 21(1)",
        stands_s=3600,
    )  # fmt: skip


def _own_offers() -> Iterable[Offer]:
    here = "madang.cases.own_panels"
    yield OwnPanel("cases", f"{here}:cases", 10)
    yield OwnPanel("drafts", f"{here}:drafts", 20)
    yield OwnPanel("appointments", f"{here}:appointments", 30)
    yield OwnPanel("suggested", "madang.cases.own_suggestions:suggested", 80)
    page = "madang.cases.suggestion_pages:choices"
    yield Page("suggestions/", page, "suggestions", "signed-in")
    yield PolicyFile("madang.cases:suggestion_policies.cedar")
    yield Purpose(
        "suggest-services", "To suggest services to you", "PIPA Art. 15(1)1",
        "Only from what a person let be used for it; of a case, only which service it is.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip
