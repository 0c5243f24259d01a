"""Find any tampering with the audit log, and name what was tampered with.

What each seal was made over (`AuditSeal.leaves`) is compared with the entries as they stand, the
seals with each other, and their heads with those kept outside the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from madang.kernel.audit import GENESIS, Head, head_of, heads_file, leaf_of, sealed_leaves
from madang.kernel.canonical import utc_text
from madang.kernel.errors import BadInput
from madang.kernel.merkle import root
from madang.kernel.models import AuditEntry, AuditSeal

LATE = timedelta(hours=1)  # a transaction may be this long under way before it is sealed


@dataclass(frozen=True)
class Finding:
    """One piece of tampering.

    `kind` is ``changed``, ``removed``, ``inserted``, ``reordered``, ``backdated``,
    ``seal-changed``, ``seal-removed`` or ``head-rewritten``; `what` names the entry or the seal.
    """

    kind: str
    what: str
    seal: int | None
    message: str


@dataclass(frozen=True)
class Verdict:
    """What a look at the whole log found."""

    ok: bool
    entries: int
    unsealed: int
    seals: int
    head: str
    findings: tuple[Finding, ...]


def verify(kept: Sequence[Head] | None = None) -> Verdict:
    """Look at every entry and every seal.

    Parameters
    ----------
    kept : heads kept outside the database; as a rule those in the data folder.
    """
    heads = read_heads(heads_file()) if kept is None else kept
    seals = list(AuditSeal.objects.order_by("number"))
    findings = [
        *_chain(seals),
        *(finding for seal in seals for finding in _batch(seal)),
        *_backdated(seals),
        *_unsealed(),
        *_against(heads, seals),
    ]
    return Verdict(
        ok=not findings,
        entries=AuditEntry.objects.count(),
        unsealed=AuditEntry.objects.filter(seal__isnull=True).count(),
        seals=len(seals),
        head=seals[-1].head if seals else GENESIS,
        findings=tuple(findings),
    )


def read_heads(path: Path) -> list[Head]:
    """Return the heads in a file of JSON lines; none where there is no file.

    Raises
    ------
    BadInput
        If a line is no head.
    """
    if not path.exists():
        return []
    heads = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            heads.append(Head(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise BadInput(str(path), f"no head of an audit log: {error}", line=number) from error
    return heads


def _chain(seals: Iterable[AuditSeal]) -> Iterator[Finding]:
    previous, expected = GENESIS, 0
    for seal in seals:
        for missing in range(expected, seal.number):
            yield Finding("seal-removed", f"seal {missing}", missing, "the seal is missing")
        leaves = [leaf for _, leaf in sealed_leaves(seal)]
        problems = [
            text
            for wrong, text in (
                (root(leaves).hex() != seal.root, "its root does not follow from its leaves"),
                (len(leaves) != seal.size, "its size is not that of its leaves"),
                (head_of(seal) != seal.head, "its head does not follow from its content"),
                (seal.number == expected and seal.previous != previous, "it follows another head"),
            )
            if wrong
        ]
        if problems:
            what = f"seal {seal.number}"
            yield Finding("seal-changed", what, seal.number, f"{what}: {'; '.join(problems)}")
        previous, expected = seal.head, seal.number + 1


def _batch(seal: AuditSeal) -> Iterator[Finding]:
    """Compare what was sealed with what is there."""
    sealed = dict(sealed_leaves(seal))
    there = list(seal.entries.order_by("position"))
    for entry in there:
        if entry.id not in sealed:
            yield _finding("inserted", entry, "is under a seal that was made without it")
        elif leaf_of(entry) != sealed[entry.id] or entry.leaf != sealed[entry.id].hex():
            yield _finding("changed", entry, "is not what was sealed")
    present = {entry.id for entry in there}
    moved = dict(
        AuditEntry.objects.filter(id__in=sealed.keys() - present).values_list("id", "seal_id")
    )
    for uid in sealed.keys() - present:
        if uid in moved:
            text = f"entry {uid} was sealed under {seal.number}, it is now under {moved[uid]}"
            yield Finding("reordered", uid, seal.number, text)
        else:
            text = f"entry {uid} was sealed and is gone"
            yield Finding("removed", uid, seal.number, text)
    yield from _order(seal, [uid for uid in sealed if uid in present], there)


def _order(seal: AuditSeal, expected: list[str], there: Sequence[AuditEntry]) -> Iterator[Finding]:
    known = set(expected)
    found = [entry for entry in there if entry.id in known]
    for uid, entry in zip(expected, found, strict=True):
        if uid != entry.id:
            yield Finding(
                "reordered", entry.id, seal.number, f"entry {entry.id} stands where {uid} was"
            )


def _backdated(seals: Sequence[AuditSeal]) -> Iterator[Finding]:
    """An entry that claims to be older than the seal before its own was not there in time."""
    for before, seal in pairwise(seals):
        earliest = before.sealed_at - LATE
        for entry in seal.entries.filter(at__lt=earliest):
            yield _finding(
                "backdated",
                entry,
                f"claims {utc_text(entry.at)}, but seal {before.number} of "
                f"{utc_text(before.sealed_at)} was made without it",
            )


def _unsealed() -> Iterator[Finding]:
    last = AuditSeal.objects.order_by("-number").first()
    for entry in AuditEntry.objects.filter(seal__isnull=True).iterator():
        if leaf_of(entry).hex() != entry.leaf:
            yield _finding("changed", entry, "does not have its own hash")
        elif last and entry.at < last.sealed_at - LATE:
            yield _finding("backdated", entry, f"is older than seal {last.number} made without it")


def _against(heads: Sequence[Head], seals: Sequence[AuditSeal]) -> Iterator[Finding]:
    """Compare with the heads kept elsewhere: they show a rewrite that is consistent in itself."""
    present = {seal.number: seal for seal in seals}
    for head in heads:
        seal = present.get(head.number)
        if seal is None:
            if head.number > max(present, default=-1):  # a gap is named by the chain already
                text = f"seal {head.number} is kept outside the database and missing in it"
                yield Finding("seal-removed", f"seal {head.number}", head.number, text)
        elif seal.head != head.head:
            text = f"seal {head.number} has another head than the one kept outside the database"
            yield Finding("head-rewritten", f"seal {head.number}", head.number, text)


def _finding(kind: str, entry: AuditEntry, text: str) -> Finding:
    name = f"entry {entry.id} ({entry.actor} {entry.verb} {entry.object})"
    return Finding(kind, entry.id, entry.seal_id, f"{name} {text}")
