"""One application brought in by each channel as people do it, for tests that compare the channels.

On the web the resident writes and sends it. On the phone and on a visit staff do so in an assisted
session for that one service. At a counter a clerk keys it in; by post a clerk keys in the paper
that the resident's QR code names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.test import Client

from madang.access.api import Actor
from madang.cases import application_parts as parts
from madang.cases import draft_papers, drafts
from madang.cases.application_knowing import looked
from madang.cases.application_sending import send, sight
from madang.cases.drafts import Content
from madang.cases.evidence_files import EvidenceFile
from madang.cases.models import Case
from madang.cases.register_feed import Sent, take_in
from madang.kernel import times
from madang.services import api as services
from madang.services.api import Package, written
from madang.services.form_paper import form_of_version
from madang.services.packages.content import Test
from tests.cases.test_evidence_files import jpeg
from tests.identity.residents import actor_of, client_of, resident, staff
from tests.looking import rows

WAYS = ("web", "counter", "phone", "post", "visit")
ASSISTED = ("phone", "visit")
NUMBER = "510302-2345678"
PHOTO = jpeg()
SCAN = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
_KEYS = count(1)


class People:
    """A resident who is registered in Mapo, and a clerk, each in a browser of their own."""

    def __init__(self) -> None:
        self.account = resident("김하늘", number=NUMBER, born=date(1951, 3, 2))
        self.person: str = self.account.person_id
        self.clerk = staff("seo", "clerk")
        self.desk = client_of(self.clerk)
        self._sessions: dict[str, Actor] = {}

    @cached_property
    def resident(self) -> Actor:
        """Return the resident, signed in with two proofs, known in person."""
        return Actor(f"account:{self.account.pk}", "Kim", person=self.person, ial=3, aal=2)

    def at_desk(self) -> Actor:
        """Return the clerk."""
        return actor_of(self.desk)

    def assists(self, service: str, way: str) -> Actor:
        """Return the clerk in an assisted session for a service, agreed to by a sentence."""
        if way not in self._sessions:
            self._sessions[way] = self._begun(service, way)
        return self._sessions[way]

    def _begun(self, service: str, way: str) -> Actor:
        browser = client_of(self.clerk)
        form = {
            "number": NUMBER, "service": service, "minutes": "30", "channel": way,
            "consent": "phrase", "reference": "REC-2026-0001", "key": f"session-{next(_KEYS)}",
        }  # fmt: skip
        wait = browser.post("/counter/assist/", form)
        assert wait.status_code == 302, wait.content.decode()
        begun = browser.post(wait["Location"])
        assert begun["Location"] == f"/apply/{service}/"
        return actor_of(browser)


@dataclass(frozen=True)
class Matter:
    """What somebody applies for: a version of a service, and what people and registers answer."""

    package: Package
    test: Test
    people: People

    @property
    def service(self) -> str:
        return self.package.id

    @property
    def answers(self) -> dict[str, Any]:
        """Return what the applicant answers."""
        asked = self.package.questions
        return {name: plain(value) for name, value in self.test.facts.items() if name in asked}

    @property
    def told_by_office(self) -> dict[str, Any]:
        """Return what only an officer or a paper says."""
        return {
            name: plain(value)
            for name, value in self.test.facts.items()
            if name not in self.package.questions
            and self.package.facts[name].source in ("office", "evidence")
        }

    def tell_registers(self) -> None:
        """Let registers know of the resident what the test says."""
        for fact in self.package.service.facts:
            if fact.source == "register" and fact.id in self.test.facts:
                register, _dot, field = fact.register.partition(".")
                said = Sent(self.people.person, field, plain(self.test.facts[fact.id]), times.now())
                take_in(register, [said], "test")

    def papers(self, only: frozenset[str]) -> list[EvidenceFile]:
        """Return a picture or scan of each of these papers."""
        return [
            EvidenceFile(paper.id, "paper.jpg", PHOTO)
            if "jpg" in paper.types
            else EvidenceFile(paper.id, "paper.pdf", SCAN)
            for paper in self.package.service.evidence
            if paper.id in only
        ]

    def comes_by(self, way: str, *, wants_person: bool) -> tuple[Case, Actor]:
        """Bring it in; return the case, and who acts for the resident from then on."""
        if way in ("counter", "post"):
            return self._keyed(way, wants_person=wants_person), self.people.at_desk()
        actor = self.people.assists(self.service, way) if way in ASSISTED else self.people.resident
        draft = looked(actor, self._draft(actor, way, wants_person=wants_person))
        seen = sight(draft, "ko")
        assert seen.flow.next_open is None, (self.service, seen.flow.next_open)
        for paper in self.papers(frozenset(seen.flow.evidence)):
            draft_papers.add(draft, self.package, paper.evidence, paper.name, paper.data)
        sent = send(actor, seen, channel=parts.channel_of(actor, seen.form))
        return case(sent.number), actor

    def _draft(self, actor: Actor, way: str, *, wants_person: bool) -> drafts.Open:
        content = Content(
            answers=self.answers, may_look=True, wants_person=wants_person, consents=True,
            district=self.package.district,
        )  # fmt: skip
        return drafts.begin(actor, self.service, channel=way, language="ko", content=content)

    def _keyed(self, way: str, *, wants_person: bool) -> Case:
        """Have the clerk key it in; by post, at the address of the QR code on the paper."""
        url = f"/apply/{self.service}/key-in/?district={self.package.district}"
        if way == "post":
            draft = self._draft(self.people.resident, "web", wants_person=wants_person)
            paper = form_of_version(draft.row.package, "ko", self.answers, draft.row.pk)
            address = urlsplit(paper.intake_url)
            url = f"{address.path}?{address.query}"
        fields = self.fields() | {
            "number": NUMBER, "channel": way, "key": f"key-{next(_KEYS)}",
            "look": "yes", "person": "yes" if wants_person else "", "do": "open",
        }  # fmt: skip
        before = set(rows(Case).values_list("pk", flat=True))
        answer = post(self.people.desk, url, fields)
        assert answer.status_code == 200, answer.content.decode()
        return rows(Case).exclude(pk__in=before).get()

    def fields(self) -> dict[str, list[str]]:
        """Return the answers as a form sends them."""
        found: dict[str, list[str]] = {}
        for page, question in self.package.asked():
            value = self.answers.get(question.id)
            if page.repeat is None:
                found |= written(question, value)
            elif isinstance(value, list):
                for item, one in enumerate(value):
                    found |= written(question, one, item)
        return found


def post(client: Client, url: str, fields: Mapping[str, Any]):
    """Send a form as a browser does; what goes wrong in it is raised."""
    return client.post(url, fields)


def case(number: str) -> Case:
    """Return a case by its number."""
    return rows(Case).get(number=number)


def plain(value: Any) -> Any:
    """Return a value of a package's test as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


class Undone(Exception):
    """Ends a branch of a walk, so that what it wrote is taken back."""


def undone(branch: Any) -> None:
    """Run a branch of a walk and take back what it wrote."""
    try:
        with transaction.atomic():
            branch()
            raise Undone
    except Undone:
        return


def best_test(package: Package) -> Test:
    """Return the test of a package that goes the favourable way, by rules where they may."""
    tests = package.tests
    ranked = [one for one in tests if one.expect.decided == "rules"]
    ranked += [one for one in tests if one.expect.outcome == "grant"]
    return (ranked or list(tests))[0]


def in_force(service: str, district: str) -> Package:
    """Return the package of a version in force."""
    return services.current(service, district).package
