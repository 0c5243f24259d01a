"""The audit log: who did what to which thing, for which purpose; tampering shows.

Each entry is a leaf of a Merkle tree (`leaf`, over its canonical JSON). A schedule seals the new
entries in batches: the batch's root, the head before it and its size make the new head. Heads are
also appended to ``audit/heads.jsonl`` in the data folder, outside the database, and to the log:
who keeps a head elsewhere can prove a rewrite of both.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from madang.kernel import times
from madang.kernel.canonical import canonical, utc_text
from madang.kernel.config import settings
from madang.kernel.errors import NotFound
from madang.kernel.events import new_id
from madang.kernel.logs import logger
from madang.kernel.merkle import inclusion_proof, leaf_hash, root
from madang.kernel.models import AuditEntry, AuditSeal

if TYPE_CHECKING:
    from django.db.models import QuerySet

LEAF_BYTES = 48  # id 16, leaf hash 32
BATCH = 1024  # entries under one seal at most
GENESIS = "0" * 64


@dataclass(frozen=True)
class Head:
    """The state of the log after one seal: what a second place keeps."""

    number: int
    size: int
    root: str
    previous: str
    head: str
    sealed_at: str


@dataclass(frozen=True)
class Inclusion:
    """Proof that an entry is under a sealed root (RFC 6962 audit path, hex)."""

    entry: str
    leaf: str
    index: int
    size: int
    path: tuple[str, ...]
    root: str
    seal: int
    head: str


def record(
    actor: str,
    verb: str,
    object: str,  # the log's own word
    *,
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> str:
    """Append an entry in the caller's transaction; return its id.

    Parameters
    ----------
    actor : id of the actor; ``system:<process>`` where no person acts.
    verb : what was done, ``room.verb`` (``air.approve``).
    object : what it was done to, ``kind:id`` (``measure:17``).
    purpose : access purpose, where personal data was looked at.
    detail : JSON with more; no secrets, no personal data beyond need.

    Raises
    ------
    Invalid
        If `detail` is not JSON.
    """
    made = entry(actor, verb, object, purpose=purpose, detail=detail)
    made.leaf = leaf_of(made).hex()
    made.save(force_insert=True)
    return made.id


def entry(
    actor: str,
    verb: str,
    object: str,  # the log's own word
    *,
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Return an entry for `append`; see `record` for what it takes."""
    return AuditEntry(
        id=new_id(),
        at=times.now(),
        actor=actor,
        verb=verb,
        object=object,
        purpose=purpose,
        detail=canonical(dict(detail or {})).decode(),
    )


def append(entries: Iterable[AuditEntry]) -> None:
    """Append entries in the caller's transaction, in one statement where they fit in one.

    Their time is that of appending: one from before the last seal would look slipped in later.
    """
    made = list(entries)
    for one in made:
        one.at = times.now()
        one.leaf = leaf_of(one).hex()
    AuditEntry.objects.bulk_create(made, batch_size=500)


def newest_about(object: str, verb: str, limit: int) -> list[AuditEntry]:
    """Return the last entries about a thing (``account:17``) with a verb, newest first."""
    rows = AuditEntry.objects.filter(object=object, verb=verb)
    return list(rows.order_by("-at", "-id")[:limit])


def leaf_of(entry: AuditEntry) -> bytes:
    """Return the leaf hash of the entry's content as it stands."""
    content = {
        "id": entry.id,
        "at": utc_text(entry.at),
        "actor": entry.actor,
        "verb": entry.verb,
        "object": entry.object,
        "purpose": entry.purpose,
        "detail": entry.detail,
    }
    return leaf_hash(canonical(content))


def head_of(seal: AuditSeal) -> str:
    """Return the head that follows from the seal's content."""
    content = {
        "number": seal.number,
        "size": seal.size,
        "root": seal.root,
        "previous": seal.previous,
        "sealed_at": utc_text(seal.sealed_at),
    }
    return sha256(b"\x02" + canonical(content)).hexdigest()


def seal_audit() -> None:
    """Seal all entries that are not under a seal yet (the schedule's target)."""
    while seal_batch() is not None:
        pass


def seal_batch(limit: int = BATCH) -> Head | None:
    """Seal up to `limit` entries; return the new head, None where there is nothing to seal."""
    with transaction.atomic():
        last = _locked_last_seal()
        waiting = list(_unsealed()[:limit])
        if not waiting:
            return None
        number = last.number + 1 if last else 0
        first = _sealed_size(last)
        leaves = [bytes.fromhex(entry.leaf) for entry in waiting]
        seal = AuditSeal(
            number=number,
            size=len(waiting),
            root=root(leaves).hex(),
            previous=last.head if last else GENESIS,
            leaves=b"".join(
                UUID(entry.id).bytes + leaf for entry, leaf in zip(waiting, leaves, strict=True)
            ),
            sealed_at=times.now(),
        )
        seal.head = head_of(seal)
        seal.save(force_insert=True)
        AuditEntry.objects.put_under_seal(waiting, seal, first)
        head = head_from(seal)
        transaction.on_commit(lambda: _keep_head(head))
    return head


def head_from(seal: AuditSeal) -> Head:
    """Return the head as a plain value."""
    return Head(
        number=seal.number,
        size=seal.size,
        root=seal.root,
        previous=seal.previous,
        head=seal.head,
        sealed_at=utc_text(seal.sealed_at),
    )


def _locked_last_seal() -> AuditSeal | None:
    seals = AuditSeal.objects.order_by("-number")
    newest = seals.select_for_update().first()
    # who waited for the lock of a seal that is no longer the newest looks again
    return newest if newest is None else seals.first()


def _unsealed() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(seal__isnull=True).order_by("at", "id")


def _sealed_size(last: AuditSeal | None) -> int:
    if last is None:
        return 0
    newest = last.entries.order_by("-position").first()
    return 0 if newest is None or newest.position is None else newest.position + 1


def heads_file(data: Path | None = None) -> Path:
    """Return where the heads are kept outside the database."""
    return (data or settings().data) / "audit" / "heads.jsonl"


def _keep_head(head: Head) -> None:
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(head)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    logger("audit").info("audit sealed", number=head.number, size=head.size, head=head.head)


def prove_inclusion(entry_id: str) -> Inclusion:
    """Return the proof that a sealed entry is in the log.

    Raises
    ------
    NotFound
        If there is no such entry, or it is not sealed yet.
    """
    entry = AuditEntry.objects.select_related("seal").filter(id=entry_id).first()
    if entry is None or entry.seal is None:
        raise NotFound(f"audit entry {entry_id!r} does not exist or is not sealed yet")
    leaves = [leaf for _, leaf in sealed_leaves(entry.seal)]
    index = [uid for uid, _ in sealed_leaves(entry.seal)].index(entry.id)
    return Inclusion(
        entry=entry.id,
        leaf=leaf_of(entry).hex(),
        index=index,
        size=len(leaves),
        path=tuple(step.hex() for step in inclusion_proof(leaves, index)),
        root=entry.seal.root,
        seal=entry.seal.number,
        head=entry.seal.head,
    )


def sealed_leaves(seal: AuditSeal) -> list[tuple[str, bytes]]:
    """Return (entry id, leaf hash) of each entry the seal was made over, in order."""
    raw = bytes(seal.leaves)
    cut = range(0, len(raw) - LEAF_BYTES + 1, LEAF_BYTES)
    return [(str(UUID(bytes=raw[i : i + 16])), raw[i + 16 : i + LEAF_BYTES]) for i in cut]
