"""``madang services ...``: packages of services on the user's own files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

_FOLDERS = click.argument(
    "packages", metavar="PACKAGE_DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
_CITY = click.option("--city", default="", metavar="NAME", help="Another city than the instance's.")


@click.command("lint")
@_FOLDERS
@_CITY
@_JSON
def lint(packages: tuple[Path, ...], city: str, as_json: bool) -> None:
    """Say everything that keeps packages from being published, by file and line.

    A folder is a package, or holds some. Exit status 2 if one of them has a fault.
    """
    _examine(packages, "lint", city, as_json=as_json)


@click.command("test")
@_FOLDERS
@_CITY
@_JSON
def test(packages: tuple[Path, ...], city: str, as_json: bool) -> None:
    """Run the tests of packages, each also by counter, phone, post and visit."""
    _examine(packages, "test", city, as_json=as_json)


def _examine(packages: tuple[Path, ...], what: str, city: str, *, as_json: bool) -> None:
    from madang.services.lint.run import examined

    found = examined(packages, what, city)
    bad = sum(1 for one in found if one.faults)
    if as_json:
        click.echo(json.dumps({"packages": [one.plain() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            for fault in one.faults:
                click.echo(f"{one.path}/{fault}")
        click.echo(f"{len(found)} packages, {bad} with faults" if bad else _good(found))
    sys.exit(2 if bad else 0)


def _good(found: list[Any]) -> str:
    return "1 package is good" if len(found) == 1 else f"{len(found)} packages are good"


@click.command("texts")
@click.argument("package", metavar="PACKAGE_DIR", type=click.Path(path_type=Path))
@click.option("--language", required=True, metavar="TAG", help="Language, such as en.")
@click.option("--write", is_flag=True, help="Add what is missing to the file, and stamp the rest.")
@_JSON
def texts(package: Path, language: str, *, write: bool, as_json: bool) -> None:
    """Say which texts of a package lack a translation, or have one of an older text."""
    from madang.kernel.errors import BadInput
    from madang.services.packages.reader import read_package
    from madang.services.packages.translating import progress, write_translation

    read, _sources, problems = read_package(package)
    if read is None:
        first = problems[0]
        raise BadInput(f"{package}/{first.file}", first.message, line=first.line)
    if write:
        click.echo(f"{write_translation(read, package, language)} is written", err=True)
        read = read_package(package)[0] or read
    found = progress(read, language)
    if as_json:
        click.echo(json.dumps(found.plain(), ensure_ascii=False))
        return
    for name in ("missing", "stale", "unstamped", "unknown"):
        for path in getattr(found, name):
            click.echo(f"{name}: {path}")
    click.echo(f"{language}: {found.total - len(found.missing)} of {found.total} texts")
