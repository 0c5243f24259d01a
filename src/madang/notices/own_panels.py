"""What the residents' own page shows of their messages."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.identity.api import extent_of
from madang.kernel.own_page import OwnFact, OwnLink, OwnPart, OwnRow
from madang.notices.inbox import Kept, messages_of, unread_of


def messages(actor: Actor, limit: int) -> OwnPart | None:
    """Return the newest messages, and how many nobody has read.

    A mandate for some services shows none: messages do not say of which service they are.
    """
    reach = extent_of(actor)
    if not (reach.covers("view") and reach.is_whole) or not (actor.on_behalf_of or actor.person):
        return None
    found = messages_of(actor, limit=limit + 1)
    unread = unread_of(actor) if found else 0
    new = ngettext("%(n)s message is new.", "%(n)s messages are new.", unread) % {"n": unread}
    links = (OwnLink(_("How we tell you"), reverse("message-wishes")),)
    return OwnPart(
        title=_("Messages"),
        rows=tuple(_row(one) for one in found),
        said=new if unread else "",
        empty=_("You have no messages."),
        all_url=reverse("messages"),
        links=() if actor.on_behalf_of else links,
    )


def _row(one: Kept) -> OwnRow:
    return OwnRow(
        id=one.id,
        title=one.title,
        url=reverse("message", args=[one.id]),
        lang="" if one.language == get_language() else one.language,
        state="" if one.is_read else _("new"),
        facts=(OwnFact("", at=one.created),),
    )
