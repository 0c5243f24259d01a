"""The tours of residents: who goes where, and in which state the pages are found."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.test import Client

from madang.identity import api, paper
from madang.identity.links import first_administrator_path
from madang.identity.provider.subjects import subject_of
from tests.identity.keys import account_of, opened, with_address, with_app
from tests.identity.relying import Party
from tests.identity.walk.people import Cast, application
from tests.identity.walk.visits import Visits
from tests.web.browser import arrived, scripts

PASSWORD = "courtyard lantern persimmon"
LEVEL = "urn:madang:ial2:aal2"


def doors(visits: Visits) -> None:
    """Sign in, open an account, get it back, links of all kinds; nobody is signed in."""
    visits.become(None)
    visits.go(first_administrator_path(), "first administrator")
    for path in ("sign-in/", "sign-in/passkey/", "sign-in/code/", "sign-in/paper/", "account/new/",
                 "account/recover/", "kiosk/", "kiosk/bind/x/", "oauth/logout",
                 "oauth/authorize?client_id=nobody"):  # fmt: skip
        visits.go(f"/{path}")
    visits.send("/sign-in/", "wrong password", name="lee", password="wrong")
    visits.send("/sign-in/code/", "code to type", address="kim@example.org")
    visits.send("/sign-in/code/enter/", "wrong code", code="12345678")
    visits.send("/sign-in/paper/", "wrong paper code", number="123", code="1")
    visits.send("/account/recover/", "number that is none", number="12")
    visits.send("/account/recover/", "recover, two things", number="799-273-9874")
    visits.send("/account/recover/show/", "recover, wrong", what="paper", code="1")
    visits.go("/set-password/x/y/", "link that is spent")
    link = api.add_user("lee", ["officer"]).link
    assert link
    visits.go(link, "choose a password")


def own_account(visits: Visits) -> None:
    """One's own account with all that opens it, and each thing that is added or taken away."""
    owner = Client()
    opened(owner)
    number = account_of(owner).pk
    with_app(owner)
    with_address(owner, "haneul.kim.of.mapo.and.beyond@example.org")
    codes = paper.issue(number, by="test")
    visits.become(None)
    visits.take(owner.cookies["madang"].value)
    visits.go("/account/", "account with everything")
    key = visits.browser.find_element("css selector", "main a[href*='/account/keys/']")
    visits.go("/" + key.get_attribute("href").split("/", 3)[3], "one key")
    for path in ("passkeys/add/", "app-codes/add/", "addresses/add/"):
        visits.go(f"/account/{path}")
    visits.send("/account/addresses/add/", "address to confirm", address="kim@example.org")
    visits.send("/account/addresses/confirm/", "wrong code of an address", code="1")
    _asked_back(visits, number, codes)
    visits.become(None)
    visits.take(owner.cookies["madang"].value)
    visits.go("/account/", "account that somebody asks back")


def _asked_back(visits: Visits, account: str, codes: list[str]) -> None:
    from madang.identity import numbers
    from tests.identity.keys import sent_codes

    visits.become(None)
    number = numbers.number_of(account)
    visits.send("/account/recover/", "recover, none yet", number=number)
    visits.send("/account/recover/show/", "recover, one thing", what="paper", code=codes[0])
    visits.send("/account/recover/show/", "recover, code sent", what="email")
    code = sent_codes()[-1][1]
    visits.send("/account/recover/show/", "recover, asked", what="sent", code=code)


def acting(visits: Visits) -> None:
    """Mandates, looks, names and help, before and after something happened."""
    cast = Cast()
    visits.become(cast.kim)
    empty = ("account/", "account/mandates/", "account/looks/", "account/names/",
             "account/assistance/", "account/confirmations/", "account/agreed/", "approve/",
             "account/act-for/over/")  # fmt: skip
    for path in empty:
        visits.go(f"/{path}", f"{path} empty")
    given, code = cast.give_mandates()
    asked = cast.look_at_kim()
    cast.change_that_waits()
    visits.become(cast.kim)
    for path in ("mandates/", "mandates/new/", "mandates/accept/", f"mandates/{given}/end/",
                 "looks/", "names/", "confirmations/"):  # fmt: skip
        visits.go(f"/account/{path}", f"account {path.replace(given, 'one')}")
    visits.go(f"/account/looks/ask/?decision={asked}", "ask about a look")
    visits.send("/account/looks/ask/", "ask nothing", f"/account/looks/ask/?decision={asked}",
                decision=asked)  # fmt: skip
    visits.send("/account/mandates/new/", "mandate without answers")
    visits.send("/account/mandates/new/", "mandate, its code", kind="parent", verbs=["view"])
    visits.send("/account/mandates/accept/", "no such mandate", code="ABCDE12345")
    visits.send("/account/names/", "name of nothing", form="preferred", full="")
    visits.become(cast.mother)
    visits.send("/account/mandates/accept/", "mandate to accept", code=code)
    visits.send("/account/act-for/", "acting for somebody", "/account/mandates/", mandate=given)
    visits.go("/account/looks/", "looks of somebody else")


def helped(visits: Visits) -> None:
    """An assisted session from both sides."""
    cast = Cast()
    wait = cast.ask_to_assist()
    visits.become(cast.clerk)
    visits.go(wait, "assist, waits")
    visits.become(cast.kim)
    visits.go("/account/assistance/", "assistance, asked")
    cast.agree()
    visits.go("/account/assistance/", "assistance, runs")
    visits.become(cast.clerk)
    visits.go(wait, "assist, agreed")
    visits.send(wait, "assisted, at work")
    visits.go("/account/names/", "assisted, names")
    visits.become(cast.kim)
    row = cast.session()
    visits.send("/account/assistance/answer/", "assistance, over", "/account/assistance/",
                session=row)  # fmt: skip
    visits.become(cast.clerk)
    visits.go(wait, "assist, over")


def at_an_application(visits: Visits) -> None:
    """What an application asks of somebody, and what becomes of it."""
    cast, rp = Cast(), application()
    scope = "openid profile birthdate district"
    ask = f"/oauth/authorize?{urlencode(rp.parameters(scope=scope))}"
    visits.become(None)
    visits.go(ask, "sign in for an application")
    visits.become(cast.kim, "pwd")
    sure = rp.parameters(scope=scope, acr_values=LEVEL)
    visits.go(f"/oauth/authorize?{urlencode(sure)}", "one more proof")
    visits.become(cast.kim)
    visits.go(ask, "consent")
    asked = rp.parameters(scope=scope, prompt="select_account")
    visits.go(f"/oauth/authorize?{urlencode(asked)}", "choose account")
    answer = rp.post("/oauth/device", {"scope": "openid profile"})
    code = json.loads(answer.content)["user_code"]
    visits.go("/device/")
    visits.send("/device/", "device, wrong code", code="BBBB-BBBB")
    visits.send("/device/", "device, let in?", code=code)
    visits.send("/device/", "device, let in", code=code, answer="yes")
    again = json.loads(rp.post("/oauth/device", {"scope": "openid"}).content)["user_code"]
    visits.send("/device/", "device, not let in", code=again, answer="no")
    _approve(visits, cast, rp)
    visits.become(cast.kim)
    _led_back(visits, rp, scope)
    visits.go("/account/agreed/", "agreed")
    visits.send("/account/agreed/1/", "agreed no more", "/account/agreed/")
    visits.go(f"/oauth/logout?client_id={rp.client.client_id}", "sign out everywhere?")
    visits.send("/oauth/logout/confirm/", "signed out", "/oauth/logout", answer="yes")


def _approve(visits: Visits, cast: Cast, rp: Party) -> None:
    sub = subject_of(cast.kim.pk, rp.client)
    form = {"scope": "openid profile", "login_hint": sub,
            "binding_message": "마포구청 3번 창구"}  # fmt: skip
    numbers = [json.loads(rp.post("/oauth/backchannel", form).content)["matching_number"]
               for _twice in (1, 2)]  # fmt: skip
    visits.go("/approve/", "approvals wait")
    found = visits.browser.find_element("css selector", "main li a[href*='/approve/']")
    one = "/" + found.get_attribute("href").split("/", 3)[3]
    visits.go(one, "approve")
    visits.send(one, "approved", number=numbers[1])


def _led_back(visits: Visits, rp: Party, scope: str) -> None:
    """The pages that lead on by themselves, held fast; axe itself needs scripts."""
    browser, form_post = visits.browser, rp.parameters(scope=scope, response_mode="form_post")
    browser.get(f"{visits.site}/oauth/authorize?{urlencode(form_post)}")
    scripts(browser, on=False)
    browser.find_element("css selector", "button[value=yes]").click()
    arrived(browser, "form[data-send-at-once]")
    scripts(browser, on=True)
    visits.look("answer by form")
