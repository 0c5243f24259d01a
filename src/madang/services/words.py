"""What people read for the words of the format: audiences, channels, categories, limits, money."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from madang.city.api import profile, read_limit
from madang.kernel.errors import Invalid
from madang.kernel.money import Money
from madang.kernel.writing import money_text as written_money

AUDIENCES = {
    "resident": gettext_noop("residents"),
    "foreign-resident": gettext_noop("residents from abroad"),
    "visitor": gettext_noop("visitors"),
    "household": gettext_noop("households"),
    "parent": gettext_noop("parents"),
    "older-person": gettext_noop("older people"),
    "disabled-person": gettext_noop("people with a disability"),
    "carer": gettext_noop("carers"),
    "student": gettext_noop("students"),
    "worker": gettext_noop("people who work"),
    "business": gettext_noop("businesses"),
    "owner": gettext_noop("owners"),
    "tenant": gettext_noop("tenants"),
    "driver": gettext_noop("drivers"),
    "organisation": gettext_noop("organisations"),
}
CHANNELS = {
    "web": gettext_noop("Online"),
    "app": gettext_noop("In the app"),
    "counter": gettext_noop("At a counter"),
    "phone": gettext_noop("By phone"),
    "post": gettext_noop("By post"),
    "visit": gettext_noop("We visit you"),
    "kiosk": gettext_noop("At a kiosk"),
}
CHANNEL_ICONS = {
    "web": "globe", "app": "display", "counter": "counter", "phone": "phone", "post": "paper",
    "visit": "house", "kiosk": "window",
}  # fmt: skip
SOURCES = {
    "applicant": gettext_noop("you tell us"),
    "register": gettext_noop("a register"),
    "evidence": gettext_noop("a paper you send"),
    "office": gettext_noop("the office finds out"),
}
PURPOSES = {
    "decide": gettext_noop("to decide"),
    "identify": gettext_noop("to know who asks"),
    "contact": gettext_noop("to reach you"),
    "deliver": gettext_noop("to deliver"),
    "pay": gettext_noop("to work out what is paid"),
    "route": gettext_noop("to find the right office"),
}
CATEGORIES = {
    "identity": gettext_noop("who you are"),
    "contact": gettext_noop("how to reach you"),
    "address": gettext_noop("where you live"),
    "household": gettext_noop("your household"),
    "family": gettext_noop("your family"),
    "income": gettext_noop("your income"),
    "property": gettext_noop("what you own"),
    "health": gettext_noop("your health"),
    "disability": gettext_noop("a disability"),
    "business": gettext_noop("your business"),
    "vehicle": gettext_noop("your vehicle"),
    "building": gettext_noop("a building"),
    "place": gettext_noop("a place"),
    "tax": gettext_noop("your taxes"),
    "payment": gettext_noop("a payment"),
    "choice": gettext_noop("your choice"),
}
OUTPUTS = {
    "certificate": gettext_noop("official certificate"),
    "permit": gettext_noop("permit"),
    "registration": gettext_noop("registration"),
    "benefit": gettext_noop("benefit"),
    "service": gettext_noop("service"),
    "receipt": gettext_noop("receipt"),
    "answer": gettext_noop("answer"),
}
ENDINGS = {
    "withdraw": gettext_noop("The application is withdrawn."),
    "refuse": gettext_noop("The application is refused."),
}
OUTCOMES = {
    "grant": gettext_noop("It is granted."),
    "refuse": gettext_noop("It can be refused, by a person only."),
    "refer": gettext_noop("A person looks at it."),
}


def limit_text(limit: str) -> str:
    """Return a time limit in the reader's language; as written where it is none."""
    try:
        found = read_limit(limit)
    except Invalid:
        return limit
    n = found.amount
    texts = {
        "immediately": _("at once"),
        "hours": ngettext("%(n)s office hour", "%(n)s office hours", n),
        "days": ngettext("%(n)s working day", "%(n)s working days", n),
        "calendar-days": ngettext("%(n)s day", "%(n)s days", n),
        "weeks": ngettext("%(n)s week", "%(n)s weeks", n),
        "months": ngettext("%(n)s month", "%(n)s months", n),
        "years": ngettext("%(n)s year", "%(n)s years", n),
    }
    return texts[found.unit] % {"n": n}


def money_text(amount: int, language: str) -> str:
    """Return an amount in minor units of the city's money, as people write it."""
    city = profile()
    return written_money(Money(amount, city.currency), language, city.habits(language))
