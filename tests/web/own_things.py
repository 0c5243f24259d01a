"""A resident with something in every part of their own page."""

from __future__ import annotations

from datetime import timedelta

from madang.access.api import Actor
from madang.cases import api as cases
from madang.cases import drafts, suggesting
from madang.cases.api import Asked, Booking, Visitor
from madang.identity.account_models import Account
from madang.identity.mandate_entry import Evidence, enter
from madang.identity.mandates import Wish
from madang.kernel import times
from madang.notices import api as notices
from madang.records.models import IssuedDocument
from madang.services import api as services
from tests.cases.applying import OFFICE, SHIPPED
from tests.cases.booking import MAPO, PASSPORT, at
from tests.cases.packages import lent
from tests.cases.people import officer
from tests.identity.residents import COUNTER
from tests.looking import rows

NEAR = ("move-in-report", "resident-parking-permit", "water-bill-name-change")
COPY = "resident-registration-copy"
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}


def actor(account: Account) -> Actor:
    """Return a resident as an actor."""
    return Actor(f"account:{account.pk}", "", person=account.person_id, ial=2, aal=2)


def published() -> None:
    """Bring the services of moving home into force."""
    for name in (COPY, *NEAR):
        services.publish(SHIPPED / name, OFFICE)


def opened(who: Actor, key: str) -> str:
    """Open a case of a copy of the register; return its number."""
    return cases.open_case(
        package_hash=lent().hash, subject=who.person, facts=FACTS, actor=who, channel="web", key=key
    ).number


def paper(person: str, key: str) -> None:
    """Enter a document, without its files."""
    now = times.now()
    rows(IssuedDocument).create(
        code=f"{abs(hash(key)) % 10**16:016d}"[:18], key=key, kind="residence", service=COPY,
        title={"ko": "거주 확인서", "en": "Certificate of residence"}, issuer={}, language="ko",
        subject=person, issued=now, day=now.date(), expires=now.date() + timedelta(days=90),
        state_since=now, digest="0" * 64, status_list=1, status_place=abs(hash(key)) % 10**6,
    )  # fmt: skip


def furnished(account: Account, other: Account) -> dict[str, str]:
    """Give a resident a case that waits with its fee, one withdrawn, a thing of each other kind.

    Return what each is called on the page. `other` gives them a mandate.
    """
    who = actor(account)
    waiting, over = opened(who, f"{who.id}:1"), opened(who, f"{who.id}:2")
    cases.act(waiting, "ask", officer(), Asked(reasons="몇 통이 필요합니까?"))
    cases.act(over, "withdraw", who, Asked())
    drafts.begin(who, COPY, channel="web", language="ko")
    booked = cases.book(
        who, Booking(MAPO, PASSPORT, at(25, 10), Visitor("김하늘", "ko", "account"))
    )
    words = {"ko": notices.Words("처리되었습니다", "보세요."), "en": notices.Words("Done", "See.")}
    notices.tell_person(
        notices.ToPerson(f"told:{who.id}", who.person, f"case:{waiting}", "cases", words)
    )
    paper(who.person, f"paper:{who.id}")
    enter(COUNTER, other.person_id, who.person, Wish("child", ("view", "apply")),
          Evidence("counter"))  # fmt: skip
    suggesting.choose(who, suggesting.Choice(events=("moving",)))
    return {"waiting": waiting, "over": over, "appointment": booked.id}
