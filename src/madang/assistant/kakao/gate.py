"""Who may call the skill: Kakao, by a secret in a header, and where set by its networks."""

from __future__ import annotations

import hmac
import ipaddress

from madang.kernel.config import Settings
from madang.kernel.errors import Forbidden, Invalid

HEADER = "X-Skill-Secret"
LEAST = 16
"""Characters of a secret."""


def admit(secret: str, address: str, here: Settings) -> None:
    """Raise `Forbidden` unless a request has the secret, and comes from an allowed network."""
    if not here.kakao_secret:
        raise Forbidden("the KakaoTalk skill is off; MADANG_KAKAO_SECRET switches it on")
    if len(here.kakao_secret) < LEAST:
        raise Forbidden(f"MADANG_KAKAO_SECRET is too short; it has at least {LEAST} characters")
    if not hmac.compare_digest(secret.encode(), here.kakao_secret.encode()):
        raise Forbidden(f"the header {HEADER} has not the secret of this skill")
    if here.kakao_networks and not is_in_networks(address, here.kakao_networks):
        raise Forbidden("this address is in none of the networks of MADANG_KAKAO_NETWORKS")


def is_in_networks(address: str, networks: str) -> bool:
    """Return whether an address lies in one of the networks (CIDR, with spaces).

    Raises
    ------
    Invalid
        If a network has the wrong form.
    """
    try:
        known = [ipaddress.ip_network(one, strict=False) for one in networks.split()]
    except ValueError as fault:
        raise Invalid(
            f"MADANG_KAKAO_NETWORKS: {fault}", {"MADANG_KAKAO_NETWORKS": "CIDR"}
        ) from None
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found.version == one.version and found in one for one in known)
