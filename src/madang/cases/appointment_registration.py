"""What offices and appointments offer the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    Command,
    MenuEntry,
    Offer,
    Page,
    ProfileFile,
    Purpose,
    Schedule,
    Subscriber,
)

STAFF = "role:clerk,officer"


def offers() -> Iterable[Offer]:
    """Return the offers of offices and appointments."""
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
    yield from _jobs()
    yield from _pages()
    yield from _purposes()


def _jobs() -> Iterable[Offer]:
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


def _pages() -> Iterable[Offer]:
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


def _purposes() -> Iterable[Offer]:
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
