"""Two processes at one queue: no contact goes to two operators."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases.drilling import NEEDS_SERVER, ROOT, database

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
CONTACTS, OPERATORS = 12, 4
_PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from madang.callcentre import contacts
for _ in range(12):
    contacts.hand_over(contacts.open_contact("chat", "ko"), "asked")
"""
_TAKE = """
import json, sys, time
from pathlib import Path
import django; django.setup()
from madang.access.api import Actor
from madang.callcentre import operators
name, folder = sys.argv[1], Path(sys.argv[2])
me = Actor(f"account:{name}", name, frozenset({"clerk"}), aal=2)
operators.be(me, "available", languages=["ko"], at_once=4)
(folder / f"{name}.ready").touch()
while len(list(folder.glob("*.ready"))) < int(sys.argv[3]):
    time.sleep(0.01)
taken = []
for _ in range(6):
    found = operators.take_next(me)
    taken += [found] if found else []
print(json.dumps(taken))
"""


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.external, NEEDS_SERVER])]
)
def test_of_four_operators_in_four_processes_nobody_gets_what_another_has(kind, tmp_path: Path):
    with database(kind) as address:
        environment = {
            **os.environ,
            "MADANG_DATA": str(tmp_path),
            "MADANG_DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "madang.app.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        prepare = f"import django; django.setup()\n{_PREPARE}"
        subprocess.run([sys.executable, "-c", prepare], env=environment, check=True, timeout=200)
        running = [
            subprocess.Popen(
                [sys.executable, "-c", _TAKE, f"o{n}", str(tmp_path), str(OPERATORS)],
                env=environment, stdout=subprocess.PIPE, text=True,
            )
            for n in range(OPERATORS)
        ]  # fmt: skip
        taken = [json.loads(one.communicate(timeout=120)[0].splitlines()[-1]) for one in running]
    everything = [contact for mine in taken for contact in mine]
    assert len(set(everything)) == len(everything) == CONTACTS
    assert max(len(mine) for mine in taken) <= 4
