"""How the watch over decisions speaks: states, measures, groups, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from madang.cases.audit.reasons import OTHER
from madang.cases.case_packages import pinned
from madang.cases.case_words import WHY_PERSON
from madang.city.api import profile
from madang.kernel.errors import MadangError
from madang.kernel.language_marks import marked_unless
from madang.services.api import Package, current, translated

STATES = {
    "met": gettext_noop("within the aim"),
    "breached": gettext_noop("outside the aim"),
    "undetermined": gettext_noop("too few cases to say"),
    "stable": gettext_noop("as before"),
    "drifting": gettext_noop("out of its limits"),
    "watch": gettext_noop("has moved a little"),
    "alert": gettext_noop("has moved"),
}
TAGS = {"met": "tag-good", "stable": "tag-good", "breached": "tag-failed", "drifting": "tag-failed",
        "alert": "tag-failed"}  # fmt: skip
MEASURES = {
    "auto": gettext_noop("decided by rules"),
    "granted": gettext_noop("granted"),
    "overridden": gettext_noop("an officer decided otherwise than the rules proposed"),
    "overturned": gettext_noop("changed after an objection"),
    "wrong": gettext_noop("found wrong in a sample"),
    "late": gettext_noop("decided after its day"),
    "asked": gettext_noop("asked for more"),
}
GROUPS = {
    "age_band": gettext_noop("Age"),
    "district": gettext_noop("District"),
    "language": gettext_noop("Language"),
    "channel": gettext_noop("Way it came"),
    "sex": gettext_noop("Sex"),
    "foreign": gettext_noop("Nationality"),
}
CHANNELS = {
    "web": gettext_noop("Online"),
    "app": gettext_noop("In the app"),
    "counter": gettext_noop("At a counter"),
    "phone": gettext_noop("By phone"),
    "post": gettext_noop("By post"),
    "visit": gettext_noop("We visit you"),
    "kiosk": gettext_noop("Kiosk"),
}
OUTCOMES = {
    "grant": gettext_noop("It is to be granted"),
    "refuse": gettext_noop("It is to be refused"),
    "refer": gettext_noop("It cannot be decided on what is known"),
}
TASKS = {
    "drift": gettext_noop("A share of this service left its limits: %(what)s, week of %(week)s."),
    "facts": gettext_noop("A fact is not what it was: %(what)s, week of %(week)s."),
    "groups": gettext_noop("A group does otherwise than all others: %(what)s, %(group)s."),
    "review-rule": gettext_noop("A rule is to be looked at: a sample found a wrong decision."),
    "propose-stop": gettext_noop("Somebody proposes to stop automatic decisions of this service."),
    "rubber-stamp": gettext_noop("Planted errors are caught too rarely in samples."),
}


def state_text(state: str) -> str:
    """Return a state in words."""
    return _(STATES.get(state, state))


def service_title(service: str, package_hash: str = "") -> str:
    """Return the title of a service in the reader's language; its id where none is published."""
    try:
        package: Package = (pinned(package_hash) if package_hash else current(service)).package
    except MadangError:
        return service
    language = get_language() or profile().city.default_language
    found = translated(package, "service.title", profile().chain(language))
    text, tag = found or (package.service.title, package.service.language)
    return marked_unless(text, tag, language)


def cited(law: str, package: Package) -> str:
    """Return the name of a law marked as of the package's own language; empty for none."""
    return marked_unless(law, package.service.language, get_language() or "") if law else ""


def measure_text(measure: str) -> str:
    """Return what a share counts, in words."""
    if measure.startswith("fact:"):
        return measure.removeprefix("fact:")
    return _(MEASURES.get(measure, measure))


def kind_text(by: str) -> str:
    """Return what groups are told apart by."""
    title = GROUPS[by]
    return _(title)


def group_text(by: str, group: str) -> str:
    """Return a group in words."""
    if by == "foreign":
        return _("another nationality") if group == "true" else _("the country's own")
    if by == "channel":
        return _(CHANNELS[group]) if group in CHANNELS else group
    if by == "district":
        return _district(group)
    if by == "age_band":
        return _("%(years)s years") % {"years": group.replace("-", "–")}
    return group


def why_text(word: str) -> str:
    """Return why a case went to a person, in words."""
    if word == OTHER:
        return _("An officer was faster, or no reason was kept.")
    return _(WHY_PERSON.get(word, word))


def task_text(kind: str, values: Mapping[str, Any]) -> str:
    """Return what a task is about."""
    what = measure_text(str(values.get("measure", "")))
    group = group_text(str(values.get("by", "")), str(values.get("group", "")))
    return _(TASKS[kind]) % {"what": what, "week": values.get("week", ""), "group": group}


def stratum_text(name: str) -> str:
    """Return a stratum in words: service, class, district, age."""
    parts = name.split("|")
    if len(parts) != 4:
        return name
    service, class_, district, age = parts
    said = [service_title(service), class_]
    said += [_district(district)] if district != "-" else []
    said += [group_text("age_band", age)] if age != "-" else []
    return " · ".join(said)


def midnight(day: str) -> datetime:
    """Return the beginning of a day of the city, for charts."""
    return datetime.fromisoformat(day).replace(tzinfo=profile().timezone)


def _district(code: str) -> str:
    try:
        return profile().unit(code).name(get_language() or "")
    except MadangError:
        return code
