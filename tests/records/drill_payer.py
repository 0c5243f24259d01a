"""A process that takes payments in until it is killed; `test_payment_kill` starts it.

It opens payments, pays them at the simulated gateway, asks for refunds, and takes in what the
gateway says, each in the order in which the platform would. It says ``ready`` once it works.
"""

from __future__ import annotations

import itertools
import sys

from madang.kernel import orm

PERSON = "00000000-0000-4000-8000-000000000001"


def main(run: str) -> None:
    orm.ready()
    from madang.access.api import system_actor
    from madang.records import api, payments
    from madang.records.gateways import sample

    drill = system_actor("drill")
    for number in itertools.count():
        intent = api.open_intent(
            payer=PERSON, amount=1000, title="x", case=f"{run}-{number}", service="drill",
            key=f"{run}-{number}", by=drill,
        )  # fmt: skip
        sample.pay(payments.begin(intent.id, "ko").strip("/").rpartition("/")[2])
        api.ask_gateway(intent.id)
        if number % 2:
            api.refund(intent.id, 400, "a drill", by=drill, key=f"{run}-{number}")
        if number == 1:
            print("ready", flush=True)  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(sys.argv[1])
