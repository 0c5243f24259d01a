"""Facts of other registers come in: by key over HTTP, or from a file."""

from __future__ import annotations

import csv
import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from madang.access.api import purpose
from madang.cases.case_purposes import CASES, FEED
from madang.cases.register_models import RegisterFact, RegisterKey
from madang.kernel import audit, times
from madang.kernel.errors import BadInput, Invalid, Unauthenticated

PREFIX = "mdr_"
COLUMNS = ("subject", "field", "value", "as_of")
_SHOWN = 12


@dataclass(frozen=True)
class Sent:
    """What a register says of one person."""

    subject: str
    field: str
    value: Any
    as_of: datetime


def new_key(register: str, owner: str, *, by: str) -> str:
    """Return a new key for a register's system; it is shown this once, only its hash is kept."""
    if not register.isidentifier() or not owner.strip():
        raise Invalid("a key is of a register and has an owner", {"register": "name"})
    key = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        RegisterKey.objects.create(
            register=register, owner=owner.strip(), key_hash=_hash(key), shown=key[:_SHOWN]
        )
        audit.record(by, "cases.register_key", f"register:{register}", detail={"owner": owner})
    return key


def checked_key(register: str, key: str) -> RegisterKey:
    """Return the key that opens a register for writing; raises `Unauthenticated`."""
    row = RegisterKey.objects.filter(key_hash=_hash(key), ended=None, register=register).first()
    if row is None:
        raise Unauthenticated("this key opens no such register")
    return row


def take_in(register: str, sent: Iterable[Sent], source: str) -> int:
    """Keep what a register says; return how many facts are new or newer.

    The same sent again changes nothing; something older than what is known is left out.
    """
    newer = 0
    with purpose(CASES, FEED), transaction.atomic():
        for one in sent:
            if one.as_of.utcoffset() is None:
                raise Invalid("a moment has an offset", {"as_of": one.as_of.isoformat()})
            row, made = RegisterFact.objects.get_or_create(
                subject=one.subject, register=register, field=one.field,
                defaults={"value": one.value, "as_of": one.as_of, "source": source},
            )  # fmt: skip
            if not made and one.as_of > row.as_of:
                RegisterFact.objects.filter(pk=row.pk).update(
                    value=one.value, as_of=one.as_of, source=source, received_at=times.now()
                )
            newer += made or one.as_of > row.as_of
    return newer


def read_file(path: Path) -> list[Sent]:
    """Return the facts of a CSV file with the columns `COLUMNS`; values are JSON or plain text.

    Raises
    ------
    BadInput
        Naming file and line.
    """
    found = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise BadInput(str(path), f"the first line is {','.join(COLUMNS)}", line=1)
            for row in reader:
                found.append(_sent(path, reader.line_num, row))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(str(path), f"cannot be read: {error}") from None
    return found


def _sent(path: Path, line: int, row: dict[str, Any]) -> Sent:
    if None in row or None in row.values() or not row["subject"] or not row["field"]:
        raise BadInput(str(path), "needs subject, field, value and as_of", line=line)
    try:
        as_of = datetime.fromisoformat(row["as_of"])
    except ValueError:
        raise BadInput(str(path), f"{row['as_of']!r} is no moment", line=line) from None
    if as_of.utcoffset() is None:
        raise BadInput(str(path), f"{row['as_of']!r} has no offset", line=line)
    try:
        value = json.loads(row["value"])
    except ValueError:
        value = row["value"]
    return Sent(row["subject"], row["field"], value, as_of)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
