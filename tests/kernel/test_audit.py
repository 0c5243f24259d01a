from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction

from madang.kernel import audit
from madang.kernel.errors import Conflict, Invalid, NotFound
from madang.kernel.merkle import proven_root
from madang.kernel.models import AuditEntry, AuditSeal

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_heads_file(tmp_path, monkeypatch):
    path = tmp_path / "audit" / "heads.jsonl"
    monkeypatch.setattr(audit, "heads_file", lambda data=None: path)
    return path


def entries(count: int, start: int = 0) -> list[str]:
    return [
        audit.record("user:7", "air.approve", f"measure:{n}", detail={"n": n, "사유": "미세먼지"})
        for n in range(start, start + count)
    ]


def test_an_entry_is_undone_with_the_callers_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("user:7", "air.approve", "measure:1")
        raise RuntimeError
    assert AuditEntry.objects.count() == 0


def test_an_entry_is_neither_changed_nor_removed_by_code():
    entries(1)
    entry = AuditEntry.objects.get()
    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor="user:8"),
    ):
        with pytest.raises(Conflict):
            attempt()


def test_detail_that_is_not_json_is_refused():
    with pytest.raises(Invalid):
        audit.record("user:7", "air.approve", "measure:1", detail={"at": datetime.now(UTC)})


def test_sealing_takes_each_entry_once_and_chains_the_heads(
    own_heads_file, django_capture_on_commit_callbacks
):
    entries(5)
    with django_capture_on_commit_callbacks(execute=True):
        first = audit.seal_batch(limit=3)
        second = audit.seal_batch(limit=3)
        nothing = audit.seal_batch()
    assert (first.size, second.size, nothing) == (3, 2, None)
    assert first.previous == audit.GENESIS
    assert second.previous == first.head
    positions = AuditEntry.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == [0, 1, 2, 3, 4]
    kept = [json.loads(line)["head"] for line in own_heads_file.read_text().splitlines()]
    assert kept == [first.head, second.head]


def test_an_inclusion_proof_leads_from_the_entry_to_the_sealed_root():
    ids = entries(7)
    audit.seal_audit()
    for entry in ids:
        proof = audit.prove_inclusion(entry)
        path = [bytes.fromhex(step) for step in proof.path]
        found = proven_root(bytes.fromhex(proof.leaf), proof.index, proof.size, path)
        assert found.hex() == proof.root == AuditSeal.objects.get().root


def test_an_unsealed_entry_has_no_proof_yet():
    [entry] = entries(1)
    with pytest.raises(NotFound):
        audit.prove_inclusion(entry)
