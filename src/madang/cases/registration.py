"""What the cases room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

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
    Subscriber,
)

STAFF = "role:clerk,officer"
OFFICER = "role:officer,department-head"
WATCHERS = "role:officer,department-head,privacy-officer,operator"


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield PolicyFile("madang.cases:policies.cedar")
    yield from _case_offers()
    yield Subscriber("cases.notice_due", "cases-notices", "madang.cases.case_notices:told")
    yield Subscriber("notices.person_told", "cases-told", "madang.cases.case_told:heard")
    yield API("appointments", "madang.cases.appointment_http:router")
    yield ProfileFile(
        "offices.yaml",
        "madang.cases.office_file:faults_of_file",
        "Where people come in person: offices, counters, matters, how booking goes.",
    )
    commands = "madang.cases.appointment_cli"
    yield Command("offices list", f"{commands}:listed", "List the offices of the city.")
    yield Command("offices check", f"{commands}:check", "Check offices.yaml of a profile.")
    yield Command("appointments slots", f"{commands}:slots", "Show the free times of an office.")
    yield from _appointment_jobs()
    yield from _appointment_pages()
    yield from _appointment_purposes()
    yield from _application_offers()
    yield from _audit_offers()
    yield from _own_offers()


def _appointment_jobs() -> Iterable[Offer]:
    jobs = "madang.cases.appointment_jobs"
    yield Subscriber(
        "cases.appointment_told",
        "notices-appointments",
        "madang.notices.account_messages:told",
    )
    yield Schedule(
        "appointments-remind", "*/5 * * * *", f"{jobs}:remind",
        "Remind who comes within a day, and within two hours.",
    )  # fmt: skip
    yield Schedule(
        "appointments-look-after", "* * * * *", f"{jobs}:look_after",
        "End offers that nobody took, and note who did not come.",
    )  # fmt: skip
    yield Schedule(
        "appointments-forget", "35 3 * * *", f"{jobs}:forget",
        "Delete appointments 90 days after their day.",
    )  # fmt: skip


def _appointment_pages() -> Iterable[Offer]:
    here, own = "madang.cases.appointment_pages", "madang.cases.appointment_own_pages"
    yield Page("offices/", f"{here}:counters", "counters", "public")
    yield Page("appointments/", f"{here}:start", "appointments", "public")
    yield Page("appointments/office/", f"{here}:choose_office", "appointment-office", "public")
    yield Page("appointments/time/", f"{here}:choose_time", "appointment-time", "public")
    details = "appointments/details/<str:hold>/"
    yield Page(details, f"{here}:details", "appointment-details", "public")
    yield Page("appointments/wait/", f"{here}:wait", "appointment-wait", "public")
    yield Page("appointments/check-in/", f"{own}:check_in", "appointment-check-in", "public")
    yield Page("appointments/mine/", f"{own}:mine", "appointments-mine", "signed-in+represented")
    # the key in the link is the right to act, as with the links of alerts
    for path, name, view, access in (
        ("with/<str:key>/", "with", "key", "public"),
        ("one/<str:appointment>/", "one", "owner", "signed-in+represented"),
    ):
        at = f"appointments/{path}"
        yield Page(at, f"{own}:show_by_{view}", f"appointment-{name}", access)
        yield Page(f"{at}move/", f"{own}:move_by_{view}", f"appointment-{name}-move", access)
        yield Page(f"{at}cancel/", f"{own}:cancel_by_{view}", f"appointment-{name}-cancel", access)
        yield Page(f"{at}appointment.ics", f"{own}:calendar_by_{view}",
                   f"appointment-{name}-calendar", access)  # fmt: skip
    desk, day = "madang.cases.appointment_desk_pages", "counter/appointments/<str:office>/"
    yield Page("counter/appointments/", f"{desk}:choose", "counter-appointments", STAFF)
    yield Page(day, f"{desk}:day", "counter-appointments-day", STAFF)
    yield Page(f"{day}letters/", f"{desk}:letters", "counter-appointments-letters", "role:clerk")
    yield Page(f"{day}close/", f"{desk}:close", "counter-appointments-close", STAFF)
    yield MenuEntry("appointments", "Appointments", 30)
    yield MenuEntry("counter-appointments", "Counter today", 91, STAFF)


def _appointment_purposes() -> Iterable[Offer]:
    by_law = "PIPA Art. 15(1)3; Civil Petitions Treatment Act Art. 12"
    yield Purpose(
        "own-appointments", "To book your appointment and show it to you", by_law,
        "A person, or whoever acts for them, books, sees and changes appointments.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip
    yield Purpose(
        "remind-of-appointments", "To remind you of your appointment", by_law,
        "A job of ours finds whom to tell: the day before, two hours before, when a place is free.",
        stands_s=3600,
    )  # fmt: skip
    yield Purpose(
        "serve-appointments", "To receive you at your appointment", by_law,
        "The counter of an office sees who comes today and what they need.",
    )  # fmt: skip
    yield Purpose(
        "print-letters", "To remind you of your appointment", by_law,
        "Whoever has no telephone and no e-mail is told by letter.",
    )  # fmt: skip
    yield Purpose(
        "forget-appointments", "To delete appointments that are over", "PIPA Art. 21(1)",
        stands_s=3600,
    )  # fmt: skip


def _case_offers() -> Iterable[Offer]:
    yield PolicyFile("madang.cases:case_policies.cedar")
    yield from _case_purposes()
    yield from _case_jobs()
    yield from _print_room()
    yield from _transfer_offers()
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


def _application_offers() -> Iterable[Offer]:
    """Return the offers of applications."""
    yield PolicyFile("madang.cases:application_policies.cedar")
    yield from _application_purposes()
    yield Schedule(
        "applications-forget", "20 3 * * *", "madang.cases.drafts:forget_old",
        "Delete applications that nobody sent for 30 days.",
    )  # fmt: skip
    yield API("applications", "madang.cases.application_http:router")
    yield from _application_pages()


def _application_purposes() -> Iterable[Offer]:
    yield Purpose(
        "keep-drafts", "To keep your case and bring it on",
        "PIPA Art. 15(1)4; Civil Petitions Treatment Act Art. 8",
        "What you answer page by page is kept for you, encrypted, for 30 days.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip


def _application_pages() -> Iterable[Offer]:
    asked, end = "madang.cases.application_pages", "madang.cases.application_check_pages"
    intake = "madang.cases.application_intake_pages"
    one = "apply/<slug:service>/"
    yield Page("apply/resume/", f"{end}:resume", "apply-resume", "public", easy=True)
    yield Page(one, f"{asked}:start", "apply", "public", easy=True)
    yield Page(f"{one}form.pdf", f"{intake}:paper_form", "apply-form", "public")
    yield Page(f"{one}key-in", f"{intake}:key_in", "apply-key-in", "role:clerk,officer")
    yield Page(f"{one}papers/", f"{asked}:papers", "apply-papers", "public", easy=True)
    yield Page(f"{one}check/", f"{end}:check", "apply-check", "public", easy=True)
    yield Page(f"{one}done/", f"{end}:done", "apply-done", "public", easy=True)
    yield Page(f"{one}later/", f"{end}:later", "apply-later", "public", easy=True)
    yield Page(f"{one}start-over/", f"{end}:start_over", "apply-start-over", "public")
    yield Page(f"{one}new-version/", f"{end}:new_version", "apply-new-version", "public")
    yield Page(f"{one}<str:page>/", f"{asked}:question", "apply-page", "public", easy=True)


def _audit_offers() -> Iterable[Offer]:
    """Return the offers of the watch over decisions by machine."""
    yield PolicyFile("madang.cases.audit:audit_policies.cedar")
    yield ProfileFile(
        "decision_audit.yaml",
        "madang.cases.audit.aims:faults_of_file",
        "How closely decisions by machine are watched: aim, period, planted cases, gaps.",
    )
    yield from _audit_purposes()
    yield from _audit_commands()
    yield from _audit_pages()
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


def _audit_purposes() -> Iterable[Offer]:
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


def _audit_commands() -> Iterable[Offer]:
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


def _audit_pages() -> Iterable[Offer]:
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
