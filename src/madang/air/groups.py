"""What to do in each class of air, for each group of people: data with its sources.

By grade (good, moderate, bad, very_bad). `advice_for` is the short form of the page's heading;
`plain_words` the easy-to-read variant, a text of its own with a state of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# The four grades follow the Korean guides (국민재난안전포털, 미세먼지 행동요령; 산업안전보건기준에
# 관한 규칙 제605조·제617조·별표 16); the guide of the US EPA agrees with them. Which of them a page
# names is the city's: `advice_sources` in air.yaml.

SHORT: Mapping[str, str] = {
    "good": gettext_noop("Nothing stands against being outside."),
    "moderate": gettext_noop("Fine for most people."),
    "bad": gettext_noop("Keep outdoor exercise short."),
    "very_bad": gettext_noop("Stay inside if you can."),
}

GROUPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "everyone": (
        gettext_noop("Everyone"),
        {
            "good": gettext_noop("Go outside as you like. It is a good time to open the windows."),
            "moderate": gettext_noop("Go outside as usual."),
            "bad": gettext_noop(
                "Keep long or hard exercise outside short. If your eyes hurt or you cough, stay in."
            ),
            "very_bad": gettext_noop(
                "Put off exercise outside. Wear a mask that filters fine dust when you go out."
            ),
        },
    ),
    "children": (
        gettext_noop("Children"),
        {
            "good": gettext_noop("Play outside as usual."),
            "moderate": gettext_noop("Play outside as usual. Watch how a sensitive child feels."),
            "bad": gettext_noop("Play and do sport inside."),
            "very_bad": gettext_noop("Stay inside. Schools and nurseries keep lessons inside."),
        },
    ),
    "over-65s": (
        gettext_noop("People over 65"),
        {
            "good": gettext_noop("Go out as usual."),
            "moderate": gettext_noop("Go out as usual. Heed how you feel."),
            "bad": gettext_noop("Go out only for a short time. Exercise inside."),
            "very_bad": gettext_noop("Stay inside. If you must go out, wear a mask and go slowly."),
        },
    ),
    "lung-heart": (
        gettext_noop("People with lung or heart disease"),
        {
            "good": gettext_noop("Go out as usual."),
            "moderate": gettext_noop("Go out as usual, with your medicine at hand."),
            "bad": gettext_noop(
                "Avoid effort outside. With asthma you may need your inhaler more often."
            ),
            "very_bad": gettext_noop("Stay inside. Ask your doctor before any effort outside."),
        },
    ),
    "outdoor-workers": (
        gettext_noop("People who work outside"),
        {
            "good": gettext_noop("Work as usual."),
            "moderate": gettext_noop("Work as usual."),
            "bad": gettext_noop("Take breaks inside. Ask your employer for a mask."),
            "very_bad": gettext_noop("Wear a mask that filters fine dust. Put off heavy work."),
        },
    ),
}

# icon and sentence
PLAIN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "good": (
        ("cai-good", gettext_noop("The air is clean.")),
        ("outside", gettext_noop("You can go outside.")),
    ),
    "moderate": (
        ("cai-moderate", gettext_noop("The air is all right.")),
        ("outside", gettext_noop("You can go outside.")),
        ("house", gettext_noop("Do you cough? Then rest inside.")),
    ),
    "bad": (
        ("cai-bad", gettext_noop("The air is bad.")),
        ("clock", gettext_noop("Stay outside only for a short time.")),
        ("no-running", gettext_noop("Do not run outside.")),
        ("house", gettext_noop("Are you ill, very young or over 65? Then stay inside.")),
    ),
    "very_bad": (
        ("cai-very-bad", gettext_noop("The air is very bad.")),
        ("house", gettext_noop("Stay inside.")),
        ("window", gettext_noop("Close the windows.")),
        ("mask", gettext_noop("Do you have to go out? Then wear a mask.")),
    ),
}
# machine: no person who reads easy language has checked it; then reviewed, then approved
PLAIN_STATE = "machine"


@dataclass(frozen=True)
class GroupAdvice:
    """What one group of people should do now."""

    id: str
    name: str
    text: str


@dataclass(frozen=True)
class PlainWords:
    """The easy-to-read text, (icon, sentence) each; its state: machine, reviewed or approved."""

    steps: tuple[tuple[str, str], ...]
    state: str


def advice_for(grade: str | None) -> str:
    """Return the short advice of a grade, for the heading; empty for none."""
    return _(SHORT[grade]) if grade else ""


def groups(grade: str | None) -> list[GroupAdvice]:
    """Return the advice for every group; empty where the air is not known."""
    if not grade:
        return []
    return [GroupAdvice(key, _(name), _(texts[grade])) for key, (name, texts) in GROUPS.items()]


def plain_words(grade: str | None) -> PlainWords | None:
    """Return the easy-to-read text of a grade; None where the air is not known."""
    if not grade:
        return None
    return PlainWords(tuple((icon, _(sentence)) for icon, sentence in PLAIN[grade]), PLAIN_STATE)
