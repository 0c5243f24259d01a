"""Use cases of applications that are not sent yet: begun, saved page by page, taken up again.

Whoever signs in owns their draft by account; whoever does not, by the key in their browser, and by
a code where they asked for one. What was answered is encrypted at rest.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, system_actor
from madang.cases.application_errors import ChangedElsewhere, NoDraft
from madang.cases.case_purposes import CASES, FORGET
from madang.cases.case_versions import version_for
from madang.cases.draft_models import Draft
from madang.cases.file_sealing import seal, unseal
from madang.identity.api import may_act
from madang.kernel import audit, times
from madang.kernel.errors import Forbidden
from madang.services import api as services

APPLICATIONS = system_actor("applications")
KEEP = "keep-drafts"
LASTS = timedelta(days=30)
# 32 signs that are not mistaken for each other; 12 of them are 60 bits
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12


@dataclass(frozen=True)
class Content:
    """What stands in a draft.

    Parameters
    ----------
    answers : values by fact, also of questions that are no longer asked.
    may_look : whether registers may be asked; None as long as nobody said.
    wants_person : whether a person shall decide.
    consents : whether the declaration at the end was agreed to.
    district : code of the district in which the matter is, where its version of the service counts.
    looked : when registers were looked at, for which person and version of the service.
    known : what they said, by register and field: ``value``, ``source``, ``as_of``.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    may_look: bool | None = None
    wants_person: bool = False
    consents: bool = False
    district: str = ""
    looked: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """A draft, opened."""

    row: Draft
    content: Content

    @property
    def is_sent(self) -> bool:
        """Return whether it has become a case."""
        return bool(self.row.number)


def subject_of(actor: Actor) -> str:
    """Return the person for whom this actor applies; empty where nobody is signed in."""
    return actor.on_behalf_of or actor.person


def begin(
    actor: Actor, service: str, *, channel: str, language: str,
    content: Content | None = None, version: services.Version | None = None,
) -> Open:  # fmt: skip
    """Begin an application, by the version of the service that is in force for it.

    `content.district` says in which district the matter is, where districts have their own; or
    the caller has found the `version` already.

    Raises
    ------
    UnknownService
        If it is not offered.
    DistrictAsked
        If it hangs on the district, and nobody said which.
    Forbidden
        If the actor may not apply for it for the other person.
    """
    if actor.on_behalf_of and not may_act(actor, "apply", service):
        raise Forbidden(_("You act for somebody else, for another service only."))
    content = content or Content()
    version = version or version_for(service, asked=content.district, subject=subject_of(actor))
    now = times.now()
    with purpose(APPLICATIONS, KEEP):
        row = Draft(
            service=service, package=version.hash, subject=subject_of(actor),
            account=actor.id, through=actor.through, channel=channel, language=language,
            expires=now + LASTS,
        )  # fmt: skip
        row.sealed = sealed(row.pk, content)
        row.save(force_insert=True)
    return Open(row, content)


def find(actor: Actor, service: str, key: str = "") -> Open | None:
    """Return the draft of a browser (by its key) or, without one, the newest of the account.

    A draft that somebody began before they signed in becomes theirs.
    """
    with purpose(APPLICATIONS, KEEP):
        row = Draft.objects.filter(key=key, service=service).first() if key else None
        if row is None and actor.id:
            mine = Draft.objects.filter(account=actor.id, service=service, number="")
            row = mine.filter(subject=subject_of(actor)).order_by("-saved").first()
        if row is None or row.expires < times.now() or not _may_see(actor, row):
            return None
        if actor.id and not row.account and not row.number:
            row.account, row.subject, row.through = actor.id, subject_of(actor), actor.through
            row.save(update_fields=["account", "subject", "through"])
    return Open(row, _content(row))


def is_of_somebody(service: str, key: str) -> bool:
    """Return whether this key is of a draft that an account owns: signing in opens it again."""
    with purpose(APPLICATIONS, KEEP):
        return Draft.objects.filter(key=key, service=service).exclude(account="").exists()


def one(actor: Actor, key: str) -> Open:
    """Return a draft by its key; raises `NoDraft`."""
    with purpose(APPLICATIONS, KEEP):
        row = Draft.objects.filter(key=key).first() if key else None
    if row is None or row.expires < times.now() or not _may_see(actor, row):
        raise NoDraft(_("There is no such application, or it was deleted after 30 days."))
    return Open(row, _content(row))


def save(draft: Open, content: Content, *, package: str = "") -> Open:
    """Keep what was answered.

    Raises
    ------
    ChangedElsewhere
        If it was saved by another window since it was opened.
    """
    now = times.now()
    if not content.may_look:
        content = replace(content, looked={}, known={})
    changed = {
        "sealed": sealed(draft.row.pk, content), "version": draft.row.version + 1, "saved": now,
        "expires": now + LASTS, "package": package or draft.row.package,
    }  # fmt: skip
    with purpose(APPLICATIONS, KEEP):
        same = Draft.objects.filter(pk=draft.row.pk, version=draft.row.version, number="")
        if not same.update(**changed):
            raise ChangedElsewhere(
                _("This application was changed in another window. Your answers there are kept.")
            )
    for name, value in changed.items():
        setattr(draft.row, name, value)
    return Open(draft.row, content)


def renew(draft: Open, district: str = "") -> Open:
    """Go on by the version of the service that is in force; answers stay as far as it asks them.

    Raises `DistrictAsked` where it hangs on the district and nobody said which.
    """
    content = replace(draft.content, consents=False, district=district or draft.content.district)
    return save(draft, content, package=version_of(replace(draft, content=content)).hash)


def version_of(draft: Open) -> services.Version:
    """Return the version of the service that is in force for a draft."""
    row, content = draft.row, draft.content
    return version_for(row.service, asked=content.district, subject=row.subject,
                       facts=content.answers)  # fmt: skip


def discard(draft: Open) -> None:
    """Delete an application that is not sent; the second time changes nothing."""
    with purpose(APPLICATIONS, KEEP), transaction.atomic():
        Draft.objects.filter(pk=draft.row.pk, number="").delete()


def give_code(draft: Open) -> str:
    """Return a code by which the application is taken up on another device; the one before is void.

    It is shown once: only its keyed hash is kept.
    """
    code = "".join(secrets.choice(_SIGNS) for _n in range(CODE_LENGTH))
    with purpose(APPLICATIONS, KEEP):
        Draft.objects.filter(pk=draft.row.pk).update(code=_hash(code))
    return "-".join(code[n : n + 4] for n in range(0, CODE_LENGTH, 4))


def with_code(actor: Actor, code: str) -> Open:
    """Return the application that a code opens; raises `NoDraft`."""
    plain = "".join(sign for sign in code.upper() if sign in _SIGNS)
    row = None
    if len(plain) == CODE_LENGTH:
        with purpose(APPLICATIONS, KEEP):
            row = Draft.objects.filter(code=_hash(plain), expires__gte=times.now()).first()
    if row is None or not _may_see(actor, row):
        raise NoDraft(_("No application waits under this code. Look at each sign, or start anew."))
    return Open(row, _content(row))


def mine(actor: Actor, limit: int = 50) -> list[Draft]:
    """Return what somebody began and has not sent, newest first, without what was answered."""
    if not actor.id:
        return []
    with purpose(APPLICATIONS, KEEP):
        rows = Draft.objects.filter(account=actor.id, subject=subject_of(actor), number="")
        return list(
            rows.filter(expires__gte=times.now()).order_by("-saved").defer("sealed")[:limit]
        )


def forget_old() -> int:
    """Delete what was not sent in 30 days, and what was sent 30 days ago; return how many."""
    with purpose(CASES, FORGET), transaction.atomic():
        rows = list(Draft.objects.filter(expires__lt=times.now()).values_list("pk", flat=True))
        Draft.objects.filter(pk__in=rows).delete()
    return len(rows)


def seen(answers: Mapping[str, Any]) -> str:
    """Return a short digest of answers as a page showed them."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:16]


def _may_see(actor: Actor, row: Draft) -> bool:
    if actor.on_behalf_of and not may_act(actor, "apply", row.service):
        return False
    if not row.account:
        return True
    return row.account == actor.id and row.subject in ("", subject_of(actor))


def sealed(draft_id: str, content: Content) -> bytes:
    """Return what stands in a draft as it is kept: encrypted."""
    return seal(draft_id, json.dumps(asdict(content), ensure_ascii=False).encode())


def _content(row: Draft) -> Content:
    return Content(**json.loads(unseal(row.pk, row.sealed)))


def _hash(code: str) -> str:
    return salted_hmac("madang.cases.draft-code", code, algorithm="sha256").hexdigest()


def of_paper(by: Actor, reference: str) -> Open | None:
    """Return the draft whose printed form staff have before them; None where it is gone.

    Only for pages of staff: the paper in their hands is what lets them read it. The look is
    written down.
    """
    with purpose(APPLICATIONS, KEEP):
        row = Draft.objects.filter(pk=reference[:36], number="").first()
        if row is None or row.expires < times.now():
            return None
        audit.record(by.id, "cases.open_paper", f"draft:{row.pk}", purpose=KEEP)
    return Open(row, _content(row))


def came_on_paper(draft: Open, number: str) -> None:
    """Note that the draft reached the city on paper, so that it is not sent once more."""
    with purpose(APPLICATIONS, KEEP):
        rows = Draft.objects.filter(pk=draft.row.pk, number="")
        rows.update(number=number, sent=times.now(), code="")
