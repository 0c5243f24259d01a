"""Asking the revocation services: only those we may, once, and without waiting for ever."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from cryptography import x509

from madang.identity.engine.certificate_rules import Reason, Revocation
from madang.identity.engine.certificates import check, issuers_to_ask
from madang.identity.revocation import LARGEST_ANSWER_B, RevocationServices
from madang.kernel import times
from tests.identity import pki
from tests.identity.test_certificates import CHALLENGE

HOST = "ocsp.authority.example"


class Services:
    """OCSP responder and list server of a city's authority; counts who asks."""

    def __init__(self, city, held):
        self.city, self.held = city, held
        self.revoked, self.calls, self.answer = None, [], None

    def __call__(self, request):
        self.calls.append(f"{request.method} {request.url}")
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        if request.method == "GET":
            content = self.city.authority.crl(*([self.held] if self.revoked else []))
        else:
            assert x509.ocsp.load_der_ocsp_request(request.content).serial_number == (
                self.held.certificate.serial_number
            )
            content = self.city.authority.ocsp(self.held, revoked=self.revoked)
        return httpx.Response(200, content=content)


@pytest.fixture
def clock(monkeypatch):
    held = [pki.NOW]
    monkeypatch.setattr(times, "now", lambda: held[0])
    return held


@pytest.fixture(scope="module")
def city():
    return pki.City()


@pytest.fixture(scope="module")
def held(city):
    return city.authority.issue()


@pytest.fixture
def services(city, held, clock):
    return Services(city, held)


def asked(services, *, hosts=(HOST,)):
    return RevocationServices(hosts, httpx.MockTransport(services))


def pairs(city, held):
    return issuers_to_ask(pki.sign(CHALLENGE.content, held), city.trust())[:1]


def verdict(city, held, revocation):
    whole = Revocation(revocation.ocsps, (*revocation.crls, city.root.crl()))
    return check(pki.sign(CHALLENGE.content, held), CHALLENGE, city.trust(), whole, pki.NOW)


def test_what_the_responder_says_decides(city, held, services):
    assert verdict(city, held, asked(services).ask(pairs(city, held))).is_good
    services.revoked = x509.ReasonFlags.key_compromise
    found = verdict(city, held, asked(services).ask(pairs(city, held)))
    assert found.reasons == (Reason.REVOKED,)


def test_a_list_is_fetched_where_there_is_no_responder(city, services):
    held = city.authority.issue(ocsp_url="", crl_url=f"http://{HOST}/authority.crl")
    services.held = held
    answer = asked(services).ask(pairs(city, held))
    assert services.calls == [f"GET http://{HOST}/authority.crl"]
    assert answer.crls and verdict(city, held, answer).is_good


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/",
        f"http://{HOST}:8080/",
        f"http://{HOST}@evil.example/",
        f"ldap://{HOST}/ou=crl",
        f"file:///{HOST}",
        f"http://evil.example/{HOST}",
    ],
)
def test_a_host_that_the_city_does_not_name_is_never_asked(city, services, url):
    held = city.authority.issue(ocsp_url=url, crl_url=url)
    assert asked(services).ask(pairs(city, held)) == Revocation()
    assert services.calls == []


def test_nobody_is_asked_about_a_forgery_in_an_authority_s_name(city, services):
    """Names and key identifier of the authority, and the signature of somebody else."""
    mallory = pki.Authority(city.authority.certificate, pki.ec_key())
    marks = x509.AuthorityKeyIdentifier.from_issuer_public_key(city.authority.key.public_key())
    forged = mallory.issue("mallory", ca_mark=marks)
    assert asked(services).ask(pairs(city, forged)) == Revocation()
    assert pairs(city, forged) and services.calls == []


def test_a_redirect_to_another_host_is_not_followed(city, held, services):
    services.answer = httpx.Response(302, headers={"Location": "http://169.254.169.254/"})
    assert asked(services).ask(pairs(city, held)) == Revocation()
    assert len(services.calls) == 1


def test_an_answer_is_used_for_ten_minutes_and_no_longer(city, held, services, clock):
    client = asked(services)
    for minutes, calls in ((0, 1), (9, 1), (10, 2)):
        clock[0] = pki.NOW + timedelta(minutes=minutes)
        client.ask(pairs(city, held))
        assert len(services.calls) == calls


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectTimeout("slow"),
        httpx.Response(500),
        httpx.Response(200, content=b"rubbish"),
        httpx.Response(200, content=bytes(LARGEST_ANSWER_B + 1)),
        httpx.Response(200, content=b"\x30\x03\x0a\x01\x03"),  # tryLater, RFC 6960
    ],
    ids=["timeout", "500", "rubbish", "huge", "try-later"],
)
def test_no_answer_refuses_the_sign_in_and_the_service_rests(city, held, services, clock, answer):
    services.answer = answer
    client = asked(services)
    found = verdict(city, held, client.ask(pairs(city, held)))
    assert found.reasons == (Reason.REVOCATION_UNKNOWN,)
    client.ask(pairs(city, held))
    assert len(services.calls) == 1
    clock[0] += timedelta(seconds=31)
    services.answer = None
    assert client.ask(pairs(city, held)).ocsps


def test_known_lists_are_handed_on(city, held, services):
    lists = (city.root.crl(),)
    assert asked(services, hosts=()).ask(pairs(city, held), lists) == Revocation((), lists)
