"""``madang city ...``: check, start and show profiles; take official boundaries."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import msgspec

from madang.city import coverage
from madang.city.api import boundaries_folder, known_cities
from madang.city.domain_files import problems_of_domains
from madang.city.errors import InvalidProfile
from madang.city.loader import load, profile_folder, read_profile
from madang.city.profile import Profile
from madang.kernel.config import settings
from madang.kernel.errors import Invalid

_as_json = click.option("--json", "as_json", is_flag=True, help="Write a summary as JSON.")


@click.command(help="Say everything that is wrong with the profile in DIR (a folder, or a name).")
@click.argument("directory", metavar="DIR")
@_as_json
def check(directory: str, *, as_json: bool) -> None:
    """Check one profile; exit 2 if it has a problem."""
    folder = Path(directory) if Path(directory).is_dir() else profile_folder(directory)
    profile, problems = read_profile(folder)
    if profile and not problems:
        problems = problems_of_domains(profile)
    if as_json:
        summary = {
            "ok": not problems,
            "city": profile.id if profile else folder.name,
            "units": _units_by_level(profile) if profile else {},
            "languages": [item.code for item in profile.languages] if profile else [],
            "problems": [msgspec.to_builtins(problem) for problem in problems],
            "texts": _texts(profile) if profile and not problems else {},
        }
        _write(summary)
        sys.exit(2 if problems else 0)
    if problems:
        raise InvalidProfile(folder.name, problems)
    assert profile is not None
    click.echo(f"{folder}: good. {_counts(profile)}, {len(profile.languages)} languages")
    for line in _open_texts(profile):
        click.echo(line)


@click.command(
    help="Start the profile NAME of another city, with marks at all that is to be filled."
)
@click.argument("name")
@click.option(
    "--dir",
    "parent",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Folder that will hold the new folder NAME (default: here).",
)
@click.option("--country", metavar="CODE", default="", help="ISO 3166-1 code, such as CO.")
@click.option("--language", metavar="TAG", default="", help="Official language, such as es.")
@click.option(
    "--at", metavar="LON,LAT", default="", help="Middle of the city in degrees, such as 5.32,60.39."
)
def new(name: str, parent: Path, country: str, language: str, at: str) -> None:
    """Write the folder and say what to fill."""
    from madang.city.scaffold import write_scaffold

    folder = write_scaffold(
        parent, name, country=country, language=language, middle=_point(at) if at else None
    )
    _profile, problems = read_profile(folder)
    click.echo(f"{folder} is made. {len(problems)} places are to be filled:")
    for problem in problems:
        click.echo(f"  {problem}")
    click.echo(f"Then: madang city check {folder}")
    click.echo(
        f"Then: madang up --city ./{folder}"
        if not folder.is_absolute()
        else f"Then: madang up --city {folder}"
    )


@click.command(
    help="Show what a profile says; NAME is a name or a folder (default: this instance's)."
)
@click.argument("name", default="")
@_as_json
def show(name: str, *, as_json: bool) -> None:
    """Show one profile."""
    profile = load(profile_folder(name or settings().city), boundaries_folder())
    if as_json:
        _write(
            {
                **msgspec.to_builtins(profile.city),
                "units": _units_by_level(profile),
                "outlines": _outline_labels(profile),
                "rules": sorted(profile.rule_names),
            }
        )
        return
    for line in _description(profile):
        click.echo(line)


@click.command(
    "import-boundaries",
    help="Take the official boundaries in FILE (GeoJSON, WGS84) for the schematic ones.",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--level", metavar="LEVEL", default="", help="Level of the units in FILE.")
@click.option("--source", metavar="TEXT", default="", help="Publisher and date, shown on maps.")
@_as_json
def import_boundaries(file: Path, level: str, source: str, *, as_json: bool) -> None:
    """Check and keep a boundary file for this instance's city."""
    from madang.city import boundaries

    profile = load(profile_folder(settings().city))
    done = boundaries.import_boundaries(
        file, boundaries_folder(), profile.city, profile.unit_table, level=level, source=source
    )
    if as_json:
        _write(asdict(done))
        return
    click.echo(f"{done.outlines} official outlines of {done.level} kept in {done.path}")
    for label, codes in (("units that exist no more", done.ended), ("without one", done.missing)):
        if codes:
            click.echo(f"  {label}: {', '.join(codes[:10])}{' ...' if len(codes) > 10 else ''}")
    click.echo("Running processes and the base map take them at their next start.")


@click.command(help="Make the base map of this instance's city (PMTiles) where it has changed.")
@_as_json
def basemap(*, as_json: bool) -> None:
    """Make and keep the base map; a running instance shows it at once."""
    from madang.city.api import ensure_basemap

    made = ensure_basemap()
    size = made.path.stat().st_size
    if as_json:
        about = asdict(made) | {"path": str(made.path), "bytes": size}
        _write(about)
        return
    kinds = ", ".join(f"{level}: {' and '.join(kind)}" for level, kind in made.kinds.items())
    click.echo(f"{made.path}: {made.tiles} tiles, {size / 1024:.0f} KiB; outlines {kinds}")


def _point(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid(
            f"{text!r} is no place: write longitude,latitude, such as 5.32,60.39"
        ) from None
    return lon, lat


def _description(profile: Profile) -> list[str]:
    city, languages = profile.city, profile.languages
    official = [item.name for item in languages if item.role == "official"]
    fiscal = profile.fiscal_year()
    labels = _outline_labels(profile)
    return [
        f"{profile.name()} ({profile.id}), {city.country}, {city.timezone}",
        f"  folder      {profile.folder}",
        f"  units       {_counts(profile)}",
        f"  outlines    {', '.join(f'{level}: {label}' for level, label in labels.items())}",
        f"  languages   {', '.join(official)}; {len(languages)} in all",
        f"  today       {profile.date_text(profile.today())}, calendar {city.calendar.display}",
        f"  budget year {fiscal.label}, from {fiscal.start} to before {fiscal.end}",
        f"  money       {', '.join(currency.code for currency in profile.currencies)}",
        f"  rules       {', '.join(sorted(profile.rule_names)) or 'none'}",
        f"  others      {', '.join(known_cities())}",
    ]


def _outline_labels(profile: Profile) -> dict[str, str]:
    """Return per level how its outlines are labelled: official, schematic, both or none."""
    found = {}
    for level in profile.levels:
        kinds = {outline.kind for outline in profile.outlines(level.id).values()}
        found[level.id] = " and ".join(sorted(kinds)) or "none"
    return found


def _units_by_level(profile: Profile) -> dict[str, int]:
    counts = Counter(unit.level for unit in profile.units())
    return {level.id: counts[level.id] for level in profile.levels}


def _counts(profile: Profile) -> str:
    names = {level.id: profile.text(level.names) for level in profile.levels}
    counts = _units_by_level(profile)
    return ", ".join(f"{count} {level} ({names[level]})" for level, count in counts.items())


def _texts(profile: Profile) -> dict[str, Any]:
    """Return how far the texts for residents are translated, for scripts."""
    found = coverage.gaps(profile)
    return {
        "states": coverage.states(profile),
        **{
            kind: [msgspec.to_builtins(gap) for gap in found if gap.kind == kind]
            for kind in ("missing", "stale")
        },
    }


def _open_texts(profile: Profile) -> list[str]:
    """Return what translators have to do, a line each; no fault: a fallback stands there."""
    found = coverage.gaps(profile)
    unread = [tag for tag, counts in coverage.states(profile).items() if counts["machine"]]
    lines = [f"  {gap}" for gap in found]
    if unread:
        lines.append(f"  machine translated, read by nobody yet: {', '.join(unread)}")
    return lines


def _write(summary: dict[str, Any]) -> None:
    click.echo(json.dumps(summary, ensure_ascii=False, indent=2, default=str))
