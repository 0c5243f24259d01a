"""Who walks the pages: residents, staff, an application, and what lies between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from madang.access.api import purpose
from madang.identity import assisted, kiosks, looked, mandates, staff
from madang.identity.account_models import Account, StaffGrant
from madang.identity.assisted_models import AssistedSession
from madang.identity.mandates import Wish
from madang.identity.people import KEEP_PEOPLE
from madang.identity.person_models import Person
from madang.identity.provider.clients import Application
from madang.identity.provider.discovery import GRANT_TYPES
from madang.identity.staff import Post
from madang.identity.staff_models import LookQuestion
from madang.kernel import times
from tests.identity.relying import Party, party
from tests.identity.residents import actor_of, client_of, resident
from tests.identity.residents import staff as member
from tests.looking import rows

LONG = "https://courts.mapo.example/sign-in/back/from/the/account/of/the/city"


@dataclass
class Cast:
    """The people of one walk."""

    kim: Account = field(default_factory=lambda: resident(
        "김하늘", number="510302-2345678", latin="KIM Haneul"))  # fmt: skip
    mother: Account = field(default_factory=lambda: resident(
        "이봄", number="300101-2345678", born=date(1950, 1, 1), latin="LEE Bom"))  # fmt: skip
    clerk: Account = field(default_factory=lambda: member("lee", "clerk"))
    head: Account = field(default_factory=lambda: member("park", "department-head"))
    privacy: Account = field(default_factory=lambda: member("choi", "privacy-officer"))
    admin: Account = field(default_factory=lambda: member("admin", "administrator"))
    second: Account = field(default_factory=lambda: member("second", "administrator"))

    def give_mandates(self) -> tuple[str, str]:
        """Let the mother act for Kim, Kim for her; return the mandate and the code of an offer."""
        mine, hers = actor_of(client_of(self.kim)), actor_of(client_of(self.mother))
        verbs = ("view", "apply", "sign")
        given = mandates.accept(hers, mandates.offer(mine, Wish("parent", verbs)))
        mandates.accept(mine, mandates.offer(hers, Wish("parent", ("view",))))
        ended = mandates.accept(hers, mandates.offer(mine, Wish("parent", ("view",))))
        mandates.revoke(mine, ended)
        return given, mandates.offer(mine, Wish("parent", ("view", "apply")))

    def look_at_kim(self) -> str:
        """Let the clerk see Kim's record and Kim ask why; return the look's number."""
        with purpose(actor_of(client_of(self.clerk)), KEEP_PEOPLE, case="C-2026-17"):
            Person.objects.get(pk=self.kim.person_id)
        decision = looked.looks(self.kim.person_id)[0].look.decision
        with purpose(actor_of(client_of(self.clerk)), KEEP_PEOPLE, case="C-2026-18"):
            Person.objects.get(pk=self.kim.person_id)
        me = actor_of(client_of(self.kim))
        looked.ask(me, decision, "왜 3월에 제 기록을 보았습니까?")
        return looked.looks(self.kim.person_id)[0].look.decision

    def question(self) -> str:
        """Return the number of the question that waits."""
        return str(rows(LookQuestion).get().pk)

    def a_year_later(self) -> None:
        """Let the clerk's role be a year old."""
        past = times.now() - timedelta(days=400)
        StaffGrant.objects.filter(account=self.clerk.pk).update(since=past, confirmed=past)

    def ask_to_assist(self, **more: str) -> str:
        """Let the clerk ask for an assisted session; return the page on which the clerk waits."""
        form = {"number": "510302-2345678", "service": "names", "minutes": "15",
                "channel": "counter", "consent": "own-device"} | more  # fmt: skip
        answer = client_of(self.clerk).post("/counter/assist/", form)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    def agree(self) -> None:
        """Let Kim agree to the session that waits."""
        row = next(iter(rows(AssistedSession).filter(ended__isnull=True)))
        assisted.agree(actor_of(client_of(self.kim)), row.pk, row.number)

    def session(self) -> str:
        """Return the number of the assisted session that is open."""
        return str(next(iter(rows(AssistedSession).filter(ended__isnull=True))).pk)

    def change_that_waits(self) -> None:
        """Let the clerk, acting for Kim, ask for a change that needs a second yes."""
        browser = client_of(self.clerk)
        form = {"number": "510302-2345678", "service": "names", "minutes": "15",
                "channel": "counter", "consent": "signature", "reference": "ab" * 32}  # fmt: skip
        browser.post(browser.post("/counter/assist/", form)["Location"])
        browser.post("/account/names/", {"form": "preferred", "full": "하늘이", "key": "p-1"})
        browser.post("/account/act-for/")

    def roles_that_wait(self) -> None:
        """Let two administrators each ask for a role that needs the other."""
        first, other = actor_of(client_of(self.admin)), actor_of(client_of(self.second))
        staff.grant(
            first, self.clerk.pk, Post("privacy-officer"), reason="휴가 기간 동안 대신합니다."
        )
        staff.grant(other, self.head.pk, Post("administrator"), reason="Cover in May")
        kiosks.add_kiosk(first, "마포구청 1층 민원실", "11440")

    def emergency(self) -> None:
        """Let the clerk open Kim's record in an emergency."""
        reason = "집에 불이 났습니다. 그곳에 주민등록이 되어 있는지 확인해야 합니다."
        client_of(self.clerk).post("/counter/emergency/", {"name": "김하늘", "reason": reason})


def application() -> Party:
    """Return an approved application that asks for consent."""
    callback = "https://courts.mapo.example/cb"
    return party(
        name="마포 체육시설 예약", asks_consent=True, redirect_uris=(callback, LONG),
        purpose="체육시설을 예약하고 요금을 정산하기 위해 필요합니다.",
        legal_basis="개인정보 보호법 제15조 제1항 제1호", contacts=("courts@mapo.example",),
        post_logout_redirect_uris=(callback,), grant_types=GRANT_TYPES,
    )  # fmt: skip


def applicant() -> Application:
    """Return an application that asks by itself and waits for a decision."""
    return Application(
        name="Library of Mapo and of all the villages around it", redirect_uris=(LONG,),
        scopes=("openid", "profile"), purpose="To lend you books.",
    )  # fmt: skip
