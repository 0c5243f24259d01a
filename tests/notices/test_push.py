"""Web push as a browser sees it: encrypted for it, signed by the city, at allowed services."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.test import Client

from madang.notices import endpoints, links
from madang.notices.actions import Manner
from madang.notices.channels import setup
from madang.notices.channels.webpush import Vapid, new_private_key
from madang.notices.errors import InvalidAddress
from madang.notices.models import Contact, SignUp, Subscriber
from tests.looking import rows

from .conftest import MAPO, Browser, go_out, subscribed, told

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_browser_signs_up_confirms_and_reads_the_notice(push_service):
    browser = push_service.browser("kim")
    form = {
        "channel": "push", "subscription": browser.subscription(), "place": MAPO,
        "wish-air-class": "pm25", "level-air-class": "bad", "language": "en",
    }  # fmt: skip
    assert Client().post("/alerts/sign-up/", form).status_code == 200
    go_out("push")
    asked = browser.read(push_service.taken[0].body)
    link = asked["confirm"].removeprefix("http://localhost:8000")
    answer = Client(enforce_csrf_checks=True).post(link)  # as the service worker does
    assert answer.status_code == 302
    assert rows(Subscriber).count() == 1
    told()
    go_out("push")
    pushed = push_service.taken[1]
    message = browser.read(pushed.body)
    assert message["title"] == "Mapo-gu: PM2.5 is now bad"
    assert message["url"] == f"http://localhost:8000/air/{MAPO}/"
    assert message["lang"] == "en"
    assert not message["confirm"]
    assert pushed.headers["Content-Encoding"] == "aes128gcm"
    assert pushed.headers["Urgency"] == "normal"
    assert int(pushed.headers["TTL"]) > 0
    assert len(pushed.headers["Topic"]) <= 32
    told("n2", level="very_bad", earlier_level="bad")
    go_out("push")
    assert push_service.taken[2].headers["Urgency"] == "high"
    assert push_service.taken[2].headers["Topic"] == pushed.headers["Topic"]


def test_only_a_browser_that_shows_its_secrets_is_led_to_its_own_page(push_service):
    me = push_service.browser("kim")
    who = subscribed("push", me.subscription())
    shown = Client().post("/alerts/here/", {"subscription": me.subscription()})
    assert shown["Location"] == links.manage_path(who.key)
    push_service_knows = Browser(me.endpoint)  # the endpoint without the browser's keys
    for text in (push_service_knows.subscription(), push_service.browser("x").subscription(), "{}"):
        refused = Client().post("/alerts/here/", {"subscription": text})
        assert refused["Location"] == "/alerts/sign-up/"
    assert Client().get("/alerts/here/").status_code == 405


def test_a_push_says_its_direction_and_how_to_stop_it(push_service):
    browser = push_service.browser("kim")
    subscribed("push", browser.subscription(), manner=Manner("ar"))
    told()
    go_out("push")
    message = browser.read(push_service.taken[0].body)
    assert (message["lang"], message["dir"]) == ("ar", "rtl")
    path = message["change"]["url"].removeprefix("http://localhost:8000")
    assert Client().get(path).status_code == 200


def test_nobody_else_can_read_it(push_service):
    browser, other = push_service.browser("kim"), push_service.browser("lee")
    subscribed("push", browser.subscription())
    told()
    go_out("push")
    with pytest.raises(http_ece.ECEException):
        other.read(push_service.taken[-1].body)


def test_the_token_is_signed_for_the_push_service_and_its_key_is_the_page_s(push_service):
    subscribed("push", push_service.browser("kim").subscription())
    go_out("push")
    told()
    go_out("push")
    scheme, _space, rest = push_service.taken[-1].headers["Authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert parts["k"] == setup.vapid().public_key
    assert parts["k"] in Client().get("/alerts/sign-up/").content.decode()
    head, claims, signature = parts["t"].split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    said = json.loads(decoded(claims))
    assert said["aud"] == f"http://{push_service.host}"
    raw = decoded(signature)
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
    signed = f"{head}.{claims}".encode()
    key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))


def test_the_example_of_rfc_8291_is_read():
    """Appendix A of the RFC: what our library decrypts is what the standard says."""
    private = int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    body = decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    plain = http_ece.decrypt(
        body,
        private_key=ec.derive_private_key(private, ec.SECP256R1()),
        auth_secret=decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        version="aes128gcm",
    )
    assert plain == b"When I grow up, I want to be a watermelon"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(push_service, status):
    subscribed("push", push_service.browser("kim").subscription())
    push_service.status = lambda _path: status
    notice = told()
    go_out("push")
    assert not rows(Contact).exists()
    assert not rows(Subscriber).exists()
    assert rows(notice.deliveries).get().error.endswith("the subscription is gone")


def test_a_push_service_that_dies_is_tried_later_and_others_go_on(push_service, configured):
    configured(push_test_hosts=f"{push_service.host},127.0.0.1:9")
    subscribed("push", Browser("http://127.0.0.1:9/dead").subscription())
    subscribed("push", push_service.browser("kim").subscription())
    notice = told()
    go_out("push")
    found = rows(notice.deliveries).order_by("pk").values_list("state", "attempts")
    assert list(found) == [("queued", 1), ("sent", 1)]
    push_service.status = lambda _path: 503
    second = told("n2", thread="other")
    go_out("push")
    assert {row.state for row in rows(second.deliveries).all()} == {"queued"}


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://fcm.googleapis.com\\@127.0.0.1/x",
        "https://fcm.googleapis.com /x",
        "",
    ],
)
def test_an_endpoint_elsewhere_is_refused(url):
    with pytest.raises(InvalidAddress):
        endpoints.check_endpoint(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ],
)
def test_the_push_services_of_the_browsers_are_allowed(url):
    endpoints.check_endpoint(url)


def test_test_hosts_do_not_count_in_production(configured):
    configured(mode="production", push_test_hosts="127.0.0.1:9", contact_key="k" * 40)
    with pytest.raises(InvalidAddress):
        endpoints.check_endpoint("http://127.0.0.1:9/x")


def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch):
    monkeypatch.setattr(endpoints, "_looked_up", {})
    inside = [(2, 1, 6, "", ("10.0.0.5", 443))]
    monkeypatch.setattr(endpoints.socket, "getaddrinfo", lambda *_a, **_k: inside)
    with pytest.raises(InvalidAddress):
        endpoints.check_public("https://fcm.googleapis.com/x")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"endpoint": 1}', '{"endpoint": "x", "keys": {"p256dh": "!", '
     '"auth": ""}}'],
)  # fmt: skip
def test_what_is_no_subscription_is_refused(client, text):
    form = {"channel": "push", "subscription": text, "place": MAPO, "wish-air-class": "pm25"}
    assert client.post("/alerts/sign-up/", form).status_code == 422
    assert not rows(SignUp).exists()


def test_a_new_key_is_good_for_signing():
    first, second = Vapid(new_private_key(), "mailto:a@x.org"), Vapid(new_private_key(), "mailto:")
    assert first.public_key != second.public_key
    assert len(decoded(first.public_key)) == 65


def test_the_service_worker_is_served_where_its_scope_is(client):
    answer = client.get("/alerts/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in answer.content
