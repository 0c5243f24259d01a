"""CPU time and questions to the database of a resident's own page.

    python -m bench.my_load [--visits 200]

Five cases (one waits for an answer), an application begun, an appointment, five messages, a fee,
services suggested for a life event; all of Seoul's services are in force.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from typing import Any

SERVICE = "resident-registration-copy"
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}
EACH = 5


def main() -> None:
    """Print the figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--visits", type=int, default=200)
    count = options.parse_args().visits
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MADANG_DATA"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
        print(json.dumps(measured(count), indent=2))


def measured(count: int) -> dict[str, dict[str, float]]:
    """Return CPU ms and questions of a visit, the middle of three rounds of `count`."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from madang.app.instance import publish_services

    call_command("migrate", verbosity=0)
    publish_services()
    client = Client(headers={"host": "localhost"})
    furnish(client)
    return {
        "page, something in every part": visited(client, "/my/", count),
        "page, easy words": visited(client, "/my/?display=easy", count),
        "the same over HTTP": visited(client, "/api/v1/my", count),
    }


def visited(client: Any, path: str, count: int) -> dict[str, float]:
    """Return what one visit costs."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def visit() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.content[:500]

    for _n in range(10):
        visit()
    rounds = []
    for _round in range(3):
        begun = time.process_time()
        for _n in range(count):
            visit()
        rounds.append((time.process_time() - begun) / count * 1000)
    with CaptureQueriesContext(connection) as asked:
        visit()
    return {"cpu_ms": round(sorted(rounds)[1], 2), "queries": len(asked)}


def furnish(client: Any) -> None:
    """Sign a resident in who has something in every part that needs no paper."""
    from datetime import date, timedelta

    from madang.access.api import Actor, system_actor
    from madang.cases import api as cases
    from madang.cases import drafts, suggesting
    from madang.city.api import profile
    from madang.identity import people
    from madang.identity.people import NameForm, Particulars
    from madang.notices import api as notices
    from madang.records import api as records
    from madang.services import api as services

    counter = system_actor("command-line")
    names = (NameForm("registered", "김하늘"),)
    person = people.add_person(
        Particulars(names, born=date(1980, 5, 1), district="11440"), by=counter
    )
    people.proof(person, 2, "counter", by=counter)
    account = people.add_resident(person, by=counter)
    sign_in(client, account)
    who = Actor(f"account:{account.pk}", person=str(account.person_id), ial=2, aal=2)
    officer = Actor("account:officer", roles=frozenset({"officer"}), ial=2, aal=2)
    package = services.current(SERVICE).hash
    for number in range(EACH):
        opened = cases.open_case(
            package_hash=package, subject=who.person, facts=FACTS, actor=who, channel="web",
            key=f"case {number}", wants_person=True,
        )  # fmt: skip
        words = {"ko": notices.Words("접수되었습니다", "나의 서울에서 보세요.")}
        told = notices.ToPerson(f"told {number}", who.person, "case:1", "cases", words)
        notices.tell_person(told)
    cases.act(opened.number, "ask", officer, cases.Asked(reasons="몇 통이 필요합니까?"))
    drafts.begin(who, SERVICE, channel="web", language="ko")
    today = profile().today()
    free = cases.free_slots("11440", "passport", today, today + timedelta(days=14))
    visitor = cases.Visitor("김하늘", "ko", "account")
    cases.book(who, cases.Booking("11440", "passport", free[0].start, visitor))
    records.open_intent(
        payer=who.person, amount=600, title="수수료", case=opened.number, service=SERVICE,
        key="fee", by=counter,
    )  # fmt: skip
    suggesting.choose(who, suggesting.Choice(from_cases=True, events=("moving",)))


def sign_in(client: Any, account: Any) -> None:
    """Open a session of this account in the client."""
    from django.test import RequestFactory

    from madang.identity import ceremony, sessions
    from madang.identity.session_store import SessionStore
    from madang.identity.sessions import Proof

    request = RequestFactory().get("/")
    request.session = SessionStore()
    sessions.open_session(request, ceremony.opening_of(account), [Proof("passkey")])
    client.cookies["madang"] = request.session.session_key


if __name__ == "__main__":
    main()
