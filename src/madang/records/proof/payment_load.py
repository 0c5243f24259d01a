"""Payments in a fresh instance of its own, on SQLite; prints JSON: ``payment_load.py ACT COUNT``.

``journals``: journals of two entries posted one by one. ``journeys``: payments opened, begun, paid
on the simulated gateway's page and taken in by its callbacks. ``uneven``: tries to get books that
do not sum to zero past the database, by every way SQL has; prints how many were let through.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable


def main(act: str, count: int) -> None:
    """Run one act and print its figures."""
    from madang.kernel import orm

    orm.ready()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    acts: dict[str, Callable[[int], dict[str, float]]] = {
        "journals": journals,
        "journeys": journeys,
        "uneven": uneven,
    }
    print(json.dumps(acts[act](count)))  # noqa: T201 - read by the caller


def journals(count: int) -> dict[str, float]:
    """Post journals; return how many a second, and a second of CPU time."""
    from madang.records import ledger
    from madang.records.chart import account

    sides = [(account("bank"), 500), (account("gateway", "sample"), -500)]
    ledger.post(ledger.Booking("first", "proof", "system:proof"), sides)
    cpu, begun = time.process_time(), time.perf_counter()
    for number in range(count):
        ledger.post(ledger.Booking(f"proof-{number}", "proof", "system:proof"), sides)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - begun
    assert not ledger.check().faults
    return {"journals_per_cpu_s": count / cpu, "journals_per_s": count / wall}


def journeys(count: int) -> dict[str, float]:
    """Open, pay and take in payments; return how many a second of CPU time."""
    import msgspec

    from madang.access.api import system_actor
    from madang.records import api, ledger, payments
    from madang.records.gateway_words import take
    from madang.records.gateways import sample
    from madang.records.gateways.base import Word
    from madang.records.gateways.sample_models import SampleCallback

    def one(number: int) -> None:
        intent = api.open_intent(
            payer="00000000-0000-4000-8000-000000000001", amount=600, title="x",
            case=f"C-{number}", service="copy", key=f"k-{number}", by=system_actor("proof"),
        )  # fmt: skip
        sample.pay(payments.begin(intent.id, "ko").strip("/").rpartition("/")[2])
        for body in SampleCallback.objects.filter(body__contains=intent.id):
            take("sample", msgspec.json.decode(body.body, type=Word))
        assert api.intent(intent.id).state == "captured"
        SampleCallback.objects.all().delete()

    one(-1)
    cpu = time.process_time()
    for number in range(count):
        one(number)
    cpu = time.process_time() - cpu
    assert not ledger.check().faults
    return {"journeys_per_cpu_s": count / cpu, "cpu_ms": 1000 * cpu / count}


def uneven(count: int) -> dict[str, float]:
    """Try to unbalance the books by SQL; return how many tries were let through."""
    from django.db import Error, connection, transaction

    from madang.records import ledger
    from madang.records.chart import account

    chance = random.Random(20261123)  # noqa: S311 - the same tries on every machine
    sides = [(account("bank"), 500), (account("gateway", "sample"), -500)]
    for number in range(20):
        ledger.post(ledger.Booking(f"proof-{number}", "proof", "system:proof"), sides)
    let_through = 0
    for _ in range(count):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for sql in chance.choice(_ATTACKS):
                    cursor.execute(sql.replace("7", str(chance.randrange(1, 10**6))))
            let_through += 1
        except Error:
            continue
    assert not ledger.check().faults
    return {"let_through": let_through, "tries": count}


_ENTRY = "INSERT INTO records_entry (journal_id, account_id, amount) VALUES ('x', 'bank', 7)"
_JOURNAL = (
    'INSERT INTO records_journal (id, key, at, kind, currency, about, "case", by)'
    " VALUES ('x', 'x', '2026-11-23', 'proof', 'KRW', '', '', 'system:proof')"
)
# what would leave books that do not sum to zero; x is a journal that is not there yet
_ATTACKS = (
    ("UPDATE records_entry SET amount = amount + 7 WHERE amount > 0",),
    ("DELETE FROM records_entry WHERE amount > 0",),
    (_ENTRY.replace("'x'", "(SELECT MIN(id) FROM records_journal)"),),
    (_ENTRY,),
    (_ENTRY, _JOURNAL),
    (_JOURNAL,),
    (_JOURNAL, _ENTRY),
    ("UPDATE records_entry SET journal_id = 'x' WHERE amount > 0", _JOURNAL),
    ("DELETE FROM records_journal",),
    ("UPDATE records_journal SET currency = 'USD'",),
)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
