"""The four approval providers, against a broker that keeps to the published rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from madang.identity.approvals.barocert import Barocert
from madang.identity.approvals.base import ProviderDown, ProviderRefused
from madang.identity.approvals.kakao import Kakao
from madang.identity.approvals.naver import Naver
from madang.identity.approvals.pass_ import Pass
from madang.identity.approvals.toss import Toss
from madang.identity.engine.approvals import Asked, State, carries, differences, verify_until
from madang.kernel import times
from tests.identity.fake_broker import CI, CLIENT_CODE, LINK_ID, SECRET, Broker

ALL = [Kakao, Naver, Pass, Toss]
ASKED = Asked("홍길동", date(1970, 1, 1), "01012345678", "q2Zt6p6sUeQd0xkq5m8J0w", "서울시 로그인")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **how: float) -> None:
        self.at += timedelta(**how)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(times, "now", clock)
    return clock


@pytest.fixture
def broker(clock):
    return Broker(clock)


def wire(broker, **how):
    transport = how.pop("transport", None) or httpx.WSGITransport(broker)
    return Barocert(LINK_ID, how.pop("secret", SECRET), CLIENT_CODE, transport=transport)


@pytest.fixture(params=ALL, ids=lambda provider: provider.id)
def provider(request, broker):
    return request.param(wire(broker), "02-120")


def test_request_state_and_verify_lead_to_what_was_signed(provider, broker):
    receipt = provider.request(ASKED)
    assert provider.progress(receipt.id).state is State.WAITING
    broker.sign(receipt.id)
    progress = provider.progress(receipt.id)
    assert progress.state is State.SIGNED and progress.signed == broker.now()
    confirmed = provider.verify(receipt.id, ASKED)
    assert confirmed.ci == CI and confirmed.born == ASKED.born
    assert differences(ASKED, receipt.id, confirmed, signs_token=provider.signs_token) == []


@pytest.mark.asvs("6.5.1")
def test_verify_works_once(provider, broker):
    receipt = provider.request(ASKED).id
    broker.sign(receipt)
    provider.verify(receipt, ASKED)
    with pytest.raises(ProviderRefused):
        provider.verify(receipt, ASKED)


def test_what_was_not_signed_cannot_be_verified(provider):
    receipt = provider.request(ASKED).id
    with pytest.raises(ProviderRefused):
        provider.verify(receipt, ASKED)


def test_a_refusal_on_the_phone_and_the_end_of_its_time_are_told_apart(provider, broker, clock):
    refused, left = provider.request(ASKED).id, provider.request(ASKED).id
    broker.refuse(refused)
    clock.pass_by(seconds=301)
    assert provider.progress(refused).state is State.REFUSED
    assert provider.progress(left).state is State.EXPIRED


@pytest.mark.parametrize("kind", [Kakao, Naver, Toss])
def test_verify_ends_ten_minutes_after_the_signature(kind, broker, clock):
    provider = kind(wire(broker), "02-120")
    receipt = provider.request(ASKED).id
    clock.pass_by(minutes=4)
    broker.sign(receipt)
    clock.pass_by(minutes=10, seconds=1)
    assert verify_until(provider.progress(receipt).signed, clock() - timedelta(minutes=14),
                        same_day=False) == clock() - timedelta(seconds=1)  # fmt: skip
    with pytest.raises(ProviderRefused):
        provider.verify(receipt, ASKED)


def test_pass_is_over_at_midnight_in_seoul(broker, clock):
    provider = Pass(wire(broker), "02-120")
    clock.at = datetime(2026, 11, 22, 14, 58, tzinfo=UTC)
    receipt = provider.request(ASKED).id
    broker.sign(receipt)
    clock.pass_by(minutes=2)
    with pytest.raises(ProviderRefused):
        provider.progress(receipt)
    with pytest.raises(ProviderRefused):
        provider.verify(receipt, ASKED)
    limit = verify_until(datetime(2026, 11, 22, 14, 58, tzinfo=UTC),
                         datetime(2026, 11, 22, 14, 58, tzinfo=UTC), same_day=True)  # fmt: skip
    assert limit == datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)


def test_pass_wants_the_same_person_again(broker):
    provider = Pass(wire(broker), "02-120")
    receipt = provider.request(ASKED).id
    broker.sign(receipt)
    with pytest.raises(ProviderRefused):
        provider.verify(receipt, replace(ASKED, phone="01099999999"))


def test_nobody_of_that_number_is_a_refusal_not_a_fault(provider):
    with pytest.raises(ProviderRefused) as refused:
        provider.request(replace(ASKED, phone="01000000000"))
    assert refused.value.provider_code == "-23000101"


@pytest.mark.asvs("6.8.2")
@pytest.mark.parametrize(
    ("swap", "found"),
    [
        ({"receiverName": "강감찬"}, ["name"]),
        ({"receiverYear": "1971"}, ["born"]),
        ({"receiverHP": "010-9999-9999"}, ["phone"]),
        ({"receiptID": "9" * 32}, ["receipt"]),
        ({"ci": ""}, ["ci"]),
        ({"receiverName": " 홍길동 ", "receiverHP": "+82 10-1234-5678"}, []),
    ],
)
def test_a_swapped_answer_is_seen(provider, broker, swap, found):
    broker.swaps = swap
    receipt = provider.request(ASKED).id
    broker.sign(receipt)
    confirmed = provider.verify(receipt, ASKED)
    assert differences(ASKED, receipt, confirmed, signs_token=provider.signs_token) == found


@pytest.mark.asvs("6.8.2")
@pytest.mark.parametrize("kind", [Kakao, Pass])
def test_a_signature_of_another_token_is_seen(kind, broker):
    provider = kind(wire(broker), "02-120")
    receipt = provider.request(replace(ASKED, token="another-token-of-ours-1")).id
    broker.sign(receipt)
    confirmed = provider.verify(receipt, ASKED)
    assert differences(ASKED, receipt, confirmed, signs_token=True) == ["token"]


def test_an_empty_signature_is_seen_where_no_token_is_signed(broker):
    provider = Naver(wire(broker), "02-120")
    broker.swaps = {"state": 0}
    receipt = provider.request(ASKED).id
    broker.sign(receipt)
    confirmed = provider.verify(receipt, ASKED)
    assert differences(ASKED, receipt, confirmed, signs_token=False) == ["signature"]


@pytest.mark.parametrize("how", ["error", "rubbish"])
def test_a_broker_out_of_order_is_down(provider, broker, how):
    broker.down = how
    with pytest.raises(ProviderDown):
        provider.request(ASKED)


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ReadTimeout("slow")])
def test_a_broker_that_does_not_answer_is_down(broker, error):
    def fail(request):
        raise error

    provider = Kakao(wire(broker, transport=httpx.MockTransport(fail)), "02-120")
    with pytest.raises(ProviderDown):
        provider.request(ASKED)


def test_a_wrong_key_is_a_refusal_and_names_no_key(broker):
    wrong = "d3JvbmcgIGtleSB3cm9uZyAga2V5IHdyb25nICBrZXk="
    connection = wire(broker, secret=wrong)
    with pytest.raises(ProviderRefused):
        Kakao(connection, "02-120").request(ASKED)
    assert wrong not in repr(connection)


def test_one_session_token_serves_until_it_ends(broker, clock):
    provider = Kakao(wire(broker), "02-120")
    receipt = provider.request(ASKED).id
    provider.progress(receipt)
    assert sum("Token" in call for call in broker.calls) == 1
    clock.pass_by(minutes=9, seconds=30)
    provider.progress(receipt)
    assert sum("Token" in call for call in broker.calls) == 2


def test_names_births_and_phones_never_travel_in_the_clear(provider, broker):
    seen = []
    inner = httpx.WSGITransport(broker)

    def watch(request):
        seen.append(str(request.url).encode() + request.content)
        return inner.handle_request(request)

    kind = type(provider)
    watched = kind(wire(broker, transport=httpx.MockTransport(watch)), "02-120")
    receipt = watched.request(ASKED).id
    broker.sign(receipt)
    watched.verify(receipt, ASKED)
    for text in (ASKED.name, ASKED.phone, "19700101", ASKED.token):
        assert not any(text.encode() in sent for sent in seen)
        assert not any(text.encode("unicode_escape") in sent for sent in seen)


def test_a_short_token_is_carried_by_nothing():
    assert not carries("abc", "abc")
    assert not carries("", "q2Zt6p6sUeQd0xkq5m8J0w")
