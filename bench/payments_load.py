"""Journals of two entries on PostgreSQL, by us and by django-hordak, each in a fresh database.

Run as a program with a Python that has django-hordak: ``payments_load.py URL COUNT``. CPU is the
client's; what the server does is in the journals a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Yield the address of an empty database on the server; it is gone afterwards."""
    import psycopg

    name = f"bench_books_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def ours_on_postgres(server: str, count: int) -> dict[str, float]:
    """Return our figures."""
    with fresh_database(server) as address:
        command = [
            sys.executable,
            "-m",
            "madang.records.proof.payment_load",
            "journals",
            str(count),
        ]
        return _said(command, {"MADANG_DATABASE_URL": address})


def hordak(python: str, server: str, count: int) -> dict[str, float]:
    """Return those of django-hordak, run by a Python that has it."""
    with fresh_database(server) as address:
        return _said([python, __file__, address, str(count)], {})


def _said(command: list[str], more: dict[str, str]) -> dict[str, float]:
    kept = {name: v for name, v in os.environ.items() if not name.startswith("MADANG_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(command, env={**kept, **more}, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(address: str, count: int) -> None:
    """Post journals with django-hordak and print its figures."""
    import django
    from django.conf import settings

    parts = urlsplit(address)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path[1:], "USER": parts.username, "PASSWORD": parts.password or "",
                "HOST": parts.hostname, "PORT": parts.port or 5432,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_CURRENCY="KRW", CURRENCIES=["KRW"], HORDAK_DECIMAL_PLACES=0, USE_TZ=True,
        SECRET_KEY="bench",
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from hordak.models import Account, Leg, Transaction
    from moneyed import Money

    call_command("migrate", interactive=False, verbosity=0)
    bank = Account.objects.create(name="bank", type="AS", currencies=["KRW"], code="1")
    cash = Account.objects.create(name="gateway", type="AS", currencies=["KRW"], code="2")
    amount = Money(500, "KRW")

    def post() -> None:
        with transaction.atomic():
            one = Transaction.objects.create()
            Leg.objects.create(transaction=one, account=bank, debit=amount)
            Leg.objects.create(transaction=one, account=cash, credit=amount)

    post()
    cpu, begun = time.process_time(), time.perf_counter()
    for _ in range(count):
        post()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - begun
    print(json.dumps({"journals_per_cpu_s": count / cpu, "journals_per_s": count / wall}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
