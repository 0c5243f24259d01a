"""To whom a case can be given: offices, departments, bodies outside and officers, by their names.

Buttons and programs say codes (`unit:11440`, `department:transport`, `body:seoul-police`,
`account:...`); people write or choose a name, and what it means is found here, without a script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.cases.case_errors import ManyTargets
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.transfer_rules import bodies
from madang.city.api import profile
from madang.identity.api import who_decides
from madang.kernel.errors import Invalid

KINDS = ("account", "unit", "department", "body")
MOST_CHOICES = 20


@dataclass(frozen=True)
class Target:
    """Whom a case can be given: the code, and the name with what it is."""

    code: str
    name: str
    what: str = ""

    @property
    def label(self) -> str:
        """Return the name as it stands in lists; two of one name are told apart by what they are.

        >>> Target("unit:11440", "마포구", "자치구").label
        '마포구 (자치구)'
        """
        return f"{self.name} ({self.what})" if self.what else self.name


def targets() -> list[Target]:
    """Return everybody to whom a case can be given, in the reader's language."""
    city, language = profile(), get_language() or ""
    found = [
        Target(f"department:{one.id}", city.text(one.names, language), _("department"))
        for one in city.city.departments
    ]
    units = city.units(city.district_level)
    found += [Target(f"unit:{one.code}", one.name(language), _("district office")) for one in units]
    found += [
        Target(f"body:{one.id}", city.text(one.names, language), _("outside the city"))
        for one in bodies().bodies
    ]
    found += [
        Target(f"account:{one.id}", one.name, one.what) for one in who_decides(by=CASES, why=KEEP)
    ]
    return found


def target_named(said: str) -> str:
    """Return the code of a target that somebody wrote: a code, a label, a name or a part of one.

    Raises
    ------
    ManyTargets
        If several are called so; it says which.
    Invalid
        If nobody is.
    """
    text = " ".join(said.split())
    kind, colon, name = text.partition(":")
    if not text or text == "me" or (colon and kind in KINDS and name):
        return text
    everybody = targets()
    for same in (_label, _name, _part):
        found = [one for one in everybody if same(one, text)]
        if len(found) == 1:
            return found[0].code
        if found:
            raise ManyTargets(_("Several are called so. Choose one."), found[:MOST_CHOICES])
    fault = _("Nobody is called “%(name)s”. Look at the list.") % {"name": text}
    raise Invalid(fault, {"target": fault})


def label_of(code: str, among: Iterable[Target] | None = None) -> str:
    """Return what a target is called; a body that the city does not name, as it was written."""
    for one in targets() if among is None else among:
        if one.code == code:
            return one.label
    kind, _colon, name = code.partition(":")
    if kind == "unit":
        return profile().unit(name).name(get_language() or "")
    return _("an officer") if kind == "account" else name or code


def body_name(code: str) -> str:
    """Return what a body outside is called; one that the city does not name, as it was written."""
    name = code.removeprefix("body:")
    names = next((one.names for one in bodies().bodies if one.id == name), None)
    return profile().text(names, get_language() or "") if names else name


def _label(one: Target, text: str) -> bool:
    return one.label.casefold() == text.casefold()


def _name(one: Target, text: str) -> bool:
    return one.name.casefold() == text.casefold()


def _part(one: Target, text: str) -> bool:
    return text.casefold() in one.name.casefold()
