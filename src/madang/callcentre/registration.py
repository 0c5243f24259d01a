"""What the call centre offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.callcentre import contact_registration
from madang.kernel.registry import Anchor, Claim, Command, HealthCheck, Offer, Page


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from contact_registration.offers()
    yield from _workforce()
    yield from _workforce_claims()
    yield from _voice()
    yield Page(
        "operations/staffing/",
        "madang.callcentre.workforce_pages:staffing",
        "operations-staffing",
        "role:operator",
    )


def _workforce() -> Iterable[Offer]:
    here = "madang.callcentre"
    yield Command(
        "callcentre staffing", f"{here}.cli_staffing:staffing",
        "How many operators must be on the phones.",
    )  # fmt: skip
    yield Command(
        "callcentre schedule", f"{here}.cli_schedule:schedule",
        "Shifts that cover a forecast, free and fixed starts compared.",
    )  # fmt: skip
    yield Command(
        "callcentre forecast", f"{here}.cli_forecast:forecast",
        "Calls of the coming days, from a history.",
    )  # fmt: skip
    yield Command(
        "callcentre simulate", f"{here}.cli_simulate:simulate",
        "A call centre call by call, over several seeds.",
    )  # fmt: skip
    yield Command(
        "callcentre day", f"{here}.cli_day:day",
        "A simulated day with and without help, from stated assumptions.",
    )  # fmt: skip
    yield Command(
        "callcentre adherence", f"{here}.cli_adherence:adherence",
        "Whether people were on the phones when the plan said so.",
    )  # fmt: skip


def _voice() -> Iterable[Offer]:
    yield Command(
        "callcentre answer",
        "madang.callcentre.voice.cli_answer:answer",
        "The 120 line by telephone: SIP, speech, answers.",
    )
    yield HealthCheck("telephone", "madang.callcentre.voice.line_health:problem")
    yield Claim(
        "callcentre.calls-per-core",
        "Telephone calls whose sound one core carries on time, measured at fifty, without models",
        "calls",
        100.0,
        "higher",
        "madang.callcentre.voice.proof:calls_per_core",
        takes_s=60.0,
    )
    yield Claim(
        "callcentre.speech-cost",
        "CPU seconds to understand a second of telephone speech, Whisper base, one thread",
        "s",
        0.3,
        "lower",
        "madang.callcentre.voice.proof:speech_cost",
        takes_s=60.0,
    )


def _workforce_claims() -> Iterable[Offer]:
    """Return what the workforce part claims; the forecast needs the real data (`MADANG_SHARED`)."""
    proof = "madang.callcentre.proof"
    yield Claim(
        "callcentre.erlang",
        "Largest miss from published worked examples of Erlang B, C and A",
        "%",
        0.1,
        "lower",
        f"{proof}:erlang_error",
    )
    yield Claim(
        "callcentre.simulation",
        "Largest miss of the simulated service level from the exact one, four loads, eight seeds",
        "points",
        1.0,
        "lower",
        f"{proof}:simulation_points",
    )
    yield Claim(
        "callcentre.simulation-rate",
        "Calls simulated in a CPU second, 155 operators, callers with patience",
        "calls/s",
        300_000.0,
        "higher",
        f"{proof}:simulation_rate",
    )
    yield Claim(
        "callcentre.forecast",
        "Hourly counts of a city 1 to 7 days ahead: WAPE below that of the week before",
        "%",
        10.0,
        "higher",
        f"{proof}:forecast_skill",
    )
    yield Claim(
        "callcentre.shifts",
        "Fewer people by free starts than by the best three fixed ones, 25,000 made calls",
        "%",
        10.0,
        "higher",
        f"{proof}:shift_saving",
    )
    yield Claim(
        "callcentre.day-wait",
        "Simulated day of 25,000 calls, planned for 80 % in 20 s, no help: mean wait",
        "s",
        42.0,
        "lower",
        f"{proof}:day_wait",
        (Anchor("Seoul's 120 line", 42.0, "the city's published figure; measured on real calls"),),
        takes_s=60.0,
    )
    yield Claim(
        "callcentre.day-saving",
        "Simulated day: fewer people with an assumed co-pilot (-13 %) and bot (38 % alone)",
        "%",
        30.0,
        "higher",
        f"{proof}:day_saving",
        takes_s=60.0,
    )
