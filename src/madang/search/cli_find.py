"""``madang search find`` and ``madang search rebuild``: asking the instance that runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from madang.search.found import Found

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")


@click.command("find")
@click.argument("question")
@click.option("--language", default="ko", show_default=True, help="The reader's language.")
@click.option("--kind", default="", help="Only this kind: service, office, page, dataset ...")
@click.option("--district", default="", help="Code of the reader's district: its things first.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 50))
@click.option("--exact", is_flag=True, help="Take the question as typed, without repair.")
@_JSON
def find(question: str, *, as_json: bool, exact: bool, **wish: Any) -> None:
    """Ask what a resident would ask; the search process must run."""
    from madang.search import api
    from madang.search.found import shown

    language = wish.pop("language")
    found = api.find(question, language, exact=exact, **wish)
    if as_json:
        click.echo(json.dumps(shown(found), ensure_ascii=False, indent=2))
    else:
        _print(found)


@click.command("rebuild")
@_JSON
def rebuild(as_json: bool) -> None:
    """Read everything that can be found anew; search answers from the old index meanwhile."""
    from madang.search import api

    entries = api.rebuild()
    click.echo(json.dumps({"entries": entries}) if as_json else f"{entries} entries")


def _print(found: Found) -> None:
    if found.repair:
        click.echo(f"showing results for: {found.answered}")
    for number, hit in enumerate(found.hits, start=1):
        click.echo(f"{number:2}. {hit.title_text}  [{hit.kind}]  {hit.url}")
    if not found.hits:
        click.echo("nothing found")
    way = "words and meaning" if found.by_meaning else "words only"
    click.echo(f"{found.total} found by {way}", err=True)
