"""What to call a person on a page: of several forms of a name, the one its reader can read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.city.api import profile
from madang.identity.person_models import PersonName
from madang.kernel.languages import script

# best first; who reads the city's own script gets the registered name, everybody else the Latin one
_AT_HOME = ("preferred", "registered", "native", "latin")
_ABROAD = ("preferred", "latin", "registered", "native")
MOST_NAMESAKES = 200
FORMS = {
    "registered": gettext_noop("Registered name"),
    "preferred": gettext_noop("Name you want to be called by"),
    "latin": gettext_noop("Name in Latin letters"),
    "native": gettext_noop("Name in your own script"),
}


def names_of(people: Iterable[str], *, by: Actor, why: str) -> dict[str, str]:
    """Return the name of each person that has one, for a reader of the active language.

    Parameters
    ----------
    by, why : who looks, and the purpose.
    """
    wanted = sorted({one for one in people if one})
    home = profile().city.default_language
    order = order_of_forms(get_language() or home, home)
    found: dict[str, dict[str, str]] = {}
    with purpose(by, why):
        for row in PersonName.objects.filter(person_id__in=wanted):
            found.setdefault(row.person_id, {})[row.form] = row.full
    return {person: chosen(forms, order) for person, forms in found.items()}


def people_named(name: str, *, by: Actor, why: str) -> list[str]:
    """Return the ids of the people of this name, in any of its forms, written whole; at most 200.

    Parameters
    ----------
    by, why : who looks, and the purpose.
    """
    wanted = " ".join(unicodedata.normalize("NFC", name).split())
    if not wanted:
        return []
    with purpose(by, why):
        rows = PersonName.objects.filter(full__in={wanted, wanted.replace(" ", "")})
        return sorted(set(rows.values_list("person_id", flat=True)[:MOST_NAMESAKES]))


def order_of_forms(reader: str, home: str) -> Sequence[str]:
    """Return the forms of names for a reader, best first.

    Registers write names in the script of the city's language; Latin letters are read by all.

    Parameters
    ----------
    reader, home : BCP 47 tags of the page and of the city's own language.

    Examples
    --------
    >>> order_of_forms("ti", "am")[1], order_of_forms("ko", "am")[1], order_of_forms("ko", "es")[1]
    ('registered', 'latin', 'registered')
    """
    own = script(home)
    return _AT_HOME if own in (script(reader), "Latn") else _ABROAD


def chosen(forms: Mapping[str, str], order: Sequence[str]) -> str:
    """Return the first form of a name that there is; empty where there is none.

    >>> chosen({"registered": "김하늘", "latin": "KIM Haneul"}, order_of_forms("vi", "ko"))
    'KIM Haneul'
    """
    return next((forms[form] for form in order if form in forms), "")


def form_title(form: str) -> str:
    """Return what a form of a name is called, in the reader's language."""
    return _(FORMS.get(form, form))


def facts_of_name(payload: dict[str, str]) -> list[tuple[str, str]]:
    """Return what the act `identity.set-name` would change, in the reader's words."""
    return [(form_title(payload.get("form", "")), payload.get("full", ""))]
