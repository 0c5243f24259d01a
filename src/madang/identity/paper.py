"""Use cases of paper codes: ten look-up secrets on a sheet, for people without a phone.

NIST SP 800-63B-4 section 3.1.2. Twelve digits are 40 bits, few enough to try out all: kept as a
slow hash of a keyed one, with a salt for each sheet, and guessed at most a hundred times.
"""

from __future__ import annotations

import secrets

from django.db import transaction

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import authenticators
from madang.identity.account_models import Account, Authenticator
from madang.identity.errors import ProofFailed
from madang.identity.key_models import PaperCode
from madang.identity.sealing import keyed_hash, new_salt, slow_hash
from madang.identity.sessions import Proof
from madang.kernel import times
from madang.kernel.events import new_id

PAPER = "paper"
CODES = 10
DIGITS = 12
_NO_SALT = bytes(16)  # for no account the same is done


def issue(account: str, *, by: str) -> list[str]:
    """Give an account a new sheet and return its codes, shown once; older sheets are void.

    Parameters
    ----------
    by : id of the actor who prints it, for the audit log.
    """
    codes, salt = [_code() for _number in range(CODES)], new_salt()
    hashes = [slow_hash(_mac(account, code), salt) for code in codes]
    with purpose(AUTHENTICATION, authenticators.AUTHENTICATE), transaction.atomic():
        now = times.now()
        old = Authenticator.objects.filter(account_id=account, method=PAPER, revoked__isnull=True)
        old.update(revoked=now)
        sheet = authenticators.add(account, PAPER, new_id(), by=by, secret=salt)
        PaperCode.objects.bulk_create(
            PaperCode(authenticator_id=sheet.pk, mac=one) for one in hashes
        )
    return [_written(code) for code in codes]


def check(account: Account | None, typed: str) -> Proof:
    """Return what a code of the account's sheet shows; each works once.

    For no account the same is done and nothing found.

    Raises
    ------
    ProofFailed
        If it is wrong, or was used.
    """
    owner = account.pk if account else ""
    mac = _mac(owner, "".join(str(int(sign)) for sign in typed[:40] if sign.isdecimal()))
    sheets = authenticators.authenticators_of(owner, PAPER)[-1:]
    # before the transaction, which nobody else's should wait for
    mac = slow_hash(mac, _salt(sheets[0]) if sheets else _NO_SALT)
    with purpose(AUTHENTICATION, authenticators.AUTHENTICATE), transaction.atomic():
        of = sheets[0].pk if sheets else ""
        left = PaperCode.objects.filter(authenticator_id=of, used__isnull=True)
        found = left.filter(mac=mac).first()
        if found is None or not left.filter(pk=found.pk).update(used=times.now()):
            raise ProofFailed("number or code is wrong")
        sheet = Authenticator.objects.filter(pk=found.authenticator_id)
        sheet.update(last_used=times.now())
        if not left.exists():
            sheet.update(expires=times.now())
    return Proof(PAPER, found.authenticator_id)


def left(account: str) -> int:
    """Return how many codes of the account's sheet are unused."""
    with purpose(AUTHENTICATION, authenticators.AUTHENTICATE):
        sheets = [row.pk for row in authenticators.authenticators_of(account, PAPER)]
        return PaperCode.objects.filter(authenticator_id__in=sheets, used__isnull=True).count()


def _salt(sheet: Authenticator) -> bytes:
    """Return a sheet's salt; codes printed before there was one are hashed slowly from now on."""
    if sheet.secret:
        return bytes(sheet.secret)
    with purpose(AUTHENTICATION, authenticators.AUTHENTICATE), transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=sheet.pk)
        if kept.secret:
            return bytes(kept.secret)
        salt = new_salt()
        for code in PaperCode.objects.filter(authenticator_id=sheet.pk, used__isnull=True):
            PaperCode.objects.filter(pk=code.pk).update(mac=slow_hash(code.mac, salt))
        Authenticator.objects.filter(pk=sheet.pk).update(secret=salt)
    return salt


def _code() -> str:
    return "".join(secrets.choice("0123456789") for _digit in range(DIGITS))


def _written(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, DIGITS, 4))


def _mac(account: str, code: str) -> str:
    return keyed_hash("paper-code", f"{account} {code}")
