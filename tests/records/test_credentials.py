"""Credentials: each fact by itself, bound to their issuer, revoked by one bit."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.records import api, checks, credentials
from madang.records.engine import sd_jwt, status_list
from madang.records.engine.sd_jwt import CredentialRefused
from tests.records.issuing import credential_of, issued
from tests.records.papers import needs_fonts

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ISSUER = "https://city.example"


class Signer:
    """A key of a city, or of a wallet."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        self.jwk = sd_jwt.public_jwk(numbers.x, numbers.y)

    def __call__(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def of(self, issuer: str, kid: str) -> dict[str, str] | None:
        return self.jwk if (issuer, kid) == (ISSUER, self.jwk["kid"]) else None


CITY = Signer()
FACTS = {"name": "김철수", "since": "2024-03-02", "address": {"ko": "마포구", "en": "Mapo-gu"}}


def _made(**claims: object) -> str:
    said = {"iss": ISSUER, "vct": f"{ISSUER}/residence", "iat": 1, **claims}
    return sd_jwt.issued(said, FACTS, kid=CITY.jwk["kid"], sign=CITY, salt=os.urandom)


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _parts(token: str) -> list[dict]:
    return [json.loads(urlsafe_b64decode(one + "===")) for one in token.split(".")[:2]]


def test_all_facts_or_a_few_are_shown():
    whole = sd_jwt.checked(_made(), CITY.of, NOW)
    assert (whole.facts, whole.hidden) == (FACTS, 0)
    part = sd_jwt.checked(sd_jwt.shown(_made(), ["since"]), CITY.of, NOW)
    assert (part.facts, part.hidden) == ({"since": "2024-03-02"}, 2)
    nothing = sd_jwt.checked(sd_jwt.shown(_made(), []), CITY.of, NOW)
    assert (nothing.facts, nothing.hidden) == ({}, 3)


def test_the_signed_part_alone_tells_no_fact():
    token = _made().partition("~")[0]
    head, claims = _parts(token)
    assert (head["typ"], head["alg"]) == ("dc+sd-jwt", "ES256")
    assert "김철수" not in json.dumps(claims, ensure_ascii=False)
    assert claims["_sd"] == sorted(claims["_sd"])
    assert _made().partition("~")[2] != _made().partition("~")[2]  # salted


def test_the_digest_is_that_of_the_standard():
    # RFC 9901, section 4.2.3: the disclosure of "family_name" and its digest
    disclosure = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    digest = "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"
    assert _b64(hashlib.sha256(disclosure.encode()).digest()) == digest
    assert sd_jwt._digest(disclosure) == digest


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_changed_fact_is_refused(place):
    token, *facts = _made().split("~")
    salt, name, _value = json.loads(urlsafe_b64decode(facts[place] + "==="))
    facts[place] = _b64(json.dumps([salt, name, "somebody else"]).encode())
    with pytest.raises(CredentialRefused, match="not what the issuer signed"):
        sd_jwt.checked("~".join([token, *facts]), CITY.of, NOW)


def test_a_fact_twice_is_refused():
    token, first, *rest = _made().split("~")
    with pytest.raises(CredentialRefused, match="twice"):
        sd_jwt.checked("~".join([token, first, first, *rest]), CITY.of, NOW)


@given(st.integers(0, 10_000))
def test_a_changed_sign_of_the_token_is_refused(place):
    token, _, rest = _WHOLE.partition("~")
    at = place % len(token)
    other = "A" if token[at] != "A" else "B"
    changed = f"{token[:at]}{other}{token[at + 1 :]}~{rest}"
    if (
        urlsafe_b64decode(token.split(".")[2] + "===")
        == urlsafe_b64decode((changed.partition("~")[0].split(".") + [""] * 3)[2] + "===")
        and token.split(".")[:2] == changed.partition("~")[0].split(".")[:2]
    ):
        return  # the spare bits of the last sign
    with pytest.raises(CredentialRefused):
        sd_jwt.checked(changed, CITY.of, NOW)


_WHOLE = _made()


def test_another_algorithm_is_refused():
    token, _, rest = _made().partition("~")
    _head, claims = _parts(token)
    for alg in ("none", "HS256"):
        head = {"alg": alg, "typ": "dc+sd-jwt", "kid": CITY.jwk["kid"]}
        forged = ".".join([_b64(json.dumps(head).encode()), _b64(json.dumps(claims).encode()), ""])
        with pytest.raises(CredentialRefused):
            sd_jwt.checked(f"{forged}~{rest}", CITY.of, NOW)


def test_another_citys_key_another_type_and_the_time_count():
    with pytest.raises(CredentialRefused, match="nobody here knows"):
        sd_jwt.checked(_made(), Signer().of, NOW)
    with pytest.raises(CredentialRefused, match="expired"):
        sd_jwt.checked(_made(exp=int(NOW.timestamp())), CITY.of, NOW)
    with pytest.raises(CredentialRefused, match="not in force"):
        sd_jwt.checked(_made(nbf=int(NOW.timestamp()) + 60), CITY.of, NOW)
    with pytest.raises(CredentialRefused, match="type"):
        sd_jwt.checked_token(_made().partition("~")[0], "statuslist+jwt", CITY.of)


@pytest.mark.parametrize("text", ["", "~", "a.b.c~", "x" * 300_000, "한글~", "[" * 9000 + "~"])
def test_nonsense_is_refused_in_words(text):
    with pytest.raises(CredentialRefused):
        sd_jwt.checked(text, CITY.of, NOW)


def test_a_fact_may_not_pass_for_a_claim():
    with pytest.raises(CredentialRefused, match="exp"):
        sd_jwt.issued({}, {"exp": 1}, kid="k", sign=CITY, salt=os.urandom)


def _bound(wallet: Signer, shown: str, **changed: object) -> str:
    said = {"aud": "https://shop.example", "nonce": "n", "iat": 1,
            "sd_hash": _b64(hashlib.sha256(shown.encode()).digest())} | changed  # fmt: skip
    return shown + sd_jwt.token({"typ": "kb+jwt"}, said, wallet)


def test_a_holder_shows_that_it_is_their_own():
    wallet = Signer()
    point = {name: wallet.jwk[name] for name in ("kty", "crv", "x", "y")}
    made = sd_jwt.shown(_made(cnf={"jwk": point}), ["since"])
    seen = sd_jwt.checked(_bound(wallet, made), CITY.of, NOW)
    assert seen.binding is not None
    assert seen.binding["nonce"] == "n"
    with pytest.raises(CredentialRefused, match="signature"):
        sd_jwt.checked(_bound(Signer(), made), CITY.of, NOW)
    with pytest.raises(CredentialRefused, match="another selection"):
        sd_jwt.checked(_bound(wallet, made, sd_hash="x"), CITY.of, NOW)
    with pytest.raises(CredentialRefused, match="bound to no key"):
        sd_jwt.checked(_bound(wallet, _made()), CITY.of, NOW)


# --- status lists -------------------------------------------------------------------------------


@given(st.sets(st.integers(0, status_list.SIZE - 1), max_size=50), st.integers(0, 65_535))
def test_a_list_says_what_was_written(revoked, place):
    claim = status_list.written(revoked)
    assert status_list.status_of(claim, place) == (place in revoked)


def test_the_bits_are_in_the_order_of_the_draft():
    # draft-ietf-oauth-status-list-14, section 4.1: the first 16 statuses are B9 A3
    ones = [0, 3, 4, 5, 7, 8, 9, 13, 15]
    claim = status_list.written(ones)
    import zlib

    assert zlib.decompress(urlsafe_b64decode(claim["lst"] + "==="))[:2] == b"\xb9\xa3"


def test_every_place_of_a_list_is_used_once():
    places = {status_list.scattered(n) for n in range(status_list.SIZE)}
    assert len(places) == status_list.SIZE
    assert abs(status_list.scattered(1) - status_list.scattered(2)) > 1000


@pytest.mark.parametrize("claim", [{}, {"bits": 2, "lst": ""}, {"bits": 1, "lst": 5}])
def test_a_malformed_list_is_refused(claim):
    with pytest.raises(ValueError, match="malformed"):
        status_list.status_of(claim, 0)


# --- of documents -------------------------------------------------------------------------------


@needs_fonts
@pytest.mark.django_db
def test_a_document_is_a_credential_too():
    document = issued()
    seen = checks.check_credential(credential_of(document))
    assert seen.claims["document"] == document.code
    assert seen.claims["vct"].endswith("/credentials/types/residence")
    assert seen.facts["applicant"] == "김철수"
    assert seen.facts["since"] == "2024-03-02"
    assert seen.claims["exp"] > times.now().timestamp() + 89 * 86_400
    few = sd_jwt.shown(credential_of(document), ["since"])
    assert checks.check_credential(few).facts == {"since": "2024-03-02"}


@needs_fonts
@pytest.mark.django_db
def test_revoking_flips_one_bit_of_the_published_list():
    first, second = issued(), issued("second")
    before, etag = credentials.published_list(1)
    api.revoke(first.id, by="account:officer", reason="wrong")
    after, other = credentials.published_list(1)
    assert etag != other
    places = [
        checks._place(sd_jwt.checked(credential_of(one), credentials.key_of, times.now()).claims)
        for one in (first, second)
    ]

    def bits(token: str) -> list[int]:
        claims = sd_jwt.checked_token(token, status_list.TYPE, credentials.key_of)
        return [status_list.status_of(claims["status_list"], place[1]) for place in places]

    assert (bits(before), bits(after)) == ([0, 0], [1, 0])
    with pytest.raises(Invalid, match="revoked"):
        checks.check_credential(credential_of(first))
    assert checks.check_credential(credential_of(second))


@needs_fonts
@pytest.mark.django_db
def test_a_credential_ends_with_its_paper():
    document = issued(valid_days=1)
    with (
        times.fixed_clock(times.now() + timedelta(days=3)),
        pytest.raises(Invalid, match="expired"),
    ):
        checks.check_credential(credential_of(document))
