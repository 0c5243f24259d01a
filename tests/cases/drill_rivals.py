"""Let processes act on the same cases at the same moment; print what came of it as JSON.

Run by test_rivals.py in a process of its own, on a fresh SQLite file or PostgreSQL database.
Workers are forked before a connection is open; those of a round begin at one moment.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import django

django.setup()

import msgspec  # noqa: E402
from django.core.management import call_command  # noqa: E402

from madang.access.api import maintenance  # noqa: E402
from madang.cases import api, case_documents, case_jobs, case_money, queues  # noqa: E402
from madang.cases.api import Asked  # noqa: E402
from madang.cases.models import Case, CaseDecision, CaseDocument, CaseEvent  # noqa: E402
from madang.kernel import times  # noqa: E402
from madang.kernel.errors import MadangError  # noqa: E402
from madang.kernel.events import decode  # noqa: E402
from madang.kernel.models import OutboxEntry  # noqa: E402
from madang.records import api as records  # noqa: E402
from madang.records import fonts, ledger, payment_jobs, payments  # noqa: E402
from madang.records.gateways import sample  # noqa: E402
from madang.records.models import IssuedDocument, Journal, Refund, SuspenseItem  # noqa: E402
from madang.services.api import Timer, Verb  # noqa: E402
from tests.cases.packages import COPY, lent, shipped  # noqa: E402
from tests.cases.people import KIM, officer  # noqa: E402

ROUNDS, WORKERS = 6, 4
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}
HAN, CHO = officer("han"), officer("cho")
LATER = timedelta(days=40)

_copy = shipped(COPY)
PAID = lent()  # its fee is due with the application
FREE = api.lend(replace(_copy, service=msgspec.structs.replace(_copy.service, fees=())), "free")
_lapse = Verb("lapse", "withdraw", ("waiting",), "withdrawn", ("clock",))
TIMED = lent(
    verbs=(*_copy.process.verbs, _lapse),
    timers=(Timer("lapse", "waiting", "20 days", verb="lapse"),),
)


# --- what one of them does ----------------------------------------------------------------------


def opened(key: str, package: str = FREE.hash) -> str:
    made = api.open_case(
        package_hash=package, subject=KIM.person, facts=FACTS, actor=KIM, channel="web", key=key
    )
    return made.number


def act(number: str, verb: str, who: Any, **asked: Any) -> str:
    done = api.act(number, verb, who, Asked(**asked))
    return "again" if done.is_replay else "done"


def many(numbers: list[str], kind: str, who: Any, versions: dict[str, int]) -> str:
    asked = Asked(reasons="어느 쪽입니까?", target="me")
    done = queues.bulk(who, numbers, kind, asked, versions=versions)
    return f"{sum(not one.problem for one in done)} of {len(done)}"


def run_clock() -> str:
    with times.fixed_clock(times.now() + LATER):
        case_jobs.clock()
    return "ran"


def capture(intent: str) -> str:
    records.ask_gateway(intent)
    paid = records.intent(intent)
    if paid.is_paid:
        case_money.take_in(paid.case, intent, paid.amount)
    return "ran"


def issue() -> str:
    case_documents.issue_owed()
    return "ran"


# --- at once ------------------------------------------------------------------------------------


def _at(start: float, what: Callable[[], str]) -> str:
    """Wait for the moment, do it, and say how it ended."""
    while time.monotonic() < start:
        pass
    try:
        return what()
    except MadangError as error:
        return error.code
    except Exception as error:  # the test sees the name of what nobody expects
        return f"{type(error).__name__}: {error}"[:300]


class Workers:
    """Processes that wait for work."""

    def __init__(self) -> None:
        self.pool = multiprocessing.get_context("fork").Pool(WORKERS)

    def at_once(self, *works: Callable[[], str]) -> list[str]:
        """Run each in a process of its own, from one moment on; return how each ended."""
        start = time.monotonic() + 0.02
        asked = [self.pool.apply_async(_at, (start, one)) for one in works]
        return [one.get(60) for one in asked]


def state_of(number: str) -> dict[str, Any]:
    """Return what a case has come to, as far as rounds compare it."""
    with maintenance("drill"):
        case = Case.objects.get(number=number)
        return {
            "state": case.state,
            "assignee": case.assignee,
            "paid": case.paid,
            "merged_into": case.merged_into,
            "events": CaseEvent.objects.filter(case=case).count(),
            "version": case.version,
            "decisions": CaseDecision.objects.filter(case=case).count(),
            "documents": CaseDocument.objects.filter(case=case).count(),
        }


def notices() -> list[tuple[str, str, int]]:
    """Return every notice that is due: case, notice, version."""
    rows = OutboxEntry.objects.filter(name="cases.notice_due").order_by("id")
    found = [decode(row.name, row.payload) for row in rows]
    return [(one.number, one.notice, one.version) for one in found]  # type: ignore[attr-defined]


# --- rounds -------------------------------------------------------------------------------------

Round = tuple[list[str], dict[str, Any]]


def two_decide(workers: Workers, n: int) -> Round:
    """Two officers decide one case from the version that both saw."""
    number = opened(f"decide-{n}")
    ends = workers.at_once(
        partial(act, number, "grant", HAN, expects_version=1),
        partial(act, number, "refuse", CHO, expects_version=1, reasons="등록 없음"),
    )
    return ends, state_of(number)


def two_decide_blindly(workers: Workers, n: int) -> Round:
    """Two programs decide one case and do not say which version they saw."""
    number = opened(f"blind-{n}")
    ends = workers.at_once(
        partial(act, number, "refuse", HAN, reasons="등록 없음"),
        partial(act, number, "grant", CHO),
    )
    return ends, state_of(number)


def withdrawn_while_decided(workers: Workers, n: int) -> Round:
    """The applicant withdraws while an officer grants."""
    number = opened(f"withdraw-{n}")
    ends = workers.at_once(
        partial(act, number, "withdraw", KIM, expects_version=1),
        partial(act, number, "grant", HAN, expects_version=1),
    )
    return ends, state_of(number)


def two_assign(workers: Workers, n: int) -> Round:
    """Four officers take one case on."""
    number = opened(f"assign-{n}")
    ends = workers.at_once(
        *(
            partial(act, number, "assign", officer(f"o{m}"), target="me", expects_version=1)
            for m in range(WORKERS)
        )
    )
    return ends, state_of(number)


def many_against_one(workers: Workers, n: int) -> Round:
    """One officer asks on three cases at once while another one decides the second."""
    numbers = [opened(f"many-{n}-{m}") for m in range(3)]
    ends = workers.at_once(
        partial(many, numbers, "ask", HAN, dict.fromkeys(numbers, 1)),
        partial(act, numbers[1], "grant", CHO, expects_version=1),
    )
    return ends, state_of(numbers[1])


def clock_against_people(workers: Workers, n: int) -> Round:
    """The clock ends a case in two processes while its applicant answers at last."""
    number = opened(f"clock-{n}", TIMED.hash)
    api.act(number, "ask", HAN, Asked(reasons="몇 통입니까?", missing=("copies",)))
    ends = workers.at_once(
        run_clock,
        partial(act, number, "answer", KIM, facts={"copies": 3}, expects_version=2),
        run_clock,
    )
    return ends, state_of(number)


def sent_four_times(workers: Workers, n: int) -> Round:
    """One application arrives four times under one key."""
    ends = workers.at_once(*[partial(opened, f"same-{n}")] * WORKERS)
    assert len(set(ends)) == 1, ends
    return ["one case"], state_of(ends[0])


def pressed_four_times(workers: Workers, n: int) -> Round:
    """One verb arrives four times under one key."""
    number = opened(f"press-{n}")
    ends = workers.at_once(*[partial(act, number, "grant", HAN, key="once")] * WORKERS)
    return ends, state_of(number)


def joined_crosswise(workers: Workers, n: int) -> Round:
    """Two officers join the same two cases, the other way round."""
    one, two = opened(f"join-{n}-1"), opened(f"join-{n}-2")
    ends = workers.at_once(
        partial(act, one, "duplicate", HAN, links=(two,)),
        partial(act, two, "duplicate", CHO, links=(one,)),
    )
    moved = sorted([state_of(one)["state"], state_of(two)["state"]])
    assert moved == ["moved", "received"], (moved, ends)
    return ends, state_of(one)


def paid_while_withdrawn(workers: Workers, n: int) -> Round:
    """A fee arrives in two processes while its applicant withdraws."""
    number = opened(f"fee-{n}", PAID.hash)
    with maintenance("drill"):
        intent = Case.objects.get(number=number).intent
    sample.pay(payments.begin(intent, "ko").strip("/").rpartition("/")[2])
    ends = workers.at_once(
        partial(capture, intent), partial(act, number, "withdraw", KIM), partial(capture, intent)
    )
    case_money.missed_payments()
    payment_jobs.tend()
    found, paid = state_of(number), records.intent(intent)
    with maintenance("drill"):
        found["captured"] = Journal.objects.filter(kind="capture", case=number).count()
        found["given_back"] = list(Refund.objects.filter(intent=intent).values_list("amount"))
        found["suspended"] = SuspenseItem.objects.filter(reference=intent).count()
    found["kept"] = paid.amount - paid.refunded if paid.is_paid else 0
    found["fee"] = paid.amount
    return ends, found


def issued_twice(workers: Workers, n: int) -> Round:
    """Two processes make the paper that a case owes."""
    number = opened(f"paper-{n}")
    api.act(number, "grant", HAN, Asked())
    with maintenance("drill"):  # those of other rounds are none of this one's
        CaseDocument.objects.exclude(case__number=number).filter(code="").update(code="other")
    ends = workers.at_once(issue, issue)
    found = state_of(number)
    with maintenance("drill"):
        found["issued"] = IssuedDocument.objects.filter(case=number).count()
        found["code"] = bool(CaseDocument.objects.get(case__number=number).code)
    return ends, found


SCENES: tuple[Callable[[Workers, int], Round], ...] = (
    two_decide, two_decide_blindly, withdrawn_while_decided, two_assign, many_against_one,
    clock_against_people, sent_four_times, pressed_four_times, joined_crosswise,
    paid_while_withdrawn,
)  # fmt: skip


def main() -> None:
    workers = Workers()  # before the first connection
    call_command("migrate", interactive=False, verbosity=0)
    found: dict[str, list[Round]] = {}
    for scene in SCENES:
        found[scene.__name__] = [scene(workers, n) for n in range(ROUNDS)]
    if fonts.fonts().folder is not None:
        found["issued_twice"] = [issued_twice(workers, n) for n in range(2)]
    verdict = api.verify()
    twice = [one for one, count in Counter(notices()).items() if count > 1]
    json.dump(
        {
            "rounds": found,
            "faults": [str(fault) for fault in verdict.faults],
            "books": [str(fault) for fault in ledger.check().faults],
            "cases": verdict.cases,
            "events": verdict.events,
            "notices_twice": twice,
        },
        sys.stdout,
        ensure_ascii=False,
    )


if __name__ == "__main__":
    main()
