"""Role x endpoint x object: who gets which answer for their own, another's, a represented one's.

Every page of this room, of access and of notices stands in the matrix; a page that is missing fails
the test, so that whoever adds one says who may open it.
"""

from __future__ import annotations

import pytest
from django.test import Client

from madang.access.api import purpose
from madang.app.api import api as http_api
from madang.identity import looked, people
from madang.identity.assisted_models import AssistedSession
from madang.identity.mandate_entry import Evidence, enter
from madang.identity.mandates import Wish
from madang.identity.people import KEEP_PEOPLE
from madang.identity.person_models import Person
from madang.kernel.registry import Page, registry
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
ROLES = ("administrator", "operator", "officer", "clerk", "department-head", "treasurer",
         "reviewer", "privacy-officer")  # fmt: skip
WHO = ("visitor", "resident", "weak", "weak-officer", "representative", "assisted", *ROLES)
# the route lets an administrator pass, the guard has no policy that opens the data behind it
NOT_ADMINISTRATORS = {
    "call-backs/",
    "operations/notices/",
    "operations/notices/recorded/",
    "counter/known/",
}
PRIVATE = ("account/", "counter/", "staff/", "privacy/", "operations/", "my/", "suggestions/")


@pytest.fixture
def kim(db):
    return resident("김하늘", number="510302-2345678")


@pytest.fixture
def browsers(kim) -> dict[str, Client]:
    """Return a browser for everybody in the matrix."""
    found = {role: client_of(staff(role, role)) for role in ROLES}
    mother = resident("이봄")
    one = enter(COUNTER, kim.person_id, mother.person_id,
                Wish("child", ("view", "apply")), Evidence("counter"))  # fmt: skip
    found["visitor"] = Client()
    found["resident"] = client_of(resident("박별"))
    found["weak"] = client_of(resident("최달"), "otp")
    found["weak-officer"] = client_of(staff("weak", "officer"), "pwd")
    found["representative"] = client_of(mother)
    found["representative"].post("/account/act-for/", {"mandate": one})
    found["assisted"] = client_of(staff("helper", "clerk"))
    form = {"number": "510302-2345678", "service": "looks", "minutes": "9",
            "channel": "counter", "consent": "signature", "reference": "ab" * 32}  # fmt: skip
    wait = found["assisted"].post("/counter/assist/", form)["Location"]
    found["assisted"].post(wait)
    return found


def expected(page: Page, who: str) -> str:
    """Return what the page's own decision promises, worked out here by hand once more."""
    kind, *proofs = page.access.split("+")
    if kind in ("public", "key"):
        return "open"
    if who == "visitor":
        return "sign in"
    if who in ("representative", "assisted") and "represented" not in proofs:
        return "refused"
    if kind.startswith("role:"):
        wanted = set(kind.removeprefix("role:").split(","))
        proofs.append("aal2")  # whatever else it asks for
        passes = who.removeprefix("weak-") in wanted or (
            who == "administrator" and wanted != {"privacy-officer"}
        )
        if not passes:
            return "refused"
    if who == "administrator" and page.path in NOT_ADMINISTRATORS:
        return "refused"
    return "step up" if who.startswith("weak") and "aal2" in proofs else "open"


def answered(browser: Client, path: str) -> str:
    found = browser.get(path, headers={"accept": "text/html"})
    if found.status_code == 302 and found["Location"].startswith("/sign-in/?"):
        return "step up" if "acr=" in found["Location"] else "sign in"
    return "refused" if found.status_code == 403 else "open"


def pages() -> list[Page]:
    """Return the pages of identity, access and notices that can be opened without an object."""
    rooms = [page for room in ("identity", "access", "notices")
             for page in registry().offers(Page, room)]  # fmt: skip
    rooms += [page for page in registry().offers(Page, "web") if page.path.startswith(PRIVATE)]
    return [page for page in rooms if "<" not in page.path and not page.path.startswith("^")]


@pytest.mark.parametrize("who", WHO)
def test_each_page_opens_to_whom_its_decision_names(browsers, who):
    wrong = {}
    for page in pages():
        if page.name in {"sign-out", "act-for"}:
            continue  # they end what the others are measured in
        found, wanted = answered(browsers[who], f"/{page.path}"), expected(page, who)
        if found != wanted:
            wrong[page.path] = (found, wanted)
    assert not wrong


def test_nothing_private_is_public():
    open_to_all = {
        page.path
        for page in registry().offers(Page)
        if page.path.startswith(PRIVATE) and page.access in ("public", "key")
    }
    # opening and getting back an account, and what the house says of privacy
    assert open_to_all == {
        "account/new/", "account/recover/", "account/recover/show/", "privacy/",
    }  # fmt: skip


def test_what_is_open_to_representatives_is_a_short_list():
    """Who acts for another is shut out by default: whoever opens a page to them says so here."""
    assert {page.path for page in registry().offers(Page) if "+represented" in page.access} == {
        "account/act-for/", "account/looks/", "account/looks/ask/", "account/names/",
        "sign-in/app-code/", "appointments/mine/", "messages/", "messages/<str:message>/",
        "cases/", "cases/<str:number>/", "cases/<str:number>/answer/",
        "cases/<str:number>/papers/<uuid:file>/",
        "cases/<str:number>/papers/<uuid:file>/picture.png",
        "my/", "my/<slug:part>/",
        "documents/<uuid:document>/paper.pdf", "documents/<uuid:document>/credential",
        *(f"appointments/one/<str:appointment>/{page}"
          for page in ("", "move/", "cancel/", "appointment.ics")),
    }  # fmt: skip


@pytest.mark.parametrize("room", ["identity", "access", "notices"])
def test_api_operations_open_without_a_session_are_a_short_list(room):
    here = f"madang.{room}."
    found = {
        f"{sorted(operation.methods)[0]} {prefix.strip('/')}{path}"
        for prefix, router in http_api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        if not operation.auth_callbacks and operation.view_func.__module__.startswith(here)
    }
    assert found <= {"GET notices/alerts", "GET notices/alerts/{identifier}.xml"}


# --- objects: one's own, another's, a represented person's


@pytest.fixture
def objects(kim, browsers) -> dict[str, str]:
    """Return ids of things that are Kim's: a mandate, an assisted session, a look."""
    with purpose(actor_of(browsers["clerk"]), KEEP_PEOPLE):
        Person.objects.get(pk=kim.person_id)
    helper = resident("정해")
    mandate = enter(COUNTER, kim.person_id, helper.person_id, Wish("parent", ("view",)),
                    Evidence("counter"))  # fmt: skip
    own_key = people.add_resident(people.person_with(kim.person_id, by=COUNTER), by=COUNTER)
    return {
        "mandate": mandate,
        "assisted": rows(AssistedSession).get().pk,
        "decision": looked.looks(kim.person_id)[0].look.decision,
        "account": own_key.pk,
    }


OBJECTS = {
    # (page, who) -> status; Kim owns every object
    ("/account/mandates/{mandate}/end/", "owner"): 200,
    ("/account/mandates/{mandate}/end/", "resident"): 409,
    ("/account/mandates/{mandate}/end/", "representative"): 403,
    ("/account/mandates/{mandate}/end/", "assisted"): 403,
    ("/account/mandates/{mandate}/end/", "clerk"): 409,
    ("/account/mandates/{mandate}/end/", "visitor"): 302,
    ("/account/looks/ask/?decision={decision}", "owner"): 200,
    ("/account/looks/ask/?decision={decision}", "resident"): 302,  # back to one's own list
    ("/account/looks/ask/?decision={decision}", "representative"): 200,
    ("/account/looks/ask/?decision={decision}", "assisted"): 200,
    ("/account/looks/ask/?decision={decision}", "visitor"): 302,
    ("/counter/assist/{assisted}/", "owner"): 403,
    ("/counter/assist/{assisted}/", "clerk"): 409,  # another clerk's
    ("/counter/assist/{assisted}/", "administrator"): 409,
    ("/counter/assist/{assisted}/", "resident"): 403,
    ("/staff/one/{account}/", "administrator"): 404,  # residents are nobody's staff
    ("/staff/one/{account}/", "clerk"): 403,
    ("/staff/one/{account}/", "owner"): 403,
}


@pytest.mark.parametrize(("path", "who"), OBJECTS)
def test_each_object_opens_to_whose_it_is(kim, browsers, objects, path, who):
    browser = client_of(kim) if who == "owner" else browsers[who]
    assert browser.get(path.format(**objects)).status_code == OBJECTS[path, who]


@pytest.mark.parametrize(
    ("who", "sees"), [("owner", True), ("representative", True), ("assisted", True),
                      ("resident", False), ("clerk", False), ("privacy-officer", False)],
)  # fmt: skip
@pytest.mark.usefixtures("objects")
def test_looks_are_shown_to_the_person_and_who_acts_for_them(kim, browsers, who, sees):
    browser = client_of(kim) if who == "owner" else browsers[who]
    page = browser.get("/account/looks/?lang=en").content.decode()
    assert ("Keep the record of people" in page) is sees


@pytest.mark.parametrize("who", [one for one in WHO if one != "visitor"])
def test_nobody_answers_or_confirms_for_somebody_else(kim, browsers, objects, who):
    sent = {"session": objects["assisted"], "number": "11"}
    found = browsers[who].post("/account/assistance/answer/", sent)
    assert found.status_code in (302, 403)
    assert rows(AssistedSession).get().ended is None
