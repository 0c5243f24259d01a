"""The virtual identifier: whose certificate it is, told without naming a resident number."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import x509 as asn1

from madang.identity.engine.korean_certificates import VirtualId, identity_in, virtual_id
from tests.identity import pki

NUMBER, R = "9001011234567", bytes(range(20))


def test_the_virtual_identifier_is_the_hash_of_the_hash_of_number_and_r():
    """Written out by hand: SEQUENCE { PrintableString number, BIT STRING R } (KCAC.TS.SIVID)."""
    number = b"\x13\x0d" + NUMBER.encode()
    bits = b"\x03\x15\x00" + R
    content = b"\x30" + bytes([len(number) + len(bits)]) + number + bits
    wanted = hashlib.sha256(hashlib.sha256(content).digest()).digest()
    assert virtual_id(NUMBER, R) == wanted


def test_a_certificate_belongs_to_its_number_and_r_and_to_no_other():
    held = pki.City().authority.issue(identity=("홍길동", NUMBER, R))
    name, vid = identity_in(asn1.Certificate.load(held.der))
    assert name == "홍길동"
    assert vid is not None and vid.hash == "sha256"
    assert vid.is_of(NUMBER, R)
    assert not vid.is_of("9001011234568", R)
    assert not vid.is_of(NUMBER, bytes(20))


def test_a_short_r_and_an_old_hash_are_not_believed():
    short = R[:19]
    assert not VirtualId("sha256", virtual_id(NUMBER, short)).is_of(NUMBER, short)
    assert not VirtualId("sha1", virtual_id(NUMBER, R)).is_of(NUMBER, R)


def test_a_certificate_without_identification_data_has_none():
    held = pki.City().authority.issue()
    assert identity_in(asn1.Certificate.load(held.der)) == ("", None)


def test_identification_data_that_cannot_be_read_are_an_error():
    from cryptography import x509

    other = x509.OtherName(x509.ObjectIdentifier(pki.IDENTIFY_DATA), b"\x04\x03abc")
    broken = pki.City().authority.issue(extra=[(x509.SubjectAlternativeName([other]), False)])
    with pytest.raises(ValueError, match=r".*"):
        identity_in(asn1.Certificate.load(broken.der))
