"""Consent to an assisted session by approval on the resident's own device, with number matching.

The request stands where those of applications do (CIBA), and is answered on the same pages: the
member of staff says the number, the resident picks it among three.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import purpose
from madang.identity import assisted_rules
from madang.identity.account_models import Account
from madang.identity.acts import ACT, MANDATES
from madang.identity.assisted_models import AssistedSession
from madang.identity.provider.lifetimes import APPROVAL, MOST_OPEN, POLL_S
from madang.identity.provider_request_models import BackchannelRequest, Waiting
from madang.identity.session_store import hashed
from madang.identity.sessions import SessionFacts
from madang.kernel import audit, times
from madang.kernel.errors import Invalid

AAL = 2  # as for the other ways of saying yes on one's own device


def ask(row: AssistedSession, whose: Sequence[str]) -> None:
    """Ask on every account of those whose yes counts; in the caller's transaction.

    Parameters
    ----------
    whose : ids of the resident, or of a child's guardians.

    Raises
    ------
    Invalid
        If they have no account, or too much waits for them already.
    """
    with purpose(MANDATES, ACT):
        rows = Account.objects.filter(
            person_id__in=whose, kind=Account.Kind.RESIDENT, closed__isnull=True
        )
        accounts = list(rows.values_list("pk", flat=True))
    if not accounts:
        raise _no(_("They have no account. Choose another way to agree."))
    waiting = BackchannelRequest.objects.filter(
        account__in=accounts, state=Waiting.ASKED, expires__gt=row.asked
    )
    if waiting.count() >= MOST_OPEN:
        raise _no(_("Too much waits for their approval already. Choose another way to agree."))
    for account in accounts:
        BackchannelRequest.objects.create(
            id=hashed(secrets.token_urlsafe(32)),
            assisted=row.pk,
            account=account,
            scope="",
            aal=AAL,
            number=row.number,
            choices=assisted_rules.choices(row.pk, row.number),
            made=row.asked,
            expires=row.asked + APPROVAL,
            interval_s=POLL_S,
        )


def decide(asked: BackchannelRequest, facts: SessionFacts, number: str) -> bool:
    """Agree with the right number; anything else refuses and voids. Return whether it was agreed.

    The caller has made sure that the session reaches the level that was asked for.

    Raises
    ------
    NoMandate
        If it was answered or taken back meanwhile, or took too long.
    """
    from madang.identity import assisted

    by = f"account:{facts.account}"
    with transaction.atomic():
        waiting = BackchannelRequest.objects.filter(pk=asked.pk, state=Waiting.ASKED)
        yes = secrets.compare_digest(asked.number, number)
        if not waiting.update(state=Waiting.APPROVED if yes else Waiting.REFUSED):
            return False
        void(asked.assisted)
        if not yes:
            audit.record(by, "identity.refuse_approval", f"assisted:{asked.assisted}",
                         detail={"request": asked.public_id})  # fmt: skip
            assisted.close(asked.assisted, by, "refused")
            return False
        assisted.consent(asked.assisted, assisted_rules.APPROVED, by=by, shown={
            "account": facts.account, "request": asked.public_id, "number": number,
            "acr": facts.level.acr, "amr": " ".join(facts.amr), "session": facts.id,
            "at": times.now().isoformat(),
        })  # fmt: skip
    return True


def void(session_id: str) -> None:
    """Let nobody approve any more what waits for this session."""
    waiting = BackchannelRequest.objects.filter(assisted=session_id, state=Waiting.ASKED)
    waiting.update(state=Waiting.REFUSED)


def _no(reason: str) -> Invalid:
    return Invalid(reason, {"consent": reason})
