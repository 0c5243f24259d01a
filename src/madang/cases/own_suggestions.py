"""What the residents' own page shows of services that may help, and why each is there."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.suggesting import NOTHING, choice_of, suggested_to
from madang.kernel.own_page import OwnFact, OwnLink, OwnPart, OwnRow
from madang.services.api import Suggestion


def suggested(actor: Actor, limit: int) -> OwnPart | None:
    """Return the services that are suggested; nothing while somebody acts for another."""
    if actor.on_behalf_of or not actor.person:
        return None
    choice = choice_of(actor.person)
    change = _("Say what we may use") if choice == NOTHING else _("Change what we may use")
    found = suggested_to(actor.person, choice, limit + 1)
    return OwnPart(
        title=_("Services that may help you"),
        rows=tuple(_row(one) for one in found),
        said=_("We use only what you allowed for this.") if found else "",
        empty=_("We suggest nothing, for you have not said from what.")
        if choice == NOTHING
        else _("We know of no service that follows from what you allowed."),
        links=(OwnLink(change, reverse("suggestions")),),
    )


def _row(one: Suggestion) -> OwnRow:
    return OwnRow(
        id=one.service,
        title=one.title,
        url=reverse("service", args=[one.service]),
        lang=one.language,
        facts=(OwnFact(_("Why"), why_text(one)),),
    )


def why_text(one: Suggestion) -> str:
    """Return why a service is suggested, in a sentence."""
    said = {"service": one.near, "event": one.event}
    if not one.near:
        return _("You told us of this: %(event)s.") % said
    if one.event:
        return _("You have a case “%(service)s”; this belongs to it, too: %(event)s.") % said
    return _("You have a case “%(service)s”; this often follows it.") % said
