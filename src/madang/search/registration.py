"""What search offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    Anchor,
    Claim,
    Command,
    HealthCheck,
    Offer,
    Page,
    ProfileFile,
    SearchPage,
)


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Command(
        "search evaluate",
        "madang.search.cli_evaluate:evaluate",
        "Measure search on documents and questions of yours.",
    )
    here = "madang.search.cli_find"
    yield Command("search find", f"{here}:find", "Ask search a question.")
    yield Command("search rebuild", f"{here}:rebuild", "Read all that can be found anew.")
    yield API("search", "madang.search.http:router")
    yield API("suggest", "madang.search.http:suggestions")
    yield Page("search/", "madang.search.pages:search", "search", "public")
    yield SearchPage("search", "Search")
    yield HealthCheck("search", "madang.search.client:problem")
    yield ProfileFile(
        "thesaurus.yaml",
        "madang.search.thesaurus_files:city_file_problems",
        "The city's own words for search.",
    )
    yield from _questions()
    yield Claim(
        "search.p95",
        "95th percentile of a question at 5,000 services, by words alone, one thread",
        "ms",
        5.0,
        "lower",
        "madang.search.proof_speed:lexical_p95_ms",
        takes_s=60.0,
    )


def _questions() -> Iterable[Offer]:
    proof = "madang.search.proof_questions"
    yield Claim(
        "search.among-five",
        "Questions about 460 services whose service is among the first five, by words alone",
        "%",
        90.0,
        "higher",
        f"{proof}:among_five",
        (
            Anchor("Seoul, questions resolved by the first query, with meaning", 89.0, "Seoul"),
            Anchor("Seoul, the same by keywords", 62.0, "Seoul"),
        ),
        60.0,
    )
    yield Claim(
        "search.first",
        "Questions about 460 services whose service comes first, by words alone",
        "%",
        75.0,
        "higher",
        f"{proof}:first",
        takes_s=60.0,
    )
    yield Claim(
        "search.over-keywords",
        "Points more among the first five than by words between spaces, same questions",
        "points",
        25.0,
        "higher",
        f"{proof}:keyword_baseline",
        takes_s=60.0,
    )
    yield Claim(
        "search.not-sure",
        "Questions of another subject of which search is not sure, by words alone",
        "%",
        95.0,
        "higher",
        f"{proof}:refused",
        takes_s=60.0,
    )
