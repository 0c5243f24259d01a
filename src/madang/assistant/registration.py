"""What the assistant room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.assistant.review import registration as review
from madang.kernel.registry import (
    API,
    Claim,
    Command,
    Doorway,
    HealthCheck,
    Offer,
    Page,
    PolicyFile,
    ProfileFile,
    Purpose,
    Schedule,
)


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from _planner_commands()
    yield from _planner_pages()
    yield from _conversations()
    yield from review.offers()
    yield HealthCheck("llm", "madang.assistant.llm.model:problem")
    yield API("assistant", "madang.assistant.kakao.http:router")
    yield Claim(
        "assistant.scenarios-exact",
        "Scenarios whose steps, dates, offices and papers are as reckoned by hand",
        "%",
        100.0,
        "higher",
        "madang.assistant.proof:scenarios_exact",
    )
    yield Claim(
        "assistant.plans",
        "Plans of life events per CPU-second, all facts known, procedures read",
        "plans/s",
        300.0,
        "higher",
        "madang.assistant.proof:plans_per_cpu_s",
    )


def _planner_pages() -> Iterable[Offer]:
    here, one = "madang.assistant.pages", "plan/<slug:event>/"
    yield API("assistant", "madang.assistant.http:router")
    yield Page("plan/", f"{here}:events", "plan", "public")
    yield Page(one, f"{here}:plan", "plan-event", "public")
    yield Page(f"{one}calendar/", f"{here}:calendar", "plan-calendar", "public")
    yield Doorway(
        "service", "plan", "Plan what to do", "Dates, offices and papers for what has happened", 20
    )


def _conversations() -> Iterable[Offer]:
    interest = "PIPA Art. 15(1)3"
    yield API("assistant", "madang.assistant.http_turns:router")
    yield Page("ask/", "madang.assistant.ask_pages:ask", "ask", "public")
    yield Doorway("service", "ask", "Ask the city", "Ask in your own words", 15)
    yield ProfileFile(
        "crisis.yaml", "madang.assistant.crisis_file:problems", "Whom to call in danger."
    )
    yield PolicyFile("madang.assistant:policies.cedar")
    yield Purpose("converse", "To answer what you ask the assistant", interest, stands_s=3600)
    yield Purpose("forget-conversations", "To delete what is past its time", "PIPA Art. 21(1)")
    yield Purpose("measure-answers", "To see how well questions are answered", interest)
    yield Schedule(
        "forget-conversations",
        "40 3 * * *",
        "madang.assistant.conversations:forget",
        "Delete conversations that are past their time.",
    )


def _planner_commands() -> Iterable[Offer]:
    here = "madang.assistant.cli"
    yield Command("assistant ask", "madang.assistant.cli_ask:ask", "Ask the assistant a question.")
    yield Command("assistant plan", f"{here}:plan", "Say what to do because something happens.")
    yield Command(
        "assistant events", f"{here}:events", "Check a city's procedures and list its life events."
    )
    yield Command(
        "assistant evaluate",
        "madang.assistant.cli_evaluate:evaluate",
        "Measure how often search answers rightly, and what it refuses.",
    )
    yield Command(
        "assistant serve-kakao",
        "madang.assistant.kakao.cli:serve_kakao",
        "Serve the KakaoTalk skill alone.",
    )
    yield Command(
        "assistant scenarios", f"{here}:scenarios", "Run scenarios: plans that must be just so."
    )
