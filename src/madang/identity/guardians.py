"""Who says yes for a child: below the age of consent a parent or guardian with a mandate does.

PIPA Art. 22-2: data of a child under 14 are processed on consent only where the legal guardian
consented, and it was checked that they did (Decree Art. 17-2). What is needed to ask them may be
taken from the child. The age is the city's (``people.yaml``, `consent_age`). Where no birthday is
known, nothing says that somebody is a child.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from madang.access.api import purpose
from madang.identity.acts import ACT, MANDATES
from madang.identity.errors import NeedsGuardian
from madang.identity.mandate_models import Mandate
from madang.identity.mandate_rules import is_of_age
from madang.identity.people_rules import rules_in_effect
from madang.identity.person_models import Person
from madang.kernel import times

KINDS = ("parent", "guardian", "court")
VERB = "sign"  # a consent is a declaration in the child's name


def is_old_enough(born: date | None) -> bool:
    """Return whether somebody born then consents by themselves today."""
    from madang.city.api import profile

    return born is None or is_of_age(born, profile().today(), rules_in_effect().consent_age)


def consents_alone(person: str) -> bool:
    """Return whether a person consents by themselves; true for an account of nobody yet."""
    if not person:
        return True
    with purpose(MANDATES, ACT):
        row = Person.objects.filter(pk=person).first()
    return row is None or is_old_enough(row.born)


def guardians_of(person: str) -> dict[str, str]:
    """Return who may consent for a person, with the mandate by which: {person: mandate}."""
    found = _in_force(grantor_id=person)
    return {row.grantee_id: row.pk for row in found if row.grantee_id}


def wards_of(guardian: str) -> dict[str, str]:
    """Return the children for whom somebody says yes, with the mandate: {person: mandate}."""
    if not guardian:
        return {}
    found = _in_force(grantee_id=guardian)
    held = {row.grantor_id: row.pk for row in found if row.grantor_id}
    return {child: mandate for child, mandate in held.items() if not consents_alone(child)}


def who_consents(person: str) -> list[str]:
    """Return whose yes counts for a person: their own, or for a child those of the guardians.

    Raises
    ------
    NeedsGuardian
        For a child for whom nobody is entered.
    """
    if consents_alone(person):
        return [person]
    found = sorted(guardians_of(person))
    if not found:
        raise NeedsGuardian(no_guardian())
    return found


def require_for_account(person: str, born: date | None) -> None:
    """Raise `NeedsGuardian` where a child opens an account without a guardian who is entered."""
    if not is_old_enough(born) and not (person and guardians_of(person)):
        raise NeedsGuardian(no_guardian())


def no_guardian() -> str:
    """Return what a child is to do for whom nobody is entered."""
    return _(
        "Who is under %(age)s needs the consent of a parent or guardian. Come to a counter "
        "together, with the family certificate: they are entered there and agree from then on."
    ) % {"age": rules_in_effect().consent_age}


def ask_first() -> str:
    """Return what a child is to do for whom a guardian has not agreed yet."""
    return _(
        "You are not old enough to agree by yourself. Sign in to the service with a browser: there "
        "you can ask your parent or guardian."
    )


def _in_force(**side: str) -> list[Mandate]:
    now = times.now()
    with purpose(MANDATES, ACT):
        rows = Mandate.objects.filter(
            kind__in=KINDS,
            accepted__isnull=False,
            ended__isnull=True,
            grantor_id__isnull=False,
            **side,
        )
        # what was only agreed between two who signed in shows nothing of a family
        rows = rows.exclude(evidence="session").order_by("accepted")
        return [row for row in rows if (row.until is None or row.until > now) and _covers(row)]


def _covers(row: Mandate) -> bool:
    return VERB in row.verbs and not row.services
