"""``madang assistant ask``: one turn from the command line, nothing stored."""

from __future__ import annotations

import json
from pathlib import Path

import click

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("ask")
@click.argument("text")
@click.option("--facts", "facts_file", type=_FILE, help="Facts, JSON; with --event.")
@click.option("--event", default="", metavar="NAME", help="The life event that facts are of.")
@click.option("--lang", default="", help="Language of the answer (default: the city's own).")
@click.option("--district", default="", metavar="CODE", help="Where the asker lives.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def ask(  # noqa: PLR0917 - one argument for each option
    text: str, facts_file: Path | None, event: str, lang: str, district: str, as_json: bool
) -> None:
    """Answer one turn from the city's own texts, or by its planner. Nothing is stored."""
    from madang.kernel.orm import ready

    ready()
    from madang.assistant import api
    from madang.assistant.cli import facts_of
    from madang.city.api import profile

    facts = facts_of(facts_file) if facts_file else {}
    state = api.State(event=event, facts={name: _told(value) for name, value in facts.items()})
    language = lang or profile().city.default_language
    found = api.answer(text, state, language=language, district=district)
    if as_json:
        click.echo(json.dumps(api.as_values(found), ensure_ascii=False, indent=2))
        return
    click.echo(found.text)
    sources = {p.source.key: p.source for p in found.passages}
    sources |= {p.source.key: p.source for side in found.sides for p in side.passages}
    for one in sources.values():
        click.echo(f"[{one.title}, {one.version}, {one.date}] {one.url}")
    for choice in found.choices:
        click.echo(f"- {choice.label}")
    click.echo(f"({found.status.value})", err=True)


def _told(value: object) -> tuple[str, str]:
    if isinstance(value, dict):
        return str(value.get("value", "")), str(value.get("source", "said"))
    if isinstance(value, bool):
        return ("yes" if value else "no"), "said"
    return str(value), "said"
