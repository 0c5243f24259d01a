from __future__ import annotations

from datetime import UTC, datetime

import pytest

from madang.access.api import maintenance
from madang.identity import api as identity
from madang.kernel import audit, jobs, record_dump
from madang.kernel.audit_check import verify
from madang.kernel.errors import BadInput
from madang.kernel.models import AuditEntry, ParkedMessage

pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dumped(tmp_path):
    """Return a dump of a record with texts, bytes, times to the microsecond, JSON and links."""
    identity.add_user("kim", ["officer"])
    audit.record("user:1", "air.approve", "measure:1", detail={"사유": "미세먼지", "v": 1.5})
    audit.seal_audit()
    jobs.run_schedule.enqueue(7)
    ParkedMessage.objects.create(
        consumer="c",
        subject="s",
        seq=2**40,
        headers={"a": [1, None]},
        data=bytes(range(256)),
        attempts=1,
        error="line\nline",
        parked_at=datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=UTC),
    )
    path = tmp_path / "record.jsonl"
    record_dump.dump(path)
    return path


@maintenance("test")
def rows() -> dict[str, list[tuple]]:
    return {
        model._meta.label_lower: [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in model._base_manager.order_by("pk").values_list()
        ]
        for model in record_dump.tables()
    }


def test_every_row_comes_back_as_it_was(dumped):
    before = rows()
    identity.add_user("stranger", ["officer"])
    ParkedMessage.objects.update(data=b"")
    record_dump.load(dumped)
    assert rows() == before
    assert verify([]).ok


def test_new_rows_take_new_keys_after_a_load(dumped):
    before = AuditEntry.objects.count()
    record_dump.load(dumped)
    known = set(ParkedMessage.objects.values_list("pk", flat=True))
    row = ParkedMessage.objects.get()
    row.pk = None
    row.save(force_insert=True)
    assert row.pk not in known
    audit.record("user:1", "air.lift", "measure:1")
    assert AuditEntry.objects.count() == before + 1


def test_a_dump_that_does_not_fit_changes_nothing(dumped):
    before = rows()
    with dumped.open("ab") as file:
        file.write(b'{"model": "nobody.knows", "columns": ["id"]}\n')
    with pytest.raises(BadInput, match="no table of ours"):
        record_dump.load(dumped)
    assert rows() == before
