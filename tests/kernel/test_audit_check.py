"""Each way of tampering is done with plain SQL, as someone with the database would."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import pytest
from django.db import connection

from madang.kernel import audit
from madang.kernel.audit import leaf_of, seal_batch
from madang.kernel.audit_check import read_heads, verify
from madang.kernel.errors import BadInput
from madang.kernel.merkle import root
from madang.kernel.models import AuditEntry, AuditSeal

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture(autouse=True)
def no_heads_outside(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "madang.kernel.audit_check.heads_file", lambda data=None: tmp_path / "heads.jsonl"
    )


@pytest.fixture
def sealed() -> list[str]:
    """Return the ids of nine entries under three seals."""
    ids = []
    for batch in range(3):
        ids += [
            audit.record("user:7", "air.approve", f"measure:{batch}-{n}", detail={"n": n})
            for n in range(3)
        ]
        seal_batch()
    return ids


def found() -> set[tuple[str, str]]:
    return {(finding.kind, finding.what) for finding in verify().findings}


def test_an_untouched_log_has_no_findings(sealed):
    audit.record("user:7", "air.lift", "measure:1")
    verdict = verify()
    assert verdict.ok
    assert (verdict.entries, verdict.unsealed, verdict.seals) == (10, 1, 3)


def test_an_empty_log_has_no_findings():
    assert verify().ok


@pytest.mark.parametrize("column", ["actor", "verb", "object", "purpose", "detail"])
def test_a_changed_entry_is_named_whatever_was_changed(sealed, column):
    sql(f"UPDATE kernel_auditentry SET {column} = %s WHERE id = %s", "forged", sealed[4])
    assert found() == {("changed", sealed[4])}


def test_a_changed_time_is_found(sealed):
    sql("UPDATE kernel_auditentry SET at = '2026-01-01 00:00:00+00' WHERE id = %s", sealed[0])
    assert ("changed", sealed[0]) in found()


def test_a_changed_entry_with_a_recomputed_hash_is_named(sealed):
    sql("UPDATE kernel_auditentry SET actor = 'user:8' WHERE id = %s", sealed[4])
    forged = leaf_of(AuditEntry.objects.get(id=sealed[4])).hex()
    sql("UPDATE kernel_auditentry SET leaf = %s WHERE id = %s", forged, sealed[4])
    assert found() == {("changed", sealed[4])}


def test_a_removed_entry_is_named(sealed):
    sql("DELETE FROM kernel_auditentry WHERE id = %s", sealed[4])
    assert found() == {("removed", sealed[4])}


def test_an_entry_inserted_under_an_old_seal_is_named(sealed):
    forged = audit.record("user:8", "air.approve", "measure:x")
    sql("UPDATE kernel_auditentry SET seal_id = 1, position = 99 WHERE id = %s", forged)
    assert found() == {("inserted", forged)}


def test_an_entry_slipped_in_with_an_old_date_is_named(sealed):
    forged = audit.record("user:8", "air.approve", "measure:x")
    sql("UPDATE kernel_auditentry SET at = '2026-01-01 00:00:00+00' WHERE id = %s", forged)
    leaf = leaf_of(AuditEntry.objects.get(id=forged)).hex()
    sql("UPDATE kernel_auditentry SET leaf = %s WHERE id = %s", leaf, forged)
    assert found() == {("backdated", forged)}
    seal_batch()
    assert found() == {("backdated", forged)}


def test_reordered_entries_of_a_seal_are_named(sealed):
    sql("UPDATE kernel_auditentry SET position = 99 WHERE id = %s", sealed[3])
    sql("UPDATE kernel_auditentry SET position = 3 WHERE id = %s", sealed[5])
    sql("UPDATE kernel_auditentry SET position = 5 WHERE id = %s", sealed[3])
    assert found() == {("reordered", sealed[3]), ("reordered", sealed[5])}


def test_an_entry_moved_under_another_seal_is_named(sealed):
    sql("UPDATE kernel_auditentry SET seal_id = 2 WHERE id = %s", sealed[4])
    assert ("reordered", sealed[4]) in found()


def test_an_unsealed_entry_that_was_changed_is_named(sealed):
    fresh = audit.record("user:7", "air.lift", "measure:1")
    sql("UPDATE kernel_auditentry SET object = 'measure:2' WHERE id = %s", fresh)
    assert found() == {("changed", fresh)}


def test_a_removed_seal_is_named(sealed):
    sql("UPDATE kernel_auditentry SET seal_id = NULL WHERE seal_id = 1")
    sql("DELETE FROM kernel_auditseal WHERE number = 1")
    assert ("seal-removed", "seal 1") in found()


def forge_seal(number: int) -> AuditSeal:
    """Remake a seal over its entries as they stand, consistent in itself."""
    seal = AuditSeal.objects.get(number=number)
    entries = list(seal.entries.order_by("position"))
    leaves = [leaf_of(entry) for entry in entries]
    seal.size = len(leaves)
    seal.root = root(leaves).hex()
    pairs = zip(entries, leaves, strict=True)
    seal.leaves = b"".join(UUID(entry.id).bytes + leaf for entry, leaf in pairs)
    seal.head = audit.head_of(seal)
    seal.save()
    return seal


def test_a_remade_seal_breaks_the_chain_behind_it(sealed):
    sql("DELETE FROM kernel_auditentry WHERE id = %s", sealed[4])
    forge_seal(1)
    assert found() == {("seal-changed", "seal 2")}


def test_a_rewrite_of_the_whole_chain_is_shown_by_a_head_kept_elsewhere(sealed):
    kept = [audit.head_from(seal) for seal in AuditSeal.objects.order_by("number")]
    sql("DELETE FROM kernel_auditentry WHERE id = %s", sealed[4])
    previous = forge_seal(1)
    sql("UPDATE kernel_auditseal SET previous = %s WHERE number = 2", previous.head)
    forge_seal(2)
    assert verify().ok, "consistent in itself: only a second place can tell"
    kinds = {(finding.kind, finding.what) for finding in verify(kept).findings}
    assert kinds == {("head-rewritten", "seal 1"), ("head-rewritten", "seal 2")}


def test_a_cut_off_end_of_the_log_is_shown_by_a_head_kept_elsewhere(sealed):
    kept = [audit.head_from(seal) for seal in AuditSeal.objects.order_by("number")]
    sql("DELETE FROM kernel_auditentry WHERE seal_id = 2")
    sql("DELETE FROM kernel_auditseal WHERE number = 2")
    assert {finding.kind for finding in verify(kept).findings} == {"seal-removed"}


def test_a_seal_whose_root_was_changed_is_named(sealed):
    sql("UPDATE kernel_auditseal SET root = %s WHERE number = 1", sha256(b"").hexdigest())
    assert ("seal-changed", "seal 1") in found()


def test_a_line_that_is_no_head_is_named_by_file_and_line(tmp_path):
    path = tmp_path / "heads.jsonl"
    path.write_text('{"number": 0}\n')
    with pytest.raises(BadInput, match=r"heads\.jsonl:1"):
        read_heads(path)
