"""Which services are suggested to a resident, and from what: only what they let be used for it.

A case is kept to be decided; that it also leads to suggestions is another purpose, which its owner
agrees to or not, and can take back at any time (PIPA art. 15(1)1, 18(2)1, 37). Of a case only its
service is looked at, never what was answered in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, system_actor
from madang.cases.case_models import Case
from madang.cases.suggestion_models import SuggestionChoice
from madang.kernel import audit, times
from madang.kernel.errors import Forbidden, Invalid
from madang.services import api as services
from madang.services.api import Suggestion

SUGGESTIONS = system_actor("suggestions")
SUGGEST = "suggest-services"
LOOKED_BACK = timedelta(days=365)
STARTS = 5  # services of their newest cases from which suggestions follow


@dataclass(frozen=True)
class Choice:
    """What somebody lets be used: the services of their cases, and life events they named."""

    from_cases: bool = False
    events: tuple[str, ...] = ()


NOTHING = Choice()


def choice_of(person: str) -> Choice:
    """Return what a person said; the caller has checked who asks."""
    with purpose(SUGGESTIONS, SUGGEST):
        row = SuggestionChoice.objects.filter(pk=person).first() if person else None
    return Choice(row.from_cases, tuple(row.events)) if row else NOTHING


def choose(actor: Actor, choice: Choice) -> None:
    """Keep what somebody lets be used for suggestions; nothing takes all of it back.

    Raises
    ------
    Forbidden
        For an account without a person, and whoever acts for another: it is theirs to say.
    Invalid
        If the city has no such life event.
    """
    if not actor.person or actor.on_behalf_of:
        raise Forbidden(_("Only whoever it concerns can say this."))
    known = services.event_names(get_language() or "")
    if wrong := [event for event in choice.events if event not in known]:
        raise Invalid(f"there is no life event {wrong[0][:40]!r}", {"events": wrong[0][:40]})
    with purpose(SUGGESTIONS, SUGGEST), transaction.atomic():
        if choice == NOTHING:
            SuggestionChoice.objects.filter(pk=actor.person).delete()
        else:
            said = {"from_cases": choice.from_cases, "events": list(choice.events),
                    "said": times.now()}  # fmt: skip
            SuggestionChoice.objects.update_or_create(person=actor.person, defaults=said)
        audit.record(actor.id, "cases.choose_suggestions", f"person:{actor.person}",
                     purpose=SUGGEST, detail={"from_cases": choice.from_cases,
                                              "events": len(choice.events)})  # fmt: skip


def suggested_to(person: str, choice: Choice, limit: int) -> list[Suggestion]:
    """Return services that may help a person, by what they let be used."""
    near = _services_of(person) if choice.from_cases else []
    if not near and not choice.events:
        return []
    language = get_language() or ""
    return services.suggestions(near, choice.events, language, limit=limit)


def _services_of(person: str) -> Sequence[str]:
    since = times.now() - LOOKED_BACK
    with purpose(SUGGESTIONS, SUGGEST):
        rows = Case.objects.filter(subject=person, received_at__gte=since)
        newest = rows.order_by("-received_at").values_list("service", flat=True)[: STARTS * 4]
        return list(dict.fromkeys(newest))[:STARTS]
