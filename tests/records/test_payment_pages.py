"""The payer's pages and the treasurer's page, without JavaScript, in Korean and English."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from madang.kernel.config import settings
from madang.records import api, payments, suspense
from madang.records.errors import GatewayDown
from madang.records.gateways import sample
from tests.records.conftest import OFFICER, hear, opened_intent, paid
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def to_the_gateway(client: Client, intent: api.Intent) -> str:
    shown = client.get(intent.pay_url)
    assert re.search("₩10,000|10,000원", text_of(shown))
    return client.post(intent.pay_url)["Location"]


@pytest.mark.parametrize(("language", "words"), [("ko", "납부되었습니다"), ("en", "It is paid")])
def test_a_resident_pays_in_three_taps(client, language, words):
    intent = opened_intent(return_to="/my/cases/C-1/")
    client.cookies["language"] = language
    page = to_the_gateway(client, intent)
    assert client.get(page, headers={"Accept-Language": language}).status_code == 200
    back = client.post(page, {"choice": "pay"}, headers={"Accept-Language": language})
    done = client.get(back["Location"], headers={"Accept-Language": language})
    assert words in text_of(done)
    assert "/my/cases/C-1/" in done.content.decode()
    assert api.intent(intent.id).state == "captured"


def test_the_pages_say_that_the_payment_is_simulated(client):
    intent = opened_intent()
    pages = [intent.pay_url, to_the_gateway(client, intent), intent.pay_url + "done/"]
    for page in pages:
        assert (
            "tag-simulated" in client.get(page, headers={"Accept-Language": "en"}).content.decode()
        )


def test_who_is_declined_may_try_again(client):
    intent = opened_intent()
    page = to_the_gateway(client, intent)
    done = client.get(client.post(page, {"choice": "decline"})["Location"])
    assert intent.pay_url in done.content.decode()
    assert api.intent(intent.id).state == "failed"
    client.post(to_the_gateway(client, intent), {"choice": "pay"})
    client.get(intent.pay_url + "done/")
    assert api.intent(intent.id).state == "captured"


def test_who_leaves_has_paid_nothing(client):
    intent = opened_intent()
    client.get(client.post(to_the_gateway(client, intent), {"choice": "leave"})["Location"])
    assert api.intent(intent.id).state == "created"


def test_what_is_paid_is_not_paid_again(client):
    intent = paid()
    answer = client.post(intent.pay_url)
    assert (answer.status_code, "done" in answer["Location"]) == (302, True)
    page = client.get(f"/simulated-payment/{sample.SampleCharge.objects.get().id}/")
    assert 'value="pay"' not in page.content.decode()
    assert sample.SampleMovement.objects.count() == 1


def test_an_address_that_was_cut_short_opens_nothing(client):
    intent = opened_intent()
    assert client.get(intent.pay_url[:-3] + "/").status_code == 404
    assert client.get(f"/pay/{intent.id}/").status_code == 404
    assert client.get("/simulated-payment/sim_0/").status_code == 404


def test_a_gateway_that_is_down_is_said_to_be(client, monkeypatch):
    intent = opened_intent()

    def down(*_args):
        raise GatewayDown("no answer")

    payments.begin(intent.id, "ko")
    monkeypatch.setattr(sample.SampleGateway, "pay_page", down)
    monkeypatch.setattr(sample.SampleGateway, "said", down)
    assert client.post(intent.pay_url).status_code == 503
    assert client.get(intent.pay_url + "done/").status_code == 200
    assert api.intent(intent.id).state == "created"


def test_the_bank_takes_a_payment_back_on_the_simulated_page(client):
    intent = paid()
    page = f"/simulated-payment/{sample.SampleCharge.objects.get().id}/"
    assert 'value="dispute"' in client.get(page).content.decode()
    client.post(page, {"choice": "dispute"})
    api.ask_gateway(intent.id)
    assert api.intent(intent.id).state == "charged-back"


def test_production_has_no_simulated_gateway(client, monkeypatch):
    intent = opened_intent()
    page = to_the_gateway(client, intent)
    monkeypatch.setattr(type(settings()), "is_production", True)
    assert client.get(page).status_code == 404
    assert client.post(page, {"choice": "pay"}).status_code == 404
    assert client.post(intent.pay_url).status_code == 503


def test_the_treasurer_sees_the_day_and_clears_what_is_open(sent):
    lee = joined("lee", ["treasurer"])
    assert "agree" in text_of(lee.get("/operations/payments/", headers={"Accept-Language": "en"}))
    intent = paid(400_000)
    with sent():
        api.refund(intent.id, 400_000, "issued twice", by=OFFICER, key="r")
    hear("captured", "nobody", 7_000)
    shown = lee.get("/operations/payments/", headers={"Accept-Language": "en"})
    assert "2 things about money are open" in text_of(shown)
    assert "₩400,000" in text_of(shown)
    refund = re.search(r"refund:([0-9a-f-]+)", shown.content.decode())
    assert refund is not None
    with sent():
        lee.post("/operations/payments/", {"what": refund[0], "how": "approve"})
    assert api.intent(intent.id).state == "refunded"
    (item,) = suspense.in_suspense()
    answer = lee.post("/operations/payments/", {"what": f"suspense:{item.id}", "how": "kept"})
    assert answer.status_code == 302
    again = lee.post("/operations/payments/", {"what": f"suspense:{item.id}", "how": "kept"})
    assert (again.status_code, suspense.in_suspense()) == (409, [])
    assert lee.post("/operations/payments/", {"what": "x"}).status_code == 409


@pytest.mark.parametrize("role", ["officer", "clerk", "operator"])
def test_only_the_treasurer_sees_all_payments(role):
    paid()
    assert joined("kim", [role]).get("/operations/payments/").status_code == 403
