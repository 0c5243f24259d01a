"""What the residents' own page shows of mandates, and of who looked at their data."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.identity import looked
from madang.identity.errors import UnknownPerson
from madang.identity.extents import extent_of
from madang.identity.mandate_lists import Shown, mandates_of
from madang.identity.mandate_rules import VERBS
from madang.identity.scopes import LOOKS
from madang.kernel.own_page import OwnFact, OwnLink, OwnPart, OwnRow


def mandates(actor: Actor, limit: int) -> OwnPart | None:
    """Return who may act for the reader, and for whom the reader may; nothing while they do."""
    if actor.on_behalf_of:
        return None
    both = mandates_of(actor)
    held = [_held(one) for one in both.held if one.state == "in-force"]
    given = [_given(one) for one in both.given if one.state != "ended"]
    return OwnPart(
        title=_("Acting for others"),
        rows=tuple([*held, *given][: limit + 1]),
        empty=_("Nobody acts for you, and you act for nobody."),
        all_url=reverse("mandates"),
        links=_ways(actor),
    )


def _ways(actor: Actor) -> tuple[OwnLink, ...]:
    if not actor.person:
        return ()
    return (
        OwnLink(_("Let somebody act for you"), reverse("mandate-new")),
        OwnLink(_("I have a code"), reverse("mandate-accept")),
    )


def _held(one: Shown) -> OwnRow:
    switch = OwnLink(
        _("Act for %(name)s") % {"name": one.other}, reverse("act-for"), (("mandate", one.id),)
    )
    return OwnRow(
        id=one.id, title=one.other, state=_("you act for them"), facts=_facts(one), links=(switch,)
    )


def _given(one: Shown) -> OwnRow:
    if one.state == "offered":
        return OwnRow(
            id=one.id,
            title=_("A mandate that nobody has taken yet"),
            url=reverse("mandates"),
            state=_("waits for the other side"),
            facts=_facts(one),
        )
    return OwnRow(
        id=one.id, title=one.other, url=reverse("mandates"), state=_("acts for you"),
        facts=_facts(one),
    )  # fmt: skip


def _facts(one: Shown) -> tuple[OwnFact, ...]:
    verbs = OwnFact(_("Allowed"), " · ".join(_(VERBS[verb]) for verb in one.verbs if verb in VERBS))
    return (verbs, OwnFact(_("Until"), at=one.until)) if one.until else (verbs,)


def looks(actor: Actor, limit: int) -> OwnPart | None:
    """Return who looked last at the data of the reader, or of whom they act for."""
    if not extent_of(actor).covers("view", LOOKS):
        return None
    try:
        person = looked.subject_of(actor)
    except UnknownPerson:  # an account of nobody known, or a company
        return None
    # a job that looks for the same reason every day is told once
    newest = {(one.who, one.why): one for one in reversed(looked.looks(person, limit=limit * 8))}
    found = sorted(newest.values(), key=lambda one: one.look.at, reverse=True)[: limit + 1]
    return OwnPart(
        title=_("Who looked at your data"),
        rows=tuple(
            OwnRow(
                id=one.look.decision,
                title=one.who,
                facts=(OwnFact("", one.why), OwnFact("", at=one.look.at)),
            )
            for one in found
        ),
        empty=_("Nobody has looked at your data yet."),
        all_url=reverse("looks"),
    )
