"""``madang assistant benches``: run the fixed benches and keep their figures by version."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("benches")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--only", multiple=True, metavar="NAME", help="Only this bench; may be repeated.")
@click.option("--version", default="", help="What is measured (default: the installed version).")
@click.option("--keep", is_flag=True, help="Keep the figures: the evaluation page shows them.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def benches(*, file: Path, only: tuple[str, ...], version: str, keep: bool, as_json: bool) -> None:
    """Run the benches that FILE lists (YAML: name, measure, docs, questions, ...)."""
    from madang import __version__
    from madang.assistant.review.benches import measured, read_benches
    from madang.kernel.errors import BadInput
    from madang.kernel.orm import ready

    listed = read_benches(file)
    unknown = set(only) - {one.name for one in listed}
    if unknown:
        raise BadInput(str(file), f"lists no bench {sorted(unknown)[0]!r}")
    if keep:
        ready()
    told = []
    for one in listed:
        if only and one.name not in only:
            continue
        click.echo(f"{one.name}:", err=True)
        found = measured(one, file.parent, lambda text: click.echo(f"  {text}", err=True))
        told.append({"bench": one.name, "version": version or __version__, **found.figures})
        if keep:
            from madang.assistant.review.history import keep as kept

            kept(one.name, version or __version__, found.data, found.figures)
        if not as_json:
            _print(one.name, found.figures)
    if as_json:
        click.echo(json.dumps({"benches": told}, ensure_ascii=False, indent=2))


def _print(name: str, figures: dict[str, object]) -> None:
    click.echo(name)
    for figure, one in figures.items():
        if isinstance(one, dict):
            click.echo(f"  {figure:18} {one['value']:.3f}  [{one['low']:.3f}, {one['high']:.3f}]")
