"""What identity has people told: codes, and what happened to their account; in their language.

Identity sends nothing itself: it announces an event, room notices asks here for the words and
brings them out.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import contacts
from madang.identity.account_models import Account
from madang.identity.authenticators import AUTHENTICATE
from madang.identity.events import CodeIssued, SecurityNotice
from madang.identity.sealing import seal, unseal
from madang.identity.told import TEXTS
from madang.kernel import times

ACCOUNT_PATH = "/account/"
CODE_LASTS = timedelta(minutes=10)
_KINDS = {
    "authenticator-added": gettext_noop("A new way to sign in was added to your account."),
    "authenticator-removed": gettext_noop("A way to sign in was removed from your account."),
    "passkey-copied": gettext_noop(
        "Somebody used a copy of your passkey, or your device was restored. It was refused."
    ),
    "password-changed": gettext_noop("The password of your account was changed."),
    "contact-added": gettext_noop("This address was added to your account."),
    "contact-removed": gettext_noop("This address was removed from your account."),
    "recovery-asked": gettext_noop(
        "Somebody asked to get your account back, with two of your proofs. Nothing has changed "
        "yet: if it was not you, sign in within a day and stop it under your account."
    ),
    "recovery-done": gettext_noop(
        "Your account was got back: all older ways to sign in and all sessions have ended."
    ),
    "counter": gettext_noop("New paper codes for your account were printed at a counter."),
}


@dataclass(frozen=True)
class Outgoing:
    """One message for one address, and the page it leads to.

    `number` tells the messages of one event apart.
    """

    number: int
    channel: str
    address: str
    language: str
    title: str
    text: str
    path: str = ACCOUNT_PATH


def sealed_code(address: str, code: str) -> str:
    """Return address and code as the event carries them."""
    body = json.dumps([address, code]).encode()
    return b64encode(seal("code-message", body)).decode()


def of_code(event: CodeIssued) -> list[Outgoing]:
    """Return the message that brings a code; none once it is over, or where nobody waits."""
    if event.channel == "none" or event.at + CODE_LASTS <= times.now():
        return []
    address, code = json.loads(unseal("code-message", b64decode(event.sealed)))
    with override(event.language or None):
        title = _("Your code: %(code)s") % {"code": code}
        text = _("%(code)s is your code. It works once, for 10 minutes. Nobody from the city asks "
                 "you for it.") % {"code": code}  # fmt: skip
    return [Outgoing(0, event.channel, address, event.language, title, text)]


def of_notice(event: SecurityNotice) -> list[Outgoing]:
    """Return the messages that tell an account's owner what happened, one for each address."""
    last = event.values.get("last")

    def words() -> tuple[str, str]:
        text = " ".join(
            [
                _((_KINDS | TEXTS)[event.kind]),
                _("If this was not you, sign in and look under your account, or call the city."),
            ]
        )
        return _("Your account of the city"), text

    return to_accounts([event.account], words, to=[contacts.of_sealed_text(last)] if last else None)


def to_accounts(
    accounts: Sequence[str],
    words: Callable[[], tuple[str, str]],
    *,
    to: list[tuple[str, str]] | None = None,
    path: str = ACCOUNT_PATH,
) -> list[Outgoing]:
    """Return messages to the confirmed addresses of accounts, in the language of each.

    Parameters
    ----------
    words : returns title and text; called with the language in force.
    to : (channel, address) in place of the accounts' own.
    path : of the page that the message leads to.
    """
    found: list[Outgoing] = []
    for one in accounts:
        with purpose(AUTHENTICATION, AUTHENTICATE):
            account = Account.objects.filter(pk=one).first()
            rows = contacts.confirmed_of(one) if account and to is None else []
            own = [(row.channel, contacts.address_of(row)) for row in rows]
        language = account.language if account else ""
        with override(language or None):
            title, text = words()
        found += [
            Outgoing(number, channel, address, language, title, text, path)
            for number, (channel, address) in enumerate(own if to is None else to, len(found))
        ]
    return found


def is_reachable(account: str) -> bool:
    """Return whether messages to this account have an address to go to."""
    return bool(contacts.confirmed_of(account))
