"""Jobs of the call centre that the clock runs; each may be run again at any time."""

from __future__ import annotations

from datetime import timedelta

from madang.access.api import purpose
from madang.callcentre import queue
from madang.callcentre.contact_models import Contact, State
from madang.callcentre.operator_models import KnowledgeNote
from madang.callcentre.purposes import CENTRE, KEEP
from madang.callcentre.rules import centre
from madang.kernel import times
from madang.kernel.logs import logger

UNENDED = timedelta(days=2)


def tend() -> None:
    """Pass on what was not taken, let go who left, offer what is due."""
    queue.tend()


def forget() -> None:
    """Delete what was said after the city's days, and figures after the city's years."""
    now, said = times.now(), centre()
    words = now - timedelta(days=said.keep_days)
    with purpose(CENTRE, KEEP):
        Contact.objects.filter(ended=None, opened__lt=now - UNENDED, seen__lt=now - UNENDED).update(
            state=State.DONE, ended=now, outcome="failed", phone=b"", phone_end=""
        )
        old = Contact.objects.filter(ended__lt=words)
        emptied = old.exclude(asked="", facts=[], conversation="").update(
            asked="", facts=[], conversation="", phone=b"", phone_end=""
        )
        keys = list(old.filter(lines__isnull=False).values_list("pk", flat=True).distinct())
        for key in keys:
            _forget_words(key)
        gone, _each = Contact.objects.filter(
            ended__lt=now - timedelta(days=said.keep_figures_days)
        ).delete()
        notes, _each = KnowledgeNote.objects.filter(closed__lt=words).delete()
    logger("callcentre").info(
        "old contacts forgotten", emptied=emptied, words=len(keys), removed=gone, notes=notes
    )


def _forget_words(key: str) -> None:
    from madang.callcentre.contact_models import ContactLine
    from madang.callcentre.operator_models import Suggestion, WrapUp

    for table in (ContactLine, Suggestion, WrapUp):
        table.objects.filter(contact=key).delete()
