"""What people write on the sign-up pages, read and shown again as they wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel.errors import Invalid, NotFound
from madang.notices import actions, kinds
from madang.notices.kinds import Wanted
from madang.notices.models import Subscriber
from madang.notices.rules import Quiet

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
WHOLE_CITY = "city"
QUIET_FROM, QUIET_TO = "22:00", "07:00"


@dataclass(frozen=True)
class SignUpForm:
    """The fields as they were written; `chosen` are ``kind:subject``, `levels` by kind."""

    channel: str = "email"
    email: str = ""
    phone: str = ""
    subscription: str = ""
    place: str = WHOLE_CITY
    chosen: Sequence[str] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    hours: Sequence[str] = ("critical",)
    quiet_from: str = QUIET_FROM
    quiet_to: str = QUIET_TO

    @property
    def address(self) -> str:
        """The address of the chosen channel."""
        return {"email": self.email, "push": self.subscription}.get(self.channel, self.phone)

    def wishes(self) -> list[Wanted]:
        """Return what is asked for."""
        found = []
        for text in self.chosen:
            kind, _colon, subject = text.partition(":")
            place = "" if self.place == WHOLE_CITY else self.place
            found.append(Wanted(kind, subject, place, self.levels.get(kind, "")))
        return found

    def manner(self) -> actions.Manner:
        """Return how to tell; raises `Invalid` where the hours cannot be read."""
        quiet = None
        if "quiet" in self.hours:
            quiet = Quiet(
                _minute("quiet_from", self.quiet_from), _minute("quiet_to", self.quiet_to)
            )
        return actions.Manner(self.language, quiet, "critical" in self.hours)


@dataclass(frozen=True)
class KindChoice:
    """A kind of alert with what can be chosen, as `web/parts` wants options."""

    id: str
    title: str
    help: str
    subjects: Sequence[tuple[str, str, str]]
    chosen: Sequence[str]
    levels: Sequence[tuple[str, str]]
    level: str

    @property
    def field(self) -> str:
        """The name of the field with its subjects."""
        return wish_field(self.id)

    @property
    def level_field(self) -> str:
        """The name of the field with its levels."""
        return level_field(self.id)


def wish_field(kind: str) -> str:
    """Return the name of the field with a kind's subjects."""
    return f"wish-{kind.replace('.', '-')}"


def level_field(kind: str) -> str:
    """Return the name of the field with a kind's levels."""
    return f"level-{kind.replace('.', '-')}"


def place_choices() -> list[tuple[str, str]]:
    """Return (code, name) of the places that can be chosen, the whole city first."""
    return [(WHOLE_CITY, _("The whole city")), *district_choices()]


def district_choices() -> list[tuple[str, str]]:
    """Return (code, name) of the districts, in the reader's language."""
    return [(unit.code, unit.name(_language())) for unit in kinds.places()]


def proposed(given: QueryDict, language: str) -> SignUpForm:
    """Return an empty form; ``district`` and ``pollutant`` of the address are chosen already."""
    form = SignUpForm(language=language, place=_known_place(given.get("district", "")))
    wanted = given.get("pollutant", "")
    chosen = [
        f"{kind.id}:{subject}"
        for kind in kinds.kinds()
        for subject, _title in kind.subjects
        if subject == wanted
    ]
    first = [f"{k.id}:{k.subjects[0][0]}" for k in kinds.kinds()]
    return replace(form, chosen=chosen or first)


def _known_place(code: str) -> str:
    try:
        return profile().unit(code).code if code else WHOLE_CITY
    except NotFound:
        return WHOLE_CITY


def read(post: QueryDict) -> SignUpForm:
    """Return the form as it was sent."""
    return SignUpForm(
        channel=post.get("channel", "email"),
        email=post.get("email", ""),
        phone=post.get("phone", ""),
        subscription=post.get("subscription", ""),
        place=post.get("place", WHOLE_CITY),
        chosen=[f"{k.id}:{s}" for k in kinds.kinds() for s in post.getlist(wish_field(k.id))],
        levels={k.id: post.get(level_field(k.id), "") for k in kinds.kinds()},
        language=post.get("language", ""),
        hours=post.getlist("hours"),
        quiet_from=post.get("quiet_from", QUIET_FROM),
        quiet_to=post.get("quiet_to", QUIET_TO),
    )


def of_subscriber(who: Subscriber) -> SignUpForm:
    """Return a subscriber's manner as a form, with nothing more asked for."""
    has_quiet = who.quiet_from is not None and who.quiet_to is not None
    return SignUpForm(
        language=who.language,
        hours=["quiet"] * has_quiet + ["critical"] * who.critical_passes,
        quiet_from=_clock(who.quiet_from) if has_quiet else QUIET_FROM,
        quiet_to=_clock(who.quiet_to) if has_quiet else QUIET_TO,
    )


def choices(form: SignUpForm) -> list[KindChoice]:
    """Return the kinds of alerts with what the form has chosen."""
    return [
        KindChoice(
            id=kind.id,
            title=_(kind.title),
            help=_(kind.help),
            subjects=[(subject, _(title), "") for subject, title in kind.subjects],
            chosen=[s for s, _title in kind.subjects if f"{kind.id}:{s}" in form.chosen],
            levels=[(name, _(title)) for name, title in kind.levels]
            if len(kind.levels) > 1
            else [],
            level=form.levels.get(kind.id) or kind.default_level,
        )
        for kind in kinds.kinds()
    ]


def hour_choices() -> list[tuple[str, str, str]]:
    """Return the two choices about quiet hours."""
    return [
        ("quiet", _("Keep these hours quiet"), ""),
        ("critical", _("Wake me for a dangerous situation"), ""),
    ]


def error_list(errors: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (id of the field, sentence) for the summary above a form."""
    first = next((wish_field(kind.id) for kind in kinds.kinds()), "place")
    return [(first if name == "wish" else name, text) for name, text in errors.items()]


def wish_words(kind_id: str, subject: str, place: str, level: int) -> str:
    """Return a wish in words: what, from which level, where."""
    city = profile()
    try:
        of = kinds.kind(kind_id)
        what = f"{_(of.title)}: {kinds.subject_title(of, subject)}"
        if len(of.levels) > 1:
            what = _("%(what)s, from “%(level)s” on") % {
                "what": what,
                "level": kinds.level_title(of, level),
            }
    except NotFound:  # a room that is not installed any more
        what = f"{kind_id}: {subject}"
    try:
        where = city.unit(place).name(_language()) if place else city.name(_language())
    except NotFound:
        where = place
    return f"{where} · {what}"


def channel_title(channel: str) -> str:
    """Return a channel's name in the reader's language."""
    titles = {
        "email": _("E-mail"), "push": _("This browser"), "sms": _("Text message"),
        "kakao": _("KakaoTalk message"), "voice": _("Spoken call"),
    }  # fmt: skip
    return titles.get(channel, channel)


def _language() -> str:
    return get_language() or ""


def _minute(name: str, text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        reason = _("Write the time like 22:00.")
        raise Invalid(reason, {name: reason})
    return int(found[1]) * 60 + int(found[2])


def _clock(minute: int | None) -> str:
    return f"{(minute or 0) // 60:02d}:{(minute or 0) % 60:02d}"
