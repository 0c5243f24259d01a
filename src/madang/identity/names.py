"""What to call a person on a page: of several forms of a name, the one its reader can read."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, purpose
from madang.identity.person_models import PersonName

# best first; who reads Hangul gets the registered name, everybody else the Latin one
_ORDER = ("preferred", "registered", "native", "latin")
_ABROAD = ("preferred", "latin", "registered", "native")
FORMS = {
    "registered": gettext_noop("Registered name"),
    "preferred": gettext_noop("Name you want to be called by"),
    "latin": gettext_noop("Name in Latin letters"),
    "native": gettext_noop("Name in your own script"),
}


def names_of(people: Iterable[str], language: str, *, by: Actor, why: str) -> dict[str, str]:
    """Return the name of each person that has one, for a reader of that language.

    Parameters
    ----------
    language : of the page; ``ko`` reads the registered name, others the Latin form first.
    by, why : who looks, and the purpose.
    """
    wanted = sorted({one for one in people if one})
    found: dict[str, dict[str, str]] = {}
    with purpose(by, why):
        for row in PersonName.objects.filter(person_id__in=wanted):
            found.setdefault(row.person_id, {})[row.form] = row.full
    return {person: chosen(forms, language) for person, forms in found.items()}


def chosen(forms: dict[str, str], language: str) -> str:
    """Return the form of a name that suits a reader; empty where there is none.

    >>> chosen({"registered": "김하늘", "latin": "KIM Haneul"}, "vi")
    'KIM Haneul'
    """
    order = _ORDER if language.startswith("ko") else _ABROAD
    return next((forms[form] for form in order if form in forms), "")


def form_title(form: str) -> str:
    """Return what a form of a name is called, in the reader's language."""
    return _(FORMS.get(form, form))


def facts_of_name(payload: dict[str, str]) -> list[tuple[str, str]]:
    """Return what the act `identity.set-name` would change, in the reader's words."""
    return [(form_title(payload.get("form", "")), payload.get("full", ""))]
