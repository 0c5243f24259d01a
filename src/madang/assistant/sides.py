"""Answers side by side: of two districts, or of two services that fit alike. Never merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from madang.assistant.asking import Asking, Reply
from madang.assistant.city_places import said_places
from madang.assistant.engine.dialogue import Answered, AnswerStatus, Passage, Side
from madang.assistant.engine.gate import are_tied
from madang.assistant.quoting import passages, thing
from madang.search import api as search


def said_district(asking: Asking) -> str:
    """Return the district that a turn names, else where the resident lives."""
    found = _districts(asking)
    return found[0] if len(found) == 1 else asking.district


def side_by_side(
    asking: Asking, hits: Sequence[search.Hit], about: list[str], sure: float
) -> Reply | None:
    """Answer for each of several districts, or each of two services; None for one of each."""
    districts = _districts(asking)
    if len(districts) > 1:
        return _by_district(asking, hits[0].key, districts, about, sure)
    tied = [hit for hit in hits[:2] if hit.kind == "service"]
    if len(tied) == 2 and are_tied(tied[0].probability, tied[1].probability):
        return _by_service(asking, tied, about, sure)
    return None


def _districts(asking: Asking) -> list[str]:
    known = {unit.code for unit in asking.city.districts()}
    return list(
        dict.fromkeys(one.name for one in said_places(asking.plain, asking.city)
                      if one.name in known)
    )  # fmt: skip


def _by_district(
    asking: Asking, key: str, districts: list[str], about: list[str], sure: float
) -> Reply | None:
    sides = []
    for code in districts:
        told = thing(key, asking.language, code)
        if told is None:
            return None
        label = asking.city.unit(code).name(asking.language)
        sides.append(Side(label, passages(key, told, about) or passages(key, told)))
    if len({_words(side.passages) for side in sides}) == 1:
        text = _("The same holds in %(places)s:") % {
            "places": ", ".join(side.label for side in sides)
        }
        return _reply(asking, sides[:1], text, sure, quoted=sides[0].passages)
    text = _("Each district has its own rules. They stand side by side.")
    return _reply(asking, sides, text, sure)


def _by_service(
    asking: Asking, hits: Sequence[search.Hit], about: list[str], sure: float
) -> Reply | None:
    sides = []
    for hit in hits:
        told = thing(hit.key, asking.language, asking.district)
        if told is None:
            return None
        quoted = passages(hit.key, told, about) or passages(hit.key, told)
        sides.append(Side(hit.title_text, quoted))
    text = _("Two services fit. They stand side by side.")
    return _reply(asking, sides, text, sure)


def _reply(
    asking: Asking, sides: list[Side], text: str, sure: float, quoted: tuple[Passage, ...] = ()
) -> Reply:
    lines = [text]
    for side in sides:
        words = "; ".join(
            f"{one.section}: {', '.join(one.lines)}" if one.section else ", ".join(one.lines)
            for one in side.passages
        )
        lines.append(words if quoted else f"{side.label} – {words}")
    source = sides[0].passages[0].source if sides[0].passages else None
    state = replace(
        asking.state,
        focus=source.key if source and (quoted or len({s.passages[0].source.key for s in sides
              if s.passages}) == 1) else "",
        focus_title=source.title if source else "", candidates=(), open_fact="",
    )  # fmt: skip
    answered = Answered(
        AnswerStatus.ANSWERED, "\n".join(lines), passages=quoted,
        sides=() if quoted else tuple(sides), sure=sure,
    )  # fmt: skip
    return Reply(answered, state)


def _words(quoted: tuple[Passage, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((one.section, *one.lines) for one in quoted)
