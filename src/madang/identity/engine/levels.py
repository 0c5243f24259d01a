"""Levels of assurance: how sure we are who somebody is (IAL), and that it is them now (AAL).

NIST SP 800-63-4 defines both from 1 to 3. Together they are the `acr` of OpenID Connect,
``urn:madang:ial2:aal2``; a service states the least it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ACR = re.compile(r"urn:madang:ial([1-3]):aal([1-3])")

# What each way of signing in is in `amr` (RFC 8176; `approval` and `paper` are ours) and the
# factors it shows: something known, held, of the body. A passkey that verifies its user shows two.
KNOWN, HELD, BODY = "known", "held", "body"
FACTORS: dict[str, frozenset[str]] = {
    "pwd": frozenset({KNOWN}),
    "otp": frozenset({HELD}),
    "email": frozenset(),  # SP 800-63B-4 section 3.1.3.1: e-mail is no out-of-band authenticator
    "sms": frozenset(),  # restricted there (3.1.3.3): whoever gets the number moved has the code
    "paper": frozenset({HELD}),  # a look-up secret, section 3.1.2
    "approval": frozenset({HELD, BODY}),  # on a registered phone, unlocked by its owner
    "cert": frozenset({HELD, KNOWN}),  # a key in a file under a password
    "hwk": frozenset({HELD, KNOWN}),  # a key in hardware under a PIN
    "pop": frozenset({HELD}),  # a passkey without user verification
    "passkey": frozenset({HELD, BODY}),
}
# Keys that cannot be copied and that a false site cannot use: AAL3 by themselves (section 2.3.2).
_HARDWARE = frozenset({"hwk"})


class UnknownLevel(ValueError):
    """A word names no level of assurance, or no way of signing in."""


@dataclass(frozen=True, order=True)
class Level:
    """An identity and an authenticator assurance level, each 1 to 3; zero is none."""

    ial: int = 0
    aal: int = 0

    @property
    def acr(self) -> str:
        """Return the level as OpenID Connect carries it; empty where nobody is signed in."""
        return f"urn:madang:ial{self.ial}:aal{self.aal}" if self.ial and self.aal else ""

    def meets(self, wanted: Level) -> bool:
        """Return whether both parts reach what is wanted.

        >>> Level(2, 1).meets(Level(1, 2))
        False
        """
        return self.ial >= wanted.ial and self.aal >= wanted.aal


def level_of(acr: str) -> Level:
    """Return the level an `acr` value names: ours, GovStack's or eIDAS's.

    Raises
    ------
    UnknownLevel
        For a value that is none of these.

    >>> level_of("urn:madang:ial2:aal2"), level_of("idbb:acr:biometrics").aal
    (Level(ial=2, aal=2), 2)
    """
    found = _ACR.fullmatch(acr)
    if found:
        return Level(int(found[1]), int(found[2]))
    known = GOVSTACK.get(acr) or EIDAS.get(acr)
    if known is None:
        raise UnknownLevel(f"{acr!r} is no level of assurance known here")
    return known


def aal_of(amr: Iterable[str]) -> int:
    """Return the authenticator level that these methods reach together, 0 for none.

    Two different factors make level 2, a key in hardware under a PIN level 3
    (SP 800-63B-4 sections 2.1 to 2.3).

    Raises
    ------
    UnknownLevel
        For a method that is not in `FACTORS`.

    >>> aal_of(["pwd"]), aal_of(["pwd", "otp"]), aal_of(["passkey"]), aal_of([])
    (1, 2, 2, 0)
    """
    methods = set(amr)
    unknown = methods - FACTORS.keys()
    if unknown:
        raise UnknownLevel(f"{sorted(unknown)[0]!r} is no way of signing in")
    if not methods:
        return 0
    if methods & _HARDWARE:
        return 3
    factors = frozenset[str]().union(*(FACTORS[method] for method in methods))
    return 2 if len(factors) >= 2 else 1


# GovStack Identity building block, authentication context classes.
GOVSTACK = {
    "idbb:acr:static-code": Level(1, 1),
    "idbb:acr:generated-code": Level(1, 1),
    "idbb:acr:linked-wallet": Level(2, 2),
    "idbb:acr:biometrics": Level(2, 2),
}
# Commission Implementing Regulation (EU) 2015/1502, annex 2.2: levels of electronic identification.
EIDAS = {
    "http://eidas.europa.eu/LoA/low": Level(1, 1),
    "http://eidas.europa.eu/LoA/substantial": Level(2, 2),
    "http://eidas.europa.eu/LoA/high": Level(3, 3),
}
SUPPORTED = tuple(Level(ial, aal).acr for ial in (1, 2, 3) for aal in (1, 2, 3))


def eidas_of(level: Level) -> str:
    """Return the highest eIDAS level that `level` meets, empty for none."""
    met = [name for name, wanted in EIDAS.items() if level.meets(wanted)]
    return met[-1] if met else ""
