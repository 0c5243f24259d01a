"""``madang identity certificate ...``: check a signature in files, make a sample for the demo."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from madang.kernel.errors import BadInput

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("signature", type=_FILE)
@click.option("--text", type=_FILE, required=True, help="The text that was signed.")
@click.option("--rules", type=_FILE, required=True, help="A city's certificates.yaml.")
@click.option("--authorities", type=_FOLDER, required=True, help="anchors/, between/, lists/.")
@click.option("--at", help="Moment of the check, ISO 8601; else now.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def check(  # noqa: PLR0917 - one argument per option
    signature: Path, text: Path, rules: Path, authorities: Path, at: str | None, as_json: bool
) -> None:
    """Say whether SIGNATURE (detached CMS, DER) of a sign-in text would be taken, and why not.

    Revocation is known from lists/ alone; nobody is asked.
    """
    from madang.identity.certificate_profile import read_profile
    from madang.identity.engine.certificate_rules import Revocation
    from madang.identity.engine.certificates import check as verdict_of
    from madang.identity.engine.challenges import challenge_in
    from madang.kernel import times

    profile = read_profile(rules, authorities)
    try:
        challenge = challenge_in(text.read_bytes())
    except ValueError as error:
        raise BadInput(str(text), str(error)) from None
    moment = times.parse_utc(at) if at else times.now()
    said = Revocation((), profile.lists)
    found = verdict_of(signature.read_bytes(), challenge, profile.trust, said, moment)
    document = _document(found)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo("taken" if found.is_good else f"not taken: {', '.join(found.reasons)}")
    for name, value in (document["holder"] or {}).items():
        click.echo(f"  {name}: {value}")


@click.command()
@click.argument("holder")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="Where the .p12 file goes.")  # fmt: skip
@click.option("--password", prompt=True, hide_input=True, help="Of the file; asked for if absent.")
def sample(holder: str, out: Path, password: str) -> None:
    """Make a certificate for a made-up HOLDER, to try the sign-in of a demo with.

    The demo's own authority is made and trusted on the way; production refuses.
    """
    from madang.identity.sample_authority import sample_certificate

    out.write_bytes(sample_certificate(holder, password))
    click.echo(f"{out}: a certificate of {holder}, good for a year, on this installation only")


def _document(found: Any) -> dict[str, Any]:
    holder = None
    if found.holder is not None:
        row = asdict(found.holder)
        row.pop("virtual_id")
        holder = row | {
            "policy": found.holder.policy.oid if found.holder.policy else "",
            "not_after": found.holder.not_after.isoformat(),
        }
    return {
        "taken": found.is_good,
        "reasons": list(found.reasons),
        "notes": list(found.notes),
        "holder": holder,
    }
