"""`kill -9` anywhere between gateway and books: nothing is lost, nothing is booked twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
PAYER = Path(__file__).with_name("drill_payer.py")
KILLS = 8

MIGRATE = """
from madang.kernel import orm
orm.ready()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
"""
# what the clock does in the minutes after, and what is there then
AFTER = """
import json
from datetime import timedelta
from madang.kernel import orm, times
orm.ready()
from django.db.models import Count, Sum
from madang.access.api import maintenance
from madang.records import ledger, payment_jobs
from madang.records.chart import account
from madang.records.models import (
    Journal, PaymentIntent, Refund, SampleCharge, SampleMovement, SuspenseItem)
from madang.kernel.models import OutboxEntry
for minutes in (3, 6):
    with times.fixed_clock(times.now() + timedelta(minutes=minutes)):
        payment_jobs.tend()
with maintenance("drill"):
    intents = PaymentIntent.objects
    moved = SampleMovement.objects
    print(json.dumps({
        "faults": ledger.check().faults,
        "paid_there": SampleCharge.objects.filter(state="paid").count(),
        "paid_here": intents.exclude(captured_at=None).count(),
        "unpaid_here": intents.filter(captured_at=None, begun_at__isnull=False).count(),
        "unpaid_there": SampleCharge.objects.exclude(state="paid").count(),
        "refunds_there": moved.filter(kind="refund").count(),
        "refunds_here": Refund.objects.filter(state="done").count(),
        "refunds_open": Refund.objects.exclude(state="done").count(),
        "at_gateway_there": (moved.filter(kind="payment").aggregate(s=Sum("amount"))["s"] or 0)
        - (moved.filter(kind="refund").aggregate(s=Sum("amount"))["s"] or 0),
        "at_gateway_here": ledger.balance(account("gateway", "sample")),
        "suspense": SuspenseItem.objects.count(),
        "captures": Journal.objects.filter(kind="capture").count(),
        "told": OutboxEntry.objects.filter(name="records.payment_captured").count(),
        "told_refunds": OutboxEntry.objects.filter(name="records.payment_refunded").count(),
    }))
"""


def test_killed_anywhere_the_books_agree_with_the_gateway(tmp_path):
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("MADANG_")},
        "DJANGO_SETTINGS_MODULE": "madang.app.settings",
        "MADANG_DATA": str(tmp_path),
    }

    def run(code: str) -> str:
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, env=environment, check=True, timeout=120, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    run(MIGRATE)
    moments = random.Random(20261123)
    for kill in range(KILLS):
        command = [sys.executable, str(PAYER), f"run{kill}"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as payer:
            assert payer.stdout is not None
            assert payer.stdout.readline() == b"ready\n"
            time.sleep(moments.uniform(0.0, 0.4))
            payer.kill()
    found = json.loads(run(AFTER).splitlines()[-1])
    assert found["faults"] == []
    assert found["paid_here"] == found["paid_there"] == found["captures"] == found["told"]
    assert found["paid_here"] >= KILLS
    assert found["unpaid_here"] >= found["unpaid_there"]
    assert found["refunds_here"] == found["refunds_there"] == found["told_refunds"] > 0
    assert (found["refunds_open"], found["suspense"]) == (0, 0)
    assert found["at_gateway_here"] == found["at_gateway_there"]
