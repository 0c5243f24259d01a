"""What applications offer the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import API, Offer, Page, PolicyFile, Purpose, Schedule


def offers() -> Iterable[Offer]:
    """Return the offers of applications."""
    yield PolicyFile("madang.cases:application_policies.cedar")
    yield from _purposes()
    yield Schedule(
        "applications-forget", "20 3 * * *", "madang.cases.drafts:forget_old",
        "Delete applications that nobody sent for 30 days.",
    )  # fmt: skip
    yield API("applications", "madang.cases.application_http:router")
    yield from _pages()


def _purposes() -> Iterable[Offer]:
    yield Purpose(
        "keep-drafts", "To keep your case and bring it on",
        "PIPA Art. 15(1)4; Civil Petitions Treatment Act Art. 8",
        "What you answer page by page is kept for you, encrypted, for 30 days.",
        is_listed=False, stands_s=3600,
    )  # fmt: skip


def _pages() -> Iterable[Offer]:
    asked, end = "madang.cases.application_pages", "madang.cases.application_check_pages"
    intake = "madang.cases.application_intake_pages"
    one = "apply/<slug:service>/"
    yield Page("apply/resume/", f"{end}:resume", "apply-resume", "public", easy=True)
    yield Page(one, f"{asked}:start", "apply", "public", easy=True)
    yield Page(f"{one}form.pdf", f"{intake}:paper_form", "apply-form", "public")
    yield Page(f"{one}key-in/", f"{intake}:key_in", "apply-key-in", "role:clerk,officer")
    yield Page(f"{one}papers/", f"{asked}:papers", "apply-papers", "public", easy=True)
    yield Page(f"{one}check/", f"{end}:check", "apply-check", "public", easy=True)
    yield Page(f"{one}done/", f"{end}:done", "apply-done", "public", easy=True)
    yield Page(f"{one}later/", f"{end}:later", "apply-later", "public", easy=True)
    yield Page(f"{one}start-over/", f"{end}:start_over", "apply-start-over", "public")
    yield Page(f"{one}new-version/", f"{end}:new_version", "apply-new-version", "public")
    yield Page(f"{one}<str:page>/", f"{asked}:question", "apply-page", "public", easy=True)
