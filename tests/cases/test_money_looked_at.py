"""Pages where money is asked for, taken and given back, and one's own page, looked at by a browser.

At 320 and 1440 px, in two languages, by day and in the dark. MADANG_PICTURES names a folder for
pictures.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from madang.cases import case_hand_refunds as refunds
from madang.cases.case_collecting import collect
from madang.cases.models import Case
from madang.records import api as records
from tests.cases.applying import COPY, changed, published
from tests.cases.test_application_browser import empty_the_log
from tests.cases.test_fees import opened as fee_opened
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows
from tests.records.conftest import empty_the_ledger
from tests.staff import joined
from tests.web.browser import BROWSER_TEST, browser_of_module, choose, come_anew, faults, resize

pytestmark = [*BROWSER_TEST, pytest.mark.long]
PICTURES = os.environ.get("MADANG_PICTURES", "")
opened = browser_of_module()


@pytest.fixture
def browser(opened, live_server):
    come_anew(opened, live_server.url)
    return opened


@pytest.fixture
def site(live_server, transactional_db):
    yield live_server.url
    empty_the_log()
    empty_the_ledger()


def looked_at(browser, name: str) -> list[str]:
    found = []
    for width in (320, 1440):
        resize(browser, width)
        found += [f"{name} at {width}: {fault}" for fault in faults(browser)]
        if PICTURES:
            height = browser.execute_script("return document.documentElement.scrollHeight")
            resize(browser, width, height)
            browser.save_screenshot(str(Path(PICTURES) / f"{name}-{width}.png"))
    return found


@pytest.mark.parametrize(
    ("language", "theme"), [("ko", "light"), ("en", "light"), ("ko", "dark"), ("en", "dark")]
)
def test_money_on_the_desks_and_one_s_own_page(browser, site, tmp_path, language, theme):
    old = published()
    changed(tmp_path, ("service.yaml", "version: 1.0.0", "version: 1.0.1"))
    kim = resident("김하늘", number="900101-2000000")
    owner = client_of(kim)
    actor = actor_of(owner)
    han, cho = joined("han", ["officer"]), joined("cho", ["officer"])
    lee, seo = joined("lee", ["treasurer"]), joined("seo", ["clerk"])
    owed = fee_opened(COPY, actor, kim.person_id, "one").number
    nobodys = fee_opened(COPY, actor_of(seo), "", "two").number
    paid = fee_opened(COPY, actor, kim.person_id, "three").number
    intent = rows(Case).get(number=paid).intent
    collect(actor_of(seo), paid, "R-2026-7", "card")
    refunds.ask(actor_of(han), paid, intent=intent, amount="400", reason="등본 한 통을 덜 받음",
                key="k")  # fmt: skip
    pages = {
        "collect": (han, f"/casework/{owed}/"), "collect-nobodys": (han, f"/casework/{nobodys}/"),
        "paid": (han, f"/casework/{paid}/"), "refund-own": (han, f"/casework/{paid}/refund/"),
        "refund": (cho, f"/casework/{paid}/refund/"), "refunds": (cho, "/casework/refunds/"),
        "work": (cho, "/casework/"), "treasurer": (lee, "/operations/payments/"),
        "key-in": (seo, f"/apply/{COPY}/key-in/?version={old[:12]}"),
        "my": (owner, "/my/"), "own-case": (owner, f"/cases/{paid}/"),
        "pay-done": (owner, records.intent(intent).pay_url + "done/"),
        "apply": (owner, f"/apply/{COPY}/"),
    }  # fmt: skip
    wrong = []
    for name, (who, path) in pages.items():
        key = who.cookies["madang"].value
        choose(browser, site, django_language=language, madang_theme=theme, madang=key)
        browser.get(site + path)
        wrong += looked_at(browser, f"{language}-{theme}-{name}")
    if PICTURES:
        receipt = owner.get(records.intent(intent).pay_url + "receipt.pdf", {"lang": language})
        (Path(PICTURES) / f"{language}-receipt.pdf").write_bytes(receipt.content)
    assert not wrong, "\n".join(wrong)
