"""Who looked at a person's data and what others did for them, in the person's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from madang.access.api import Actor, Look, looks_at, purpose
from madang.access.events import EmergencyOpened, SubjectsLookedAt
from madang.city.api import profile
from madang.identity import mandates
from madang.identity.account_models import Account, StaffGrant
from madang.identity.acts import ACT, MANDATES, acts_for, tell
from madang.identity.errors import UnknownPerson
from madang.identity.events import SecurityNotice
from madang.identity.names import names_of
from madang.identity.person_models import Person
from madang.identity.scopes import LOOKS
from madang.identity.staff import roles_at
from madang.identity.staff_models import LookQuestion
from madang.identity.told import EMERGENCY_OPENED, LOOKED_AT, QUESTION_ANSWERED
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.events import announce
from madang.kernel.registry import Page, registry

ANSWER = "answer-questions"
LONGEST_QUESTION = 1000
MOST = 500  # looks of a page

# lazily: a page shows some of them, and a list of looks asks for a title at each row
_ROLES = {
    "administrator": gettext_lazy("Administrator"),
    "operator": gettext_lazy("Operator"),
    "officer": gettext_lazy("Officer"),
    "clerk": gettext_lazy("Clerk"),
    "department-head": gettext_lazy("Head of department"),
    "treasurer": gettext_lazy("Treasurer"),
    "reviewer": gettext_lazy("Reviewer of answers"),
    "privacy-officer": gettext_lazy("Privacy officer"),
}
_DATASETS = {
    "identity.person": gettext_lazy("Basic record"),
    "identity.name": gettext_lazy("Names"),
    "identity.external": gettext_lazy("Links to other registers"),
    "identity.proofing": gettext_lazy("How you proved who you are"),
    "identity.account": gettext_lazy("Account"),
    "identity.authenticator": gettext_lazy("Ways to sign in"),
    "identity.question": gettext_lazy("Your questions about looks"),
    "notices.subscriber": gettext_lazy("Your alerts"),
    "cases.appointment": gettext_lazy("Appointments"),
}


@dataclass(frozen=True)
class ShownLook:
    """One look, in the reader's language. `who` is a role and department; nobody's own name,
    except of whoever acts for this person by a mandate.
    """

    look: Look
    who: str
    why: str
    law: str
    data: str
    question: LookQuestion | None


@dataclass(frozen=True)
class ShownAct:
    """One thing that another did for this person."""

    at: datetime
    who: str
    what: str
    case: str
    is_assisted: bool


def subject_of(actor: Actor, service: str = LOOKS) -> str:
    """Return whose page it is: the person's own, or whom they may look for in this service.

    Raises
    ------
    UnknownPerson
        For an account that belongs to nobody of the register.
    """
    if actor.on_behalf_of:
        if not mandates.may_act(actor, "view", service):
            raise UnknownPerson(_("This mandate does not let you see what the city keeps."))
        with purpose(MANDATES, ACT):
            if not Person.objects.filter(pk=actor.on_behalf_of).exists():
                raise UnknownPerson(_("A company has no personal data: nobody looks at it."))
        return actor.on_behalf_of
    if not actor.person:
        raise UnknownPerson(
            _("We do not know yet who you are: come to a counter with a document, or call us.")
        )
    return actor.person


def looks(person: str, year: int | None = None, *, limit: int = MOST) -> list[ShownLook]:
    """Return the looks at a person's data since it came to us, newest first.

    Parameters
    ----------
    year : of the city's calendar; None for all.
    """
    start, end = _span(person, year)
    found = looks_at(person, since=start, until=end, limit=limit)
    with purpose(MANDATES, ACT):
        asked = {row.decision: row for row in LookQuestion.objects.filter(person_id=person)}
    names = _names_of_actors({one.actor for one in found})
    return [
        ShownLook(
            look=one,
            who=who_is(one.actor, one.through, one.at, names),
            why=_(one.purpose_title) if one.purpose_title else one.purpose,
            law=_(one.legal_basis) if one.legal_basis else "",
            data=dataset_title(one.dataset),
            question=asked.get(one.decision),
        )
        for one in found
    ]


def acts(person: str, year: int | None = None) -> list[ShownAct]:
    """Return what others did for a person, newest first."""
    start, end = _span(person, year)
    rows = [row for row in acts_for(person) if start <= row.at < end]
    names = _names_of_actors({row.actor for row in rows})
    return [
        ShownAct(
            at=row.at,
            who=who_is(row.actor, row.through, row.at, names),
            what=act_title(row.what),
            case=row.case,
            is_assisted=bool(row.through),
        )
        for row in rows
    ]


def years(person: str) -> list[int]:
    """Return the years for which there can be looks, newest first."""
    start, _end = _span(person, None)
    zone = profile().timezone
    return list(range(times.now().astimezone(zone).year, start.astimezone(zone).year - 1, -1))


def ask(actor: Actor, decision: str, text: str) -> None:
    """Ask the privacy officer about a look at one's own data; asking it again changes nothing.

    Raises
    ------
    Invalid
        Without a question.
    Conflict
        If no such look concerns this person.
    """
    person = subject_of(actor)
    plain = text.strip()
    if not 3 <= len(plain) <= LONGEST_QUESTION:
        raise Invalid(_("Write your question."), {"text": _("3 to 1,000 characters.")})
    if decision not in {one.decision for one in looks_at(person, limit=5_000)}:
        raise Conflict(_("There is no such look at your data."))
    with purpose(MANDATES, ACT), transaction.atomic():
        row, made = LookQuestion.objects.get_or_create(
            person_id=person, decision=decision,
            defaults={"text": plain, "asked_by": actor.id, "asked": times.now()},
        )  # fmt: skip
        if made:
            audit.record(actor.id, "identity.ask_about_look", f"question:{row.pk}",
                         detail={"decision": decision})  # fmt: skip


def questions(by: Actor) -> list[LookQuestion]:
    """Return the questions that wait, oldest first, then those answered of late."""
    with purpose(by, ANSWER):
        waiting = list(LookQuestion.objects.filter(answered__isnull=True).order_by("asked"))
        done = LookQuestion.objects.filter(answered__isnull=False).order_by("-answered")
        return [*waiting, *done[:20]]


def answer(by: Actor, question_id: str, text: str) -> None:
    """Answer a question; the person is told."""
    if len(text.strip()) < 3:
        raise Invalid(_("Write your answer."), {"answer": _("Write your answer.")})
    with purpose(by, ANSWER), transaction.atomic():
        row = LookQuestion.objects.select_for_update().filter(pk=question_id).first()
        if row is None or row.answered is not None:
            raise Conflict(_("This question is answered already."))
        row.answer, row.answered, row.answered_by = text.strip()[:2000], times.now(), by.id
        row.save(update_fields=["answer", "answered", "answered_by"])
        audit.record(by.id, "identity.answer_question", f"question:{row.pk}")
        tell(row.person_id, QUESTION_ANSWERED, {})


def tell_of_emergency(event: EmergencyOpened) -> None:
    """Tell every privacy officer at once that an emergency was opened."""
    now = times.now()
    rows = StaffGrant.objects.filter(role="privacy-officer", since__lte=now)
    officers = {row.account_id for row in rows if row.until is None or row.until > now}
    for account in sorted(officers - {event.actor.removeprefix("account:")}):
        announce(SecurityNotice(account=account, kind=EMERGENCY_OPENED, values={}))


def tell_of_look(event: SubjectsLookedAt) -> None:
    """Tell those concerned that somebody looked at their data."""
    for person in event.subjects:
        tell(person, LOOKED_AT, {"purpose": event.purpose, "case": event.case})


def who_is(
    actor: str, through: str, at: datetime, names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return who acted, for the person concerned: as what, not by which name.

    Officials act for their department; representatives are persons whom this person, or the law,
    has named.
    """
    grants = roles_at(through or actor, at)
    if grants:
        role = role_title(grants[0].role)
        place = department_name(grants[0].department) if grants[0].department else ""
        return f"{role}, {place}" if place else role
    if actor.startswith("system:"):
        return _("An automatic process of the city")
    if actor in names:
        return names[actor]
    return _("A member of staff")


def role_title(role: str) -> str:
    """Return what a role is called on a page."""
    return str(_ROLES.get(role, role))


def department_name(department: str) -> str:
    """Return a department's name in the reader's language; its id where it is gone."""
    here = profile()
    for one in here.city.departments:
        if one.id == department:
            return here.text(one.names, get_language() or "")
    return department


def act_title(what: str) -> str:
    """Return what was done, in words: the message of a room, or the page on which it was sent."""
    for page in registry().offers(Page):
        if page.name == what:
            ours = {"names": _("Names"), "look-question": _("Your questions about looks")}
            return _("Sent the page “%(name)s”") % {"name": ours.get(what, f"/{page.path}")}
    return _(what)


def dataset_title(name: str) -> str:
    """Return what a data set is called on a page; its own name where it has no title."""
    if name not in _DATASETS and name.startswith("cases."):
        return _("Cases")
    return str(_DATASETS.get(name, name))


def _names_of_actors(actors: set[str]) -> dict[str, str]:
    ids = [one.removeprefix("account:") for one in actors if one.startswith("account:")]
    with purpose(MANDATES, ACT):
        rows = Account.objects.filter(pk__in=ids, person__isnull=False, kind=Account.Kind.RESIDENT)
        people = {f"account:{row.pk}": str(row.person_id) for row in rows}
    names = names_of(people.values(), by=MANDATES, why=ACT)
    return {account: names[one] for account, one in people.items() if one in names}


def _span(person: str, year: int | None) -> tuple[datetime, datetime]:
    with purpose(MANDATES, ACT):
        row = Person.objects.filter(pk=person).first()
    if row is None:
        raise UnknownPerson(_("There is no such person."))
    now = times.now()
    if year is None:
        return row.created, now
    zone = profile().timezone
    first, after = (datetime(one, 1, 1, tzinfo=zone) for one in (year, year + 1))
    return max(first, row.created), min(after, now)
