"""The tours of staff: counters, the privacy officer's desk, administration."""

from __future__ import annotations

from django.test import Client

from madang.identity.provider import clients
from madang.identity.provider_models import Client as Application
from tests.identity.residents import client_of
from tests.identity.walk.people import Cast, applicant, application
from tests.identity.walk.visits import Visits


def counter(visits: Visits) -> None:
    """What a clerk does for somebody."""
    cast = Cast()
    cast.change_that_waits()
    visits.become(cast.clerk)
    for path in ("paper-codes/", "assist/", "mandates/new/", "emergency/", "confirmations/"):
        visits.go(f"/counter/{path}")
    visits.send("/counter/paper-codes/", "sheet of codes", register_number="510302-2345678",
                evidence="resident-card")  # fmt: skip
    visits.send("/counter/paper-codes/", "sheet without a document",
                register_number="510302-2345678")  # fmt: skip
    visits.send("/counter/assist/", "assist without answers")
    visits.send("/counter/mandates/new/", "mandate of a counter without answers")
    visits.send("/counter/emergency/", "emergency without answers", reason="x")
    reason = "집에 불이 났습니다. 그곳에 주민등록이 되어 있는지 확인해야 합니다."
    visits.send("/counter/emergency/", "emergency, open", reason=reason, name="김하늘")
    visits.send("/counter/emergency/", "emergency, nobody", reason=reason, name="박별")
    visits.become(cast.head)
    visits.go("/counter/confirmations/", "second yes")


def privacy(visits: Visits) -> None:
    """What a privacy officer answers and reviews."""
    cast = Cast()
    visits.become(cast.privacy)
    visits.go("/privacy/questions/", "no questions")
    visits.go("/privacy/emergencies/", "no emergencies")
    cast.look_at_kim()
    cast.emergency()
    visits.become(cast.privacy)
    visits.go("/privacy/questions/", "questions")
    visits.send("/privacy/questions/", "question without an answer", question=cast.question())
    visits.go("/privacy/emergencies/", "emergencies")
    found = visits.browser.find_elements("css selector", "main a[href*='/privacy/emergencies/']")
    for one in found[:1]:
        visits.go("/" + one.get_attribute("href").split("/", 3)[3], "one emergency")


def administration(visits: Visits) -> None:
    """Staff, roles, kiosks."""
    cast = Cast()
    visits.become(cast.admin)
    for path in ("staff/", "staff/new/", "staff/kiosks/", "staff/roles/", "staff/yearly/"):
        visits.go(f"/{path}", f"{path} at first")
    cast.roles_that_wait()
    cast.a_year_later()
    visits.become(cast.admin)
    for path in ("staff/", "staff/kiosks/", "staff/roles/", "staff/yearly/"):
        visits.go(f"/{path}", f"{path} later")
    visits.go(f"/staff/one/{cast.clerk.pk}/", "one of the staff")
    visits.send("/staff/new/", "staff without answers")
    visits.send("/staff/new/", "staff, joined", name="jung", role="clerk", department="welfare",
                district="11440")  # fmt: skip
    visits.send("/staff/kiosks/", "kiosk, its link", name="합정동 주민센터")
    visits.send("/staff/kiosks/", "kiosk without a name", name="")
    visits.send(f"/staff/one/{cast.clerk.pk}/", "staff, left", act="leave")


def applications(visits: Visits) -> None:
    """Applications and keys."""
    cast, rp = Cast(), application()
    clients.add_client(applicant(), by="application", state=Application.State.PENDING)
    visits.become(cast.admin)
    one = f"/operations/applications/{rp.client.client_id}/"
    visits.go("/operations/applications/", "applications")
    visits.go(one, "application")
    visits.send(f"{one}secret/", "application, its new secret", one)
    visits.send(one, "application, suspended", state="suspended")
    visits.go("/operations/keys/", "keys")


def kiosk(visits: Visits) -> None:
    """A device that is a kiosk, before and after somebody signed in."""
    cast = Cast()
    page = client_of(cast.admin).post("/staff/kiosks/", {"name": "Library"})
    path = "/" + page.context["link"].split("/", 3)[3]
    device = Client()
    device.post(path)
    visits.become(None)
    visits.keep("madang_kiosk", device.cookies["madang_kiosk"].value)
    visits.go("/kiosk/", "kiosk, nobody there")
    visits.send("/sign-in/", "kiosk, signed in", "/sign-in/?next=/kiosk/", name="lee",
                password="courtyard lantern persimmon")  # fmt: skip
