"""The ways to sign in, in the order in which the sign-in page shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from madang.identity import approving, certificates, contacts
from madang.identity.engine.levels import FACTORS, aal_of


@dataclass(frozen=True)
class Method:
    """One way to show who one is.

    `page` is the address name of its first page, `amr` what it proves (`engine.levels.FACTORS`),
    `audience` who is offered it: ``resident``, ``staff`` or ``all``. `is_on` says whether this
    installation can offer it just now; a provider that is down switches its own method off. `holds`
    is the kind of authenticator that an account needs for it; empty where it may bring its own.
    """

    id: str
    title: str
    help: str
    page: str
    amr: str
    audience: str = "all"
    is_on: Callable[[], bool] = lambda: True
    is_second_only: bool = False
    holds: str = ""


PASSWORD = Method(
    "password",
    _("Name and password"),
    _("For officers, operators and administrators."),
    "sign-in",
    "pwd",
    "staff",
    holds="password",
)
CERTIFICATE = Method(
    "certificate",
    _("Certificate"),
    _("A joint or financial certificate, or a government certificate of staff."),
    "sign-in-certificate",
    "cert",
    is_on=certificates.is_on,
)
APPROVAL = Method(
    "approval",
    _("Approve on your phone"),
    _("With an app that you have: Kakao, Naver, PASS or Toss."),
    "sign-in-approval",
    "approval",
    "resident",
    is_on=approving.is_on,
)
PASSKEY = Method(
    "passkey",
    _("Passkey"),
    _("With the finger, face or PIN of your phone or computer. Nothing to remember."),
    "sign-in-passkey",
    "passkey",
    holds="passkey",
)
APP_CODE = Method(
    "totp",
    _("Code from an app"),
    _("The six digits that your authenticator app shows now."),
    "sign-in-app-code",
    "otp",
    is_second_only=True,
    holds="totp",
)
PAPER = Method(
    "paper",
    _("Code on paper"),
    _("With your account number and a code from the sheet you got at a counter."),
    "sign-in-paper",
    "paper",
    "resident",
    holds="paper",
)
CODE = Method(
    "code",
    _("Code by e-mail or text message"),
    _("For reading and simple services; what touches money or your data needs more."),
    "sign-in-code",
    "email",
    "resident",
    is_on=lambda: bool(contacts.channels()),
)
METHODS: tuple[Method, ...] = (
    PASSKEY, APPROVAL, CERTIFICATE, CODE, PAPER, APP_CODE, PASSWORD,
)  # fmt: skip


def offered(
    have: tuple[str, ...], wanted_aal: int, holds: frozenset[str] | None = None
) -> list[Method]:
    """Return the ways that lead on from what was shown to the wanted level.

    Parameters
    ----------
    have : amr values already shown in this session; what shows no factor does not lead on.
    wanted_aal : authenticator assurance level that is needed.
    holds : kinds of authenticators of the account signed in; None where nobody is.
    """
    on = [method for method in METHODS if method.is_on()]
    if holds is None:
        return [method for method in on if not method.is_second_only]
    return [
        method
        for method in on
        if FACTORS[method.amr]
        and (not method.holds or method.holds in holds)
        and method.amr not in have
        and aal_of({*have, method.amr}) >= wanted_aal
    ]


assert all(method.amr in FACTORS for method in METHODS)
