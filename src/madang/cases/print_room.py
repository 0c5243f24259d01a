"""The print room: letters that wait are taken on, printed, posted, and noted when they come back.

A batch is written down before anything is printed, so that a print that breaks off loses nothing:
the batch waits until somebody says that it is posted, and every further print of it is marked as
one. A letter is taken by one officer only, whoever asks at the same time.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from madang.access.api import Actor, purpose, require
from madang.cases.case_purposes import CASES, FORGET, POST
from madang.cases.case_told import WHY_BACK
from madang.cases.letter_addresses import Address, addresses_of
from madang.cases.letter_paper import paper_of
from madang.cases.letter_references import new_reference, read_reference
from madang.cases.post_models import LetterBatch, PostedLetter
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Invalid, NotFound
from madang.notices.api import (
    ToPerson,
    Words,
    letter,
    letters,
    note_letters,
    take_letters,
    tell_person,
)
from madang.records import api as records

OFFICER = "role:officer"
COMMAND_LINE = "system:command-line"
MOST_AT_ONCE = 100
_LOOK = 500  # letters that are looked at for one batch
KEPT = timedelta(days=400)  # proofs of posting, for appeals
COLUMNS = ("reference", "place", "pages", "language", "name",
           "line1", "line2", "line3", "line4", "line5")  # fmt: skip
State = PostedLetter.State


@dataclass(frozen=True)
class Waiting:
    """A letter that waits, without its words: number, about what, since when, to where."""

    id: int
    person: str
    matter: str
    title: str
    language: str
    since: datetime
    address: Address


@dataclass(frozen=True)
class Batch:
    """Letters taken on together; `prints` is how often its file was made."""

    number: int
    by: str
    made: datetime
    prints: int
    printed: datetime | None
    closed: datetime | None
    count: int


def waiting(actor: Actor, limit: int = _LOOK) -> list[Waiting]:
    """Return the letters that wait, the oldest first, each with its address or what is wrong."""
    _check_may(actor)
    found = letters(actor, limit=limit)
    to = addresses_of(one.person for one in found)
    return [
        Waiting(one.id, one.person, one.matter, one.title, one.language, one.since,
                to.get(one.person) or Address("", problem="nobody"))
        for one in found
    ]  # fmt: skip


def take_batch(actor: Actor, limit: int = MOST_AT_ONCE, only: Sequence[int] = ()) -> Batch:
    """Take letters on to print them, the oldest first; return the batch.

    Parameters
    ----------
    only : numbers of letters; without any, all that wait.

    Raises
    ------
    Invalid
        If the limit is not 1 to `MOST_AT_ONCE`.
    Conflict
        If none waits that can be printed.
    """
    if not 1 <= limit <= MOST_AT_ONCE:
        raise Invalid(f"a batch has 1 to {MOST_AT_ONCE} letters", {"limit": "range"})
    good = [one for one in waiting(actor) if not one.address.problem]
    if only:
        good = [one for one in good if one.id in set(only)]
    with transaction.atomic():
        taken = set(take_letters(actor, [one.id for one in good[:limit]]))
        mine = [one for one in good[:limit] if one.id in taken]
        if not mine:
            raise Conflict(_("No letter waits that can be printed."))
        with purpose(actor, POST):
            batch = LetterBatch.objects.create(by=actor.id)
            for place, one in enumerate(mine, 1):
                PostedLetter.objects.create(
                    reference=new_reference(), batch=batch, place=place, letter=one.id,
                    person=one.person, matter=one.matter, name=one.address.name,
                    lines=list(one.address.lines), source=one.address.source,
                    as_of=one.address.as_of or times.now(),
                )  # fmt: skip
            audit.record(actor.id, "cases.take_letters", f"batch:{batch.pk}", purpose=POST,
                         detail={"letters": len(mine)})  # fmt: skip
    return _batch(batch, len(mine))


def batches(actor: Actor, *, closed: bool = False, limit: int = 20) -> list[Batch]:
    """Return batches that are not posted yet, or those that are, the newest first."""
    _check_may(actor)
    with purpose(actor, POST):
        rows = LetterBatch.objects.filter(closed__isnull=not closed)[:limit]
        return [_batch(row, row.letters.count()) for row in rows]


def batch_of(actor: Actor, number: int) -> Batch:
    """Return one batch; raises NotFound."""
    _check_may(actor)
    with purpose(actor, POST):
        row = _row(number)
        return _batch(row, row.letters.count())


def batch_letters(actor: Actor, number: int) -> list[PostedLetter]:
    """Return the letters of a batch in their order; raises NotFound."""
    _check_may(actor)
    with purpose(actor, POST):
        return list(_row(number).letters.order_by("place"))


def print_batch(actor: Actor, number: int) -> bytes:
    """Return the letters of a batch as one PDF/UA-1; from the second time on each says so.

    Raises
    ------
    NotFound
    Conflict
        If it is posted: what is in the post is printed no more.
    """
    _check_may(actor)
    with purpose(actor, POST), transaction.atomic():
        row = _row(number)
        still_open = LetterBatch.objects.filter(pk=row.pk, closed=None)
        if not still_open.update(prints=F("prints") + 1, printed=times.now()):
            raise Conflict(_("This batch is posted."))
        row.refresh_from_db()
        audit.record(actor.id, "cases.print_letters", f"batch:{row.pk}", purpose=POST,
                     detail={"print": row.prints})  # fmt: skip
        rows = list(row.letters.filter(state=State.PRINTED).order_by("place"))
    papers = [paper_of(letter(actor, one.letter), one, row.prints) for one in rows]
    return records.letters_pdf(papers, _("Letters, batch %(n)s") % {"n": row.pk})


def manifest(actor: Actor, number: int) -> str:
    """Return the batch as CSV for a print provider: one line a letter, in the order of the file."""
    out = io.StringIO()
    sheet = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    sheet.writeheader()
    for one in batch_letters(actor, number):
        if one.state == State.LEFT_OUT:
            continue
        said = letter(actor, one.letter)
        lines = {f"line{n}": _plain(text) for n, text in enumerate(one.lines, 1)}
        pages = records.letter_pages(paper_of(said, one, 1))
        sheet.writerow(
            {"reference": one.reference, "place": one.place, "pages": pages,
             "language": said.language, "name": _plain(one.name)} | lines
        )  # fmt: skip
    return out.getvalue()


def confirm_posted(actor: Actor, number: int, left_out: Iterable[str] = ()) -> int:
    """Note that a batch was posted, but for letters left out, which wait again; return how many.

    Raises
    ------
    NotFound
    Conflict
        If it was never printed, or is posted already.
    Invalid
        If a letter left out is none of the batch; then nothing is noted.
    """
    _check_may(actor)
    out = {one: read_reference(one) for one in left_out}
    with purpose(actor, POST), transaction.atomic():
        row = _row(number)
        if not row.prints:
            raise Conflict(_("This batch was not printed yet."))
        if not LetterBatch.objects.filter(pk=row.pk, closed=None).update(closed=times.now()):
            raise Conflict(_("This batch is posted."))
        printed = list(row.letters.filter(state=State.PRINTED))
        here = {one.reference for one in printed}
        for typed, reference in out.items():
            if reference not in here:
                text = _("No letter has the reference %(code)s.") % {"code": typed}
                raise Invalid(text, {"left_out": typed})
        posted = 0
        for one in printed:
            is_out = one.reference in out.values()
            state = State.LEFT_OUT if is_out else State.POSTED
            PostedLetter.objects.filter(pk=one.pk).update(state=state, at=times.now())
            note_letters(actor, [one.letter], "queued" if is_out else "posted", one.reference)
            posted += not is_out
        audit.record(actor.id, "cases.post_letters", f"batch:{row.pk}", purpose=POST,
                     detail={"posted": posted})  # fmt: skip
    return posted


def came_back(actor: Actor, typed: str, why: str, note: str = "") -> PostedLetter:
    """Note that a letter came back, by the reference in its window; what follows is begun.

    The case is told, the address is not used again until the register has a newer one, and the
    person is asked by every other way, and in their inbox, where they live.

    Raises
    ------
    Invalid
        If the reference has a slip, or the reason is none of `WHY_BACK`.
    NotFound, Conflict
        If no letter has it, or it was not posted, or is back already.
    """
    _check_may(actor)
    reference = read_reference(typed)
    if reference is None:
        raise Invalid(_("This is no whole reference: look at each sign again."), {"reference": "?"})
    if why not in WHY_BACK:
        raise Invalid(_("Say why it came back."), {"why": ", ".join(WHY_BACK)})
    with purpose(actor, POST), transaction.atomic():
        row = PostedLetter.objects.select_for_update().filter(pk=reference).first()
        if row is None:
            raise NotFound(_("No letter has the reference %(code)s.") % {"code": reference})
        posted = PostedLetter.objects.filter(pk=reference, state=State.POSTED)
        if not posted.update(state=State.RETURNED, at=times.now(), why=why, note=note[:200]):
            raise Conflict(_("This letter is %(state)s.") % {"state": row.state})
        note_letters(actor, [row.letter], "returned", note, why=why)
        _ask_where(row)
        row.refresh_from_db()
    return row


def send_again(actor: Actor, typed: str) -> None:
    """Let a letter that came back wait again; it is printed once there is an address for it."""
    _check_may(actor)
    with purpose(actor, POST), transaction.atomic():
        row = PostedLetter.objects.filter(pk=read_reference(typed) or "").first()
        if row is None or row.state != State.RETURNED:
            raise NotFound(_("No letter that came back has this reference."))
        note_letters(actor, [row.letter], "queued", row.reference)


def returned_letters(actor: Actor, limit: int = 50) -> list[PostedLetter]:
    """Return letters that came back, the newest first."""
    _check_may(actor)
    with purpose(actor, POST):
        rows = PostedLetter.objects.filter(state=State.RETURNED)
        return list(rows.select_related("batch").order_by("-at")[:limit])


def forget() -> int:
    """Delete proofs of posting that are past their time; return how many letters."""
    with purpose(CASES, FORGET):
        old = PostedLetter.objects.filter(at__lt=times.now() - KEPT)
        return int(old.exclude(state=State.PRINTED).delete()[0])


def _check_may(actor: Actor) -> None:
    """Refuse who is neither an officer nor the command line of this installation."""
    if actor.id != COMMAND_LINE:
        require(actor, OFFICER)


def _ask_where(row: PostedLetter) -> None:
    """Ask the person where they live: by whatever other way there is, and in their inbox."""
    from madang.city.api import profile

    words = {}
    for language in profile().languages:
        with override(language.code):
            text = _(
                "The post brought back our letter of %(day)s. Tell the office where you live, or "
                "report your move. You can read the letter among your messages."
            ) % {"day": profile().date_text(profile().local(row.batch.made).date(), language.code)}
            words[language.code] = Words(_("A letter to you came back"), text)
    tell_person(
        ToPerson(key=f"letter-back:{row.reference}", person=row.person, matter=row.matter,
                 topic="letters", words=words, path="/messages/")
    )  # fmt: skip


def _row(number: int) -> LetterBatch:
    row = LetterBatch.objects.filter(pk=number).first()
    if row is None:
        raise NotFound(_("There is no batch %(n)s.") % {"n": number})
    return row


def _batch(row: LetterBatch, count: int) -> Batch:
    return Batch(row.pk, row.by, row.made, row.prints, row.printed, row.closed, count)


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
