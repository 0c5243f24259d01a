"""Papers of a case of a sample, for the officer who has it before them, without its number."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.audit.blind import own_item
from madang.cases.case_errors import UnknownAudit
from madang.cases.case_papers import Paper, opened
from madang.cases.case_purposes import AUDIT, CASES, MONITOR
from madang.cases.rules import is_officer
from madang.kernel.errors import Forbidden


def blind_paper(actor: Actor, item_id: str, file: str, *, look: str = "download") -> Paper:
    """Return a paper of the item that an officer has before them; that they read it is noted.

    Raises
    ------
    Forbidden
        If the actor is no officer.
    UnknownAudit
        If they do not have the item, or have decided it.
    UnknownPaper, Invalid
        As `case_papers.paper`.
    """
    if not is_officer(actor):
        raise Forbidden(_("Officers who are signed in with two proofs decide samples."))
    with purpose(CASES, MONITOR):
        item = own_item(actor, item_id)
    if item.case is None or item.decided_at is not None:
        raise UnknownAudit(_("There is no such case in your sample."))
    with purpose(actor, AUDIT, case=item.case.number), transaction.atomic():
        return opened(actor, item.case, file, why=AUDIT, look=look)
