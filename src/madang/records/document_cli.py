"""``madang documents ...``: set, check and read documents on the user's own files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from madang.kernel.errors import BadInput, MadangError

_FILE = click.Path(path_type=Path, dir_okay=False)
_LARGEST_B = 10 * 1024 * 1024
as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.command("render")
@click.argument("template_file", metavar="TEMPLATE.yaml", type=_FILE)
@click.option(
    "--data", "data_file", type=_FILE, required=True, help="Values by name, JSON or YAML."
)
@click.option("--out", "out_file", type=_FILE, required=True, help="The PDF to write.")
@click.option("--language", "languages", multiple=True, help="ko, en ...; two make it bilingual.")
@click.option(
    "--with", "there", multiple=True, metavar="BLOCK", help="A block with `when` to show."
)
@as_json_option
def render(  # noqa: PLR0917 - click hands them by name
    template_file: Path,
    data_file: Path,
    out_file: Path,
    languages: tuple[str, ...],
    there: tuple[str, ...],
    as_json: bool,
) -> None:
    """Set a document as PDF/UA-1, marked as a sample and not signed: to see how it looks."""
    from madang.kernel import orm

    orm.ready()
    from django.utils import translation

    from madang.city.api import profile
    from madang.records.document_templates import filled, read_data, read_template
    from madang.records.layouts import Certificate, Mark, certificate_pdf

    template, data = read_template(template_file), read_data(data_file)
    conditions = {block.id: block.id in there for block in template.blocks if block.when}
    own = languages or (profile().city.default_language,)
    mark = Mark(issued=profile().today(), is_sample=True)
    try:
        with translation.override("en"):  # the command line speaks English, the paper its own
            said = filled(template, data, conditions)
            pdf = certificate_pdf(Certificate(said.title, said.issuer, said.blocks, own, mark))
    except MadangError as error:
        raise BadInput(str(template_file), error.message) from None
    out_file.write_bytes(pdf)
    answer = {"out": str(out_file), "bytes": len(pdf), "languages": list(own),
              "facts": dict(said.facts)}  # fmt: skip
    _say(answer, as_json)


@click.command("verify")
@click.argument("file", metavar="FILE.pdf", type=_FILE)
@click.option("--root", "roots", type=_FILE, multiple=True, help="Certificate to trust, PEM, DER; "
              "without, this installation's own.")  # fmt: skip
@as_json_option
def verify(file: Path, roots: tuple[Path, ...], as_json: bool) -> None:
    """Say whether a PDF is what the city signed; exit 1 where it is not. Needs no network."""
    from madang.kernel import times
    from madang.records.engine.codes import written
    from madang.records.engine.pdf_signature import verdict
    from madang.records.engine.signature_words import Finding, Trust

    trust = Trust(tuple(map(_certificate, roots))) if roots else _own_trust()
    try:
        found = verdict(_read(file), trust, times.now())
    except ValueError as error:
        raise BadInput(str(file), f"cannot be checked: {error}") from None
    answer = {
        "finding": str(found.finding),
        "code": written(found.code) if found.code else None,
        "signed_by": found.signed_by or None,
        "time_stamp": found.stamped_at.isoformat() if found.stamped_at else None,
    }
    _say(answer, as_json)
    sys.exit(0 if found.finding is Finding.GENUINE else 1)


@click.command("verify-credential")
@click.argument("file", metavar="FILE", type=_FILE)
@click.option("--issuer", "issuer_file", type=_FILE, help="The issuer's metadata, as published at "
              "/.well-known/jwt-vc-issuer; without, this installation's own.")  # fmt: skip
@click.option("--status", "status_file", type=_FILE, help="The status list it names, as published.")
@as_json_option
def verify_credential(
    file: Path, issuer_file: Path | None, status_file: Path | None, as_json: bool
) -> None:
    """Say whether a credential is genuine and what it shows; exit 1 where it is not good."""
    from madang.kernel import times
    from madang.records.engine import sd_jwt

    metadata = _metadata(issuer_file)

    def key_of(issuer: str, kid: str) -> dict[str, Any] | None:
        keys = metadata["jwks"]["keys"] if issuer == metadata["issuer"] else []
        return next((key for key in keys if key.get("kid") == kid), None)

    try:
        shown = sd_jwt.checked(_read(file).decode("ascii", "replace"), key_of, times.now())
        state = _state(shown, status_file, key_of)
    except sd_jwt.CredentialRefused as error:
        _say({"good": False, "why": str(error)}, as_json)
        sys.exit(1)
    answer = {"good": state != "revoked", "state": state, "claims": dict(shown.claims),
              "facts": dict(shown.facts), "hidden": shown.hidden}  # fmt: skip
    _say(answer, as_json)
    sys.exit(1 if state == "revoked" else 0)


def _state(shown: Any, status_file: Path | None, key_of: Any) -> str:
    """Return ``valid``, ``revoked``, or ``not asked`` without a status list."""
    from madang.records.engine import sd_jwt, status_list

    if status_file is None:
        return "not asked"
    claims = sd_jwt.checked_token(
        _read(status_file).decode("ascii", "replace"), status_list.TYPE, key_of
    )
    named = (shown.claims.get("status") or {}).get("status_list") or {}
    if claims.get("sub") != named.get("uri"):
        raise BadInput(str(status_file), f"is not the list {named.get('uri')!r}")
    try:
        bit = status_list.status_of(claims["status_list"], int(named["idx"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(str(status_file), f"cannot be read: {error}") from None
    return "revoked" if bit == status_list.REVOKED else "valid"


def _metadata(file: Path | None) -> dict[str, Any]:
    if file is None:
        from madang.kernel import orm

        orm.ready()
        from madang.records import credentials

        return credentials.metadata()
    try:
        found = json.loads(_read(file))
        keys, issuer = found["jwks"]["keys"], found["issuer"]
        return {"issuer": str(issuer), "jwks": {"keys": list(keys)}}
    except (ValueError, KeyError, TypeError):
        raise BadInput(str(file), "is no issuer metadata with 'issuer' and 'jwks'") from None


def _own_trust() -> Any:
    from madang.kernel import orm

    orm.ready()
    from django.db import DatabaseError

    from madang.records import seals
    from madang.records.signing_keys import signing_key

    try:
        return seals.trust()
    except DatabaseError:  # no tables yet: this key is the first
        return seals.trust_of(signing_key())


def _certificate(path: Path) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    data = _read(path)
    try:
        load = (
            x509.load_pem_x509_certificate if b"-----" in data else x509.load_der_x509_certificate
        )
        return load(data).public_bytes(Encoding.DER)
    except ValueError:
        raise BadInput(str(path), "is no certificate") from None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_B:
            raise BadInput(str(path), "is larger than 10 MB")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from None


def _say(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
        return
    for name, value in answer.items():
        click.echo(f"{name}: {json.dumps(value, ensure_ascii=False)}")
