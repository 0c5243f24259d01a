"""What browsers are asked is what the library that checks their answers would ask."""

from __future__ import annotations

import json

import pytest
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from madang.identity import passkey_options

CHALLENGE = bytes(range(250, 256)) * 5


def test_making_a_passkey_is_asked_as_the_library_asks():
    theirs = generate_registration_options(
        rp_id="city.example",
        rp_name="도시",
        user_name="My account",
        user_display_name="My account",
        user_id=b"01a20557-f7d3",
        challenge=CHALLENGE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=b"\xff\xfe1")],
    )
    ours = passkey_options.creation(
        ("city.example", "도시"), ("01a20557-f7d3", "My account"), CHALLENGE, ["__4x"]
    )
    assert json.loads(ours) == json.loads(options_to_json(theirs))


@pytest.mark.parametrize("verification", ["required", "preferred"])
def test_showing_a_passkey_is_asked_as_the_library_asks(verification):
    theirs = generate_authentication_options(
        rp_id="city.example",
        challenge=CHALLENGE,
        allow_credentials=[PublicKeyCredentialDescriptor(id=b"\xff\xfe12")],
        user_verification=UserVerificationRequirement(verification),
    )
    ours = passkey_options.request(
        "city.example", CHALLENGE, allowed=["__4xMg=="], verification=verification
    )
    assert json.loads(ours) == json.loads(options_to_json(theirs))


def test_bytes_come_back_from_their_text():
    for length in range(5):
        data = b"\xff\xfe\x00ab"[:length]
        assert "=" not in passkey_options.encoded(data)
        assert passkey_options.decoded(passkey_options.encoded(data)) == data
