"""``madang services ...``: packages on the user's own files, and those of this instance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.kernel.errors import BadInput, Invalid

if TYPE_CHECKING:
    from madang.services.packages.packing import Packed
    from madang.services.publishing import Published

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")


@click.command("pack")
@click.argument("folder", type=_FOLDER)
@click.option("--out", "file", type=_FILE, required=True, help="File to write.")
@_JSON
def pack(folder: Path, file: Path, as_json: bool) -> None:
    """Pack a service package into one signed file."""
    from madang.services.packages.packing import written
    from madang.services.ready import prepared

    item = prepared(folder).packed
    file.write_bytes(written(item))
    _print(_of_packed(item) | {"bytes": file.stat().st_size}, as_json)


@click.command("verify")
@click.argument("file", type=_FILE)
@click.option("--key", help="Public key it must be signed with, base64; else this instance's.")
@_JSON
def verify(file: Path, key: str | None, as_json: bool) -> None:
    """Check that a packed package is as it was packed, and who signed it."""
    from madang.services.packages.packing import read_packed
    from madang.services.packages.signing import public_key

    try:
        item = read_packed(file.read_bytes(), str(file))
    except OSError as error:
        raise BadInput(str(file), error.strerror or "cannot be read") from error
    if item.key != (key or public_key()):
        whose = "the key that was given" if key else "this instance's key"
        raise BadInput(str(file), f"is signed with {item.key}, not with {whose}")
    _print(_of_packed(item), as_json)


@click.command("publish")
@click.argument("folders", type=_FOLDER, nargs=-1, required=True)
@_JSON
def publish(folders: tuple[Path, ...], as_json: bool) -> None:
    """Bring service packages into force: each folder is one, or holds several."""
    from madang.kernel.orm import ready

    ready()
    from madang.access.api import system_actor
    from madang.services import publishing

    found = [one for folder in folders for one in _packages_in(folder)]
    actor = system_actor("command-line")
    made = [publishing.publish(folder, actor) for folder in found]
    if as_json:
        click.echo(json.dumps([_of_published(one) for one in made], indent=2))
        return
    for one in made:
        state = "published" if one.is_new else "was in force already"
        click.echo(f"{one.service} {one.version} {state} ({one.hash[:12]})")


@click.command("withdraw")
@click.argument("service")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--district", default="", help="Only the package of this district.")
@_JSON
def withdraw(service: str, reason: str, district: str, as_json: bool) -> None:
    """Take a service out of force. Cases that began by it go on by it."""
    from madang.kernel.orm import ready

    ready()
    from madang.access.api import system_actor
    from madang.services import publishing

    gone = publishing.withdraw(service, system_actor("command-line"), reason, district)
    _print(_of_published(gone) | {"withdrawn": True}, as_json)


@click.command("automation")
@click.argument("service")
@click.option("--off", "wish", flag_value="off", help="From now on people decide every case.")
@click.option("--on", "wish", flag_value="on", help="The machine may decide again.")
@click.option("--reason", default="", help="Why; it is kept.")
@_JSON
def automation(service: str, wish: str | None, reason: str, as_json: bool) -> None:
    """Say whether machines decide cases of a service, stop them at once, or let them go on."""
    from madang.kernel.orm import ready

    ready()
    from madang.access.api import system_actor
    from madang.services import automation as brake
    from madang.services.publishing import require_published

    actor = system_actor("command-line")
    require_published(service)
    if wish == "off":
        brake.stop_automation(service, actor, reason)
    elif wish == "on":
        brake.resume_automation(service, actor, reason)
    stops = [
        {name: str(value) if value else None for name, value in vars(stop).items()}
        for stop in brake.stops_of(service)
    ]
    is_on = brake.automation_is_on(service)
    if as_json:
        answer = {"service": service, "automation": is_on, "stops": stops}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    click.echo(f"{service}: {'machines may decide' if is_on else 'people decide every case'}")
    for stop in stops:
        until = f"until {stop['lifted_at']}" if stop["lifted_at"] else "still"
        click.echo(f"  stopped {stop['stopped_at']}, {until}: {stop['reason']}")


@click.command("key")
def key() -> None:
    """Make the key that signs service packages in production."""
    from madang.services.packages.signing import SETTING, new_key

    click.echo(f"{SETTING}={new_key()}")


def _packages_in(folder: Path) -> list[Path]:
    from madang.services.ready import folders_of

    if (folder / "service.yaml").is_file():
        return [folder]
    found = list(folders_of(folder)) if folder.is_dir() else []
    if not found:
        raise Invalid(f"{folder} has no service.yaml, and no folder in it has one")
    return found


def _of_packed(item: Packed) -> dict[str, Any]:
    return {"id": item.id, "version": item.version, "hash": item.hash, "key": item.key}


def _of_published(one: Published) -> dict[str, Any]:
    return {
        "id": one.service,
        "version": one.version,
        "hash": one.hash,
        "district": one.district,
        "published_at": one.published_at.isoformat(),
        "is_new": one.is_new,
    }


def _print(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for name, value in answer.items():
        click.echo(f"{name}: {value}")
