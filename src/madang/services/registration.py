"""What the services room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    Claim,
    Command,
    Doorway,
    MenuEntry,
    Offer,
    Page,
    ProfileFile,
    SearchSource,
    ServiceSource,
)


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Command(
        "decisions evaluate",
        "madang.services.cli:evaluate",
        "Evaluate the decisions of a DMN model for facts.",
    )
    yield Command(
        "decisions tck", "madang.services.cli:tck", "Run a tree of DMN conformance tests."
    )
    yield from _package_commands()
    yield from _pages()
    yield ProfileFile(
        "life_events.yaml",
        "madang.services.life_events:faults_of_file",
        "The groups of life events by which services are found.",
    )
    yield Claim(
        "services.explained-decisions",
        "Decision tables of 10 rows per CPU-second, each with outcome, rules that held, and facts",
        "tables/s",
        10_000.0,
        "higher",
        "madang.services.proof:explained_per_cpu_s",
    )


def _package_commands() -> Iterable[Offer]:
    ours = "madang.services.cli_lint"
    yield Command("services lint", f"{ours}:lint", "Say what keeps packages from publication.")
    yield Command("services test", f"{ours}:test", "Run the tests of service packages.")
    yield Command("services texts", f"{ours}:texts", "Say which texts lack a translation.")
    yield Command("services generate", f"{ours}:generate", "Write made-up services for tests.")
    here = "madang.services.cli_packages"
    yield Command("services pack", f"{here}:pack", "Pack a service package into one signed file.")
    yield Command("services verify", f"{here}:verify", "Check a packed service package.")
    yield Command("services publish", f"{here}:publish", "Bring service packages into force.")
    yield Command("services withdraw", f"{here}:withdraw", "Take a service out of force.")
    yield Command(
        "services automation",
        f"{here}:automation",
        "Say whether machines decide cases of a service; stop them at once.",
    )
    yield Command(
        "services export",
        f"{here}:export",
        "Write a package as CPSV-AP (JSON-LD), DMN or plain JSON.",
    )
    yield Command("services key", f"{here}:key", "Make the key that signs service packages.")


def _pages() -> Iterable[Offer]:
    here = "madang.services.pages"
    one = "services/<slug:service>/"
    yield API("services", "madang.services.http:router")
    yield Page("services/", f"{here}:services", "services", "public", easy=True)
    yield Page("on-paper/", "madang.services.paper_pages:on_paper", "on-paper", "public")
    yield Page(one, f"{here}:service", "service", "public", easy=True)
    yield Page(f"{one}form.pdf", "madang.services.form_pages:form", "service-form", "public")
    yield Page(
        f"{one}automation/",
        "madang.services.automation_pages:brake",
        "service-automation",
        "role:officer",
    )
    scopes = "madang.services.scopes"
    yield ServiceSource(f"{scopes}:found_titles", f"{scopes}:title", f"{scopes}:address")
    yield MenuEntry("services", "Services", 5)
    finding = "madang.services.finding"
    changed = (("services.published", "service"), ("services.withdrawn", "service"))
    yield SearchSource(
        "services", f"{finding}:findables", f"{finding}:editions", f"{finding}:answer", changed
    )
    yield SearchSource("life-events", f"{finding}:event_findables", changed=(
        ("services.published", ""), ("services.withdrawn", ""),
    ))  # fmt: skip
    yield Doorway("service", "services", "All services", "", 10)
