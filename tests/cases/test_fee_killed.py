"""`kill -9` between the payment and its case: the case learns of it, once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time

import pytest

from tests.cases.drilling import NEEDS_SERVER, ROOT, database

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
DATABASES = [
    "sqlite",
    pytest.param("postgresql", marks=[pytest.mark.external, NEEDS_SERVER]),
]
KILLS = 5
MIGRATE = """
from madang.kernel import orm
orm.ready()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
"""


@pytest.mark.parametrize("kind", DATABASES)
def test_killed_between_payment_and_case_each_case_is_paid_once(kind, tmp_path):
    with database(kind) as address:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("MADANG_")},
            "DJANGO_SETTINGS_MODULE": "madang.app.settings",
            "MADANG_DATA": str(tmp_path),
            "MADANG_DATABASE_URL": address,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        drill = [sys.executable, "-m", "tests.cases.drill_fee"]
        subprocess.run([sys.executable, "-c", MIGRATE], env=environment, check=True, timeout=120)
        moments = random.Random(5)
        for n in range(KILLS):
            command = [*drill, f"run{n}"]
            with subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE
            ) as payer:
                assert payer.stdout is not None
                assert payer.stdout.readline() == b"ready\n"
                time.sleep(moments.uniform(0.0, 0.3))
                payer.kill()
        done = subprocess.run(
            [*drill, "heal"], cwd=ROOT, env=environment, check=True, timeout=120,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["captured"] >= 2 * KILLS
    assert found["captured"] == found["booked"] == found["paid"] == found["told"]
    assert found["paid_wrongly"] == 0
    assert (found["faults"], found["books"]) == ([], [])
