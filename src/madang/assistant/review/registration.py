"""What the evaluation room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    Claim,
    Command,
    MenuEntry,
    Offer,
    Page,
    ProfileFile,
    Purpose,
    Schedule,
)

ANSWERABLE = "role:operator,officer,department-head"
WATCHERS = "role:reviewer,operator,officer,department-head"
HEADS = "role:officer,department-head"


def offers() -> Iterable[Offer]:
    """Return the offers of the evaluation room."""
    yield ProfileFile(
        "answer_review.yaml",
        "madang.assistant.review.declared:faults_of_file",
        "The sample of answers that people judge each month, experiments and their guardrails.",
    )
    yield Purpose(
        "review-answers", "To judge whether an answer was right", "PIPA Art. 15(1)6, 28-2",
        "Masked questions and answers of a sample; who asked is not known.",
    )  # fmt: skip
    yield from _pages()
    yield from _jobs()
    yield from _commands()


def _pages() -> Iterable[Offer]:
    here, judge = "madang.assistant.review", "madang.assistant.review.rating_pages"
    at = "operations/review/"
    yield Page(at, f"{here}.pages:overview", "operations-review", WATCHERS)
    yield Page(f"{at}next/", f"{judge}:next_item", "review-next", "role:reviewer")
    yield Page(f"{at}answers/<str:item>/", f"{judge}:item", "review-item", "role:reviewer")
    yield Page(f"{at}disagreements/", f"{judge}:disagreements", "review-disagreements", HEADS)
    yield Page(f"{at}disagreements/<str:item>/", f"{judge}:settle", "review-settle", HEADS)
    editing = f"{here}.editing_pages"
    yield Page(f"{at}editing/", f"{editing}:editing_list", "review-editing", ANSWERABLE)
    yield Page(f"{at}experiments/", f"{editing}:experiment_list", "review-experiments", ANSWERABLE)
    yield MenuEntry("operations-review", "Answers judged", 87, WATCHERS)


def _jobs() -> Iterable[Offer]:
    here = "madang.assistant.review.tasks"
    yield Schedule(
        "review-draw", "20 1 * * *", f"{here}:draw",
        "Draw last month's sample of answers for people to judge, once it is over.",
    )  # fmt: skip
    yield Schedule(
        "review-forget", "50 3 * * *", f"{here}:forget",
        "Delete the words of samples that are old; what was judged stays.",
    )  # fmt: skip
    yield Schedule(
        "review-experiments", "7 * * * *", f"{here}:watch",
        "Look at the guardrails of the running experiment; stop it where one broke.",
    )  # fmt: skip
    yield Schedule(
        "review-editing", "30 4 * * *", f"{here}:gather",
        "Bring the editors' list up to date: questions asked in vain, sources that are gone.",
    )  # fmt: skip


def _commands() -> Iterable[Offer]:
    here = "madang.assistant.review"
    yield Command(
        "assistant gate",
        f"{here}.cli_gate:gate",
        "Say whether a release may go out: two runs of search, question by question.",
    )
    yield Command(
        "assistant benches",
        f"{here}.cli_benches:benches",
        "Run the fixed benches and keep their figures by version.",
    )
    yield Claim(
        "assistant.daily-looks",
        "A/A tests looked at daily for a month at 5 %: found a difference where there is none",
        "%",
        5.0,
        "lower",
        f"{here}.proof:daily_looks",
    )
    yield Claim(
        "assistant.review-coverage",
        "Monthly samples whose 95 % interval holds the true share of right answers",
        "%",
        94.0,
        "higher",
        f"{here}.proof:coverage",
    )
