"""What a case told people, by which ways, and what became of each: evidence in the case.

The notices room says what became of a message (`notices.person_told`); here it is kept with the
case, for as long as the case is, while the message itself may be gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language, get_language_info, gettext_noop
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.case_looking import look_for, seen_by
from madang.cases.case_models import Case
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.post_models import CaseNotice, CaseNoticeWay
from madang.kernel.errors import NotFound
from madang.notices.api import Wording, wording_of
from madang.notices.events import PersonTold

CHANNELS = {
    "inbox": gettext_noop("on the city's pages"),
    "email": gettext_noop("by e-mail"),
    "push": gettext_noop("on the device"),
    "sms": gettext_noop("by text message"),
    "kakao": gettext_noop("by KakaoTalk"),
    "voice": gettext_noop("by telephone"),
    "letter": gettext_noop("by letter"),
}
STATES = {
    "sent": gettext_noop("sent"),
    "failed": gettext_noop("did not arrive"),
    "opened": gettext_noop("was opened"),
    "posted": gettext_noop("posted"),
    "delivered": gettext_noop("delivered"),
    "returned": gettext_noop("came back"),
}
WHY_BACK = {
    "moved": gettext_noop("moved away"),
    "unknown": gettext_noop("not known at the address"),
    "address": gettext_noop("the address is not complete"),
    "refused": gettext_noop("not accepted"),
    "not-fetched": gettext_noop("not fetched from the post office"),
    "deceased": gettext_noop("has died"),
    "other": gettext_noop("another reason"),
}


@dataclass(frozen=True)
class ToldWay:
    """What became of a notice on one way."""

    channel: str
    state: str
    why: str
    at: datetime

    @property
    def text(self) -> str:
        """Return it in words."""
        said = f"{_(CHANNELS.get(self.channel, self.channel))}: {_(STATES[self.state])}"
        return f"{said} ({_(WHY_BACK[self.why])})" if self.why in WHY_BACK else said


@dataclass(frozen=True)
class Told:
    """A notice of a case; `notice` is its template as the package calls it."""

    message: str
    notice: str
    language: str
    title: str
    required: bool
    digest: str
    at: datetime
    ways: tuple[ToldWay, ...]

    @property
    def language_name(self) -> str:
        """Return the name of its language where that is another one than the reader's."""
        if self.language == get_language():
            return ""
        try:
            return str(get_language_info(self.language)["name_translated"])
        except KeyError:
            return self.language

    @property
    def came_back(self) -> bool:
        """Return whether its letter came back and nothing has arrived since."""
        return bool(self.ways) and self.ways[-1].state == "returned"


def note_told(case: Case, message: str, notice: str) -> CaseNotice:
    """Keep that a case told something, once; in the caller's transaction, its tables open."""
    return _kept(case, wording_of(message), notice)


def heard(event: PersonTold) -> None:
    """Keep what became of a notice (subscriber); the same event again changes nothing."""
    kind, _colon, number = event.matter.partition(":")
    if kind != "case" or event.state not in STATES:
        return
    try:
        said = wording_of(event.message)
    except NotFound:
        return  # forgotten since, at the person's wish
    with purpose(CASES, KEEP), transaction.atomic():
        case = Case.objects.filter(number=number).first()
        if case is None:
            return
        CaseNoticeWay.objects.get_or_create(
            notice=_kept(case, said, ""), channel=event.channel, state=event.state,
            at=event.at,
            defaults={"case": case, "subject": case.subject, "why": event.why},
        )  # fmt: skip


def told_for(actor: Actor, number: str) -> list[Told]:
    """Return what a case told, oldest first, for whose it is and who works on it."""
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        return told_of(case)


def told_of(case: Case) -> list[Told]:
    """Return what a case told, oldest first; the caller has opened its tables."""
    rows = CaseNotice.objects.filter(case_id=case.pk)
    ways: dict[str, list[ToldWay]] = {}
    for way in CaseNoticeWay.objects.filter(case_id=case.pk):
        ways.setdefault(way.notice_id, []).append(ToldWay(way.channel, way.state, way.why, way.at))
    return [
        Told(
            row.message, row.notice, row.language, row.title, row.required, row.digest, row.at,
            tuple(ways.get(row.message, ())),
        )
        for row in rows
    ]  # fmt: skip


def _kept(case: Case, said: Wording, notice: str) -> CaseNotice:
    row, is_new = CaseNotice.objects.get_or_create(
        message=said.message,
        defaults={
            "case": case, "subject": case.subject, "notice": notice, "language": said.language,
            "title": said.title, "required": said.required, "digest": said.digest,
            "at": said.created,
        },
    )  # fmt: skip
    if not is_new and notice and not row.notice:
        CaseNotice.objects.filter(pk=row.pk).update(notice=notice)
    return row
