"""``madang decisions ...``: decision models on the user's own files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from madang.services.errors import InvalidFacts

_FILE = click.Path(path_type=Path, dir_okay=False)
_FRAMES = 20_000
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("evaluate")
@click.argument("model", type=_FILE)
@click.option("--input", "facts_file", type=_FILE, required=True, help="Facts, JSON.")
@click.option("--decision", "names", multiple=True, help="Only this decision; may be repeated.")
@click.option("--explain", is_flag=True, help="Say why, and what would have changed it.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def evaluate(
    model: Path, facts_file: Path, names: tuple[str, ...], explain: bool, as_json: bool
) -> None:
    """Evaluate the decisions of a DMN model for facts."""
    _let_functions_call_themselves()
    from madang.services.decisions import evaluate as decide
    from madang.services.model_files import program_of

    program = program_of(model)
    facts = _facts(facts_file)
    decided = decide(program, facts, names or None, explain=explain, source=str(facts_file))
    for name in decided.unknown_facts:
        click.echo(f"{facts_file}: {name}: the model knows no such fact", err=True)
    answer: dict[str, Any] = {"decisions": decided.decisions}
    if decided.explain is not None:
        answer["explain"] = decided.explain
    if as_json:
        click.echo(json.dumps(answer | {"errors": decided.errors}, ensure_ascii=False, indent=2))
        return
    for name, value in decided.decisions.items():
        click.echo(f"{name}: {json.dumps(value, ensure_ascii=False)}")
        if decided.explain is not None:
            _print_reasons(decided.explain[name])
    for error in decided.errors:
        click.echo(error, err=True)


def _let_functions_call_themselves() -> None:
    """Make room for FEEL's own bound on calls in one another: each takes some calls of Python's."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))


def _facts(path: Path) -> dict[str, Any]:
    from decimal import Decimal

    try:
        found = json.loads(path.read_bytes(), parse_float=Decimal, parse_constant=_no_constant)
    except OSError as error:
        raise InvalidFacts(str(path), error.strerror or "cannot be read") from error
    except json.JSONDecodeError as error:
        raise InvalidFacts(str(path), f"no JSON: {error.msg}", line=error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise InvalidFacts(str(path), f"no JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidFacts(str(path), "facts are an object: names and their values")
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _print_reasons(reasons: dict[str, Any]) -> None:
    for rule in reasons["rules"]:
        conditions = ", ".join(
            f"{one['input']} {one['test']} ({json.dumps(one['value'], ensure_ascii=False)})"
            for one in rule["conditions"]
            if one["test"] not in ("-", "")
        )
        label = f" {rule['label']}" if rule["label"] else ""
        notes = "; ".join(rule.get("annotations", {}).values())
        text = f"  because {rule['table']}, row {rule['row']}{label}: {conditions or 'always'}"
        click.echo(text + (f" [{notes}]" if notes else ""))
    other = reasons["counterfactual"]
    if other:
        instead, outcome = (
            json.dumps(other[k], ensure_ascii=False) for k in ("instead", "outcome")
        )
        click.echo(f"  with {other['fact']} = {instead} it would be {outcome}")


@click.command("tck")
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def tck(folder: Path, as_json: bool) -> None:
    """Run a tree of DMN conformance tests: models and their cases, by compliance level."""
    _let_functions_call_themselves()
    from madang.services.tck import run_tree

    found = run_tree(folder)
    if as_json:
        click.echo(json.dumps(found.plain(), ensure_ascii=False, indent=2))
        return
    for level, (passed, total) in found.counts.items():
        click.echo(f"{level}: {passed} of {total}")
    for failure in found.failures:
        click.echo(f"  {failure['test']} {failure['case']}: {failure['reason']}")
