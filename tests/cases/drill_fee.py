"""Take fees in for cases until it is killed; `test_fee_killed` starts it and counts afterwards.

A case is opened, its fee paid at the simulated gateway, the payment booked, and the case told of
it: the last two are transactions of their own, and the kill comes between them as well. It says
``ready`` once it works. With ``heal`` it does what the clock does in the minutes after, and prints
what is there.
"""

from __future__ import annotations

import itertools
import json
import sys
from datetime import timedelta

from madang.kernel import orm, times


def main(run: str) -> None:
    orm.ready()
    from madang.access.api import maintenance
    from madang.cases import api, case_money
    from madang.cases.models import Case
    from madang.records import api as records
    from madang.records import payments
    from madang.records.gateways import sample
    from tests.cases.packages import lent
    from tests.cases.people import KIM

    facts = {"copy_kind": "household", "copies": 2, "show_numbers": False}
    for n in itertools.count():
        number = api.open_case(
            package_hash=lent().hash, subject=KIM.person, facts=facts, actor=KIM, channel="web",
            key=f"{run}-{n}",
        ).number  # fmt: skip
        with maintenance("drill"):
            intent = Case.objects.get(number=number).intent
        sample.pay(payments.begin(intent, "ko").strip("/").rpartition("/")[2])
        records.ask_gateway(intent)  # booked, and announced in the same transaction
        if n == 1:
            print("ready", flush=True)  # noqa: T201 - read by the test
        case_money.take_in(number, intent, records.intent(intent).amount)


def heal() -> None:
    orm.ready()
    from madang.access.api import maintenance
    from madang.cases import api, case_money
    from madang.cases.models import Case, CaseEvent
    from madang.records import ledger, payment_jobs
    from madang.records.models import Journal, PaymentIntent
    from tests.cases.packages import lent

    lent()
    with maintenance("drill"):
        captured = PaymentIntent.objects.exclude(captured_at=None).count()
        before = Case.objects.filter(paid__gt=0).count()
    for minutes in (3, 6, 70):  # what was begun is asked about again; twice changes nothing
        with times.fixed_clock(times.now() + timedelta(minutes=minutes)):
            payment_jobs.tend()
            case_money.missed_payments()
    verdict = api.verify()
    with maintenance("drill"):
        paid = Case.objects.filter(paid__gt=0)
        print(json.dumps({  # noqa: T201 - read by the test
            "captured_before": captured,
            "paid_before": before,
            "captured": PaymentIntent.objects.exclude(captured_at=None).count(),
            "booked": Journal.objects.filter(kind="capture").count(),
            "paid": paid.count(),
            "paid_wrongly": sum(one.paid != one.fee for one in paid),
            "told": CaseEvent.objects.filter(kind="pay").count(),
            "faults": [str(one) for one in verdict.faults],
            "books": [str(one) for one in ledger.check().faults],
        }))  # fmt: skip


if __name__ == "__main__":
    heal() if sys.argv[1] == "heal" else main(sys.argv[1])
