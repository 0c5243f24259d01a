"""Judging answers: one person, for every tenth a second one who does not see the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.assistant.errors import UnknownReview
from madang.assistant.purposes import MEASURE, opened
from madang.assistant.review.kinds import SAYS_SOMETHING, scores_of
from madang.assistant.review.models import Rating, ReviewDraw, ReviewItem
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid

REVIEW = "review-answers"
REVIEWERS = frozenset({"reviewer"})
SETTLERS = frozenset({"officer", "department-head"})
CITES = ("yes", "no")
LONGEST = 2000
HELD = timedelta(days=1)  # then an item that nobody judged goes to somebody else
THIRD = 3
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as whoever judges it sees it: nothing of who asked, nothing of what others said.

    opinions: (score, cites, note) of both who disagree; only for whoever ends that.
    """

    id: str
    kind: str
    status: str
    channel: str
    language: str
    at: datetime
    asked: str
    answer: dict[str, Any]
    before: tuple[dict[str, str], ...]
    is_cited: bool
    scores: tuple[str, ...]
    opinions: tuple[tuple[str, str, str], ...] = ()


def held(actor: Actor) -> str:
    """Return the id of the item that somebody has before them; empty for none."""
    row = Rating.objects.filter(reviewer=actor.id, at=None, place__lt=THIRD).first()
    return row.item_id if row else ""


def take(actor: Actor) -> str:
    """Give a reviewer the next item; return its id, empty where none waits.

    Who has one gets that one again; nobody judges an answer twice.

    Raises
    ------
    Forbidden
        If the actor is no reviewer.
    """
    _require(actor, REVIEWERS)
    if already := held(actor):
        return already
    Rating.objects.filter(at=None, place__lt=THIRD, opened_at__lt=times.now() - HELD).delete()
    with opened(MEASURE):
        waiting = list(
            _waiting().exclude(ratings__reviewer=actor.id).values_list("pk", flat=True)[:_TRIES]
        )
    for item in waiting:
        free = {1, 2} - set(Rating.objects.filter(item=item).values_list("place", flat=True))
        try:
            with transaction.atomic():
                Rating.objects.create(item_id=item, place=min(free), reviewer=actor.id)
        except (IntegrityError, ValueError):
            continue  # somebody else was faster
        return str(item)
    return ""


def give_back(actor: Actor, item: str) -> None:
    """Give an item back unjudged; raises UnknownReview."""
    gone, _rows = Rating.objects.filter(item=item, reviewer=actor.id, at=None).delete()
    if not gone:
        raise UnknownReview(_("You have no such answer before you."))


def shown(actor: Actor, item: str) -> Shown:
    """Return the item that a reviewer has; raises UnknownReview."""
    _require(actor, REVIEWERS)
    if not Rating.objects.filter(item=item, reviewer=actor.id, at=None).exists():
        raise UnknownReview(_("You have no such answer before you."))
    return _shown(actor, item)


def rate(actor: Actor, item: str, score: str, cites: str, note: str = "") -> None:
    """Write what a reviewer says of the item that they have.

    Raises
    ------
    Invalid
        Field by field.
    UnknownReview
        If they do not have it (any more).
    """
    _require(actor, REVIEWERS)
    found = shown(actor, item)
    _check(found, score, cites, note)
    done = Rating.objects.filter(item=item, reviewer=actor.id, at=None).update(
        score=score, cites=cites if found.is_cited else "", note=note.strip(), at=times.now()
    )
    if not done:
        raise UnknownReview(_("You have no such answer before you."))
    audit.record(actor.id, "assistant.rate_answer", f"item:{item}", detail={"score": score})


def disagreements() -> list[str]:
    """Return the ids of items on which two people disagree, and which nobody settled."""
    found: dict[str, dict[int, tuple[str, str]]] = {}
    with opened(MEASURE):
        twice = Rating.objects.filter(item__times=2, at__isnull=False).order_by("at", "pk")
        rows = list(twice.values_list("item", "place", "score", "cites"))
    for item, place, score, cites in rows:
        found.setdefault(item, {})[place] = (score, cites)
    return [
        item for item, said in found.items()
        if THIRD not in said and 1 in said and 2 in said and said[1] != said[2]
    ]  # fmt: skip


def opposed(actor: Actor, item: str) -> Shown:
    """Return a disagreement with both opinions; raises UnknownReview."""
    _require(actor, SETTLERS)
    if item not in disagreements():
        raise UnknownReview(_("There is no such disagreement."))
    said = Rating.objects.filter(item=item, place__lt=THIRD).order_by("place")
    opinions = tuple((one.score, one.cites, one.note) for one in said)
    return _shown(actor, item, opinions)


def settle(actor: Actor, item: str, score: str, cites: str, note: str) -> None:
    """End a disagreement; nobody ends one of their own.

    Raises
    ------
    Invalid, UnknownReview, Conflict
    """
    found = opposed(actor, item)
    _check(found, score, cites, note)
    if Rating.objects.filter(item=item, reviewer=actor.id).exists():
        raise Conflict(_("You judged this answer: somebody else ends the disagreement."))
    now = times.now()
    try:
        with transaction.atomic():
            Rating.objects.create(
                item_id=item, place=THIRD, reviewer=actor.id, opened_at=now, at=now, score=score,
                cites=cites if found.is_cited else "", note=note.strip(),
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(_("Somebody ended this disagreement already.")) from None
    audit.record(actor.id, "assistant.settle_ratings", f"item:{item}", detail={"score": score})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the newest sample is judged: ratings done and needed, and answers of each."""

    month: str
    done: int
    needed: int
    answers: int
    disagreements: int


def progress() -> Progress | None:
    """Return how far the newest sample is judged; None where none was drawn."""
    draw = ReviewDraw.objects.order_by("-month").first()
    if draw is None:
        return None
    with opened(MEASURE):
        sizes = dict(
            ReviewItem.objects.filter(draw=draw).values_list("times").annotate(n=Count("pk"))
        )
        done = Rating.objects.filter(item__draw=draw, at__isnull=False, place__lt=THIRD).count()
    return Progress(
        f"{draw.month:%Y-%m}", done, sum(n * count for n, count in sizes.items()),
        sum(sizes.values()), len(disagreements()),
    )  # fmt: skip


def waiting(actor: Actor) -> int:
    """Return how many answers a reviewer may still judge."""
    with opened(MEASURE):
        return int(_waiting().exclude(ratings__reviewer=actor.id).count())


def _waiting() -> Any:
    rows = ReviewItem.objects.exclude(answer={}).annotate(rated=Count("ratings"))
    return rows.filter(Q(rated__lt=F("times"))).order_by("draw__month", "place")


def _shown(actor: Actor, item: str, opinions: tuple[tuple[str, str, str], ...] = ()) -> Shown:
    with purpose(actor, REVIEW):
        row = ReviewItem.objects.filter(pk=item).first()
        if row is None:
            raise UnknownReview(_("There is no such answer."))
        return Shown(
            row.pk, row.kind, row.status, row.channel, row.language, row.at, row.asked, row.answer,
            tuple(row.before), bool(row.cited) and row.kind in SAYS_SOMETHING, scores_of(row.kind),
            opinions,
        )  # fmt: skip


def _check(found: Shown, score: str, cites: str, note: str) -> None:
    wrong = {}
    if score not in found.scores:
        wrong["score"] = _("Choose what the answer is.")
    if found.is_cited and cites not in CITES:
        wrong["cites"] = _("Say whether the source supports it.")
    if len(note) > LONGEST:
        wrong["note"] = _("Write at most %(n)s characters.") % {"n": LONGEST}
    if wrong:
        raise Invalid(_("Something is missing."), wrong)


def _require(actor: Actor, roles: frozenset[str]) -> None:
    if not actor.roles & roles:
        raise Forbidden(_("This is for people who judge answers."))
