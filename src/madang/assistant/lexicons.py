"""The assistant's lexicons, read once: files under ``lexicon/`` beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from madang.assistant.engine.cues import Cues, cues_of

FOLDER = Path(__file__).parent / "lexicon"


@dataclass(frozen=True)
class Lexicon:
    """All cues.

    about: what is asked of a thing. this: what points back. filler: words that say nothing more.
    """

    about: Cues
    this: Cues
    filler: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the house."""
    routes = _read("routes.yaml")
    return Lexicon(
        about=cues_of(routes["about"]),
        this=cues_of({"this": routes["this"]}),
        filler=frozenset(routes["filler"]),
    )


def _read(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found
