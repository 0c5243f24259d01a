"""Files of translations, from the texts that a package has: what is missing, stale or left over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from madang.services.packages.content import Translation
from madang.services.packages.package import Package
from madang.services.packages.texts import digest, texts

TO_TRANSLATE = "[{}] "  # what begins a text that is still in the source language, with its tag


class _Stamp(str):
    """A digest; written in quotes, for 12e45678 would be read as a number."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes stamps in quotes."""


_Dumper.add_representer(
    _Stamp, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'")
)


@dataclass(frozen=True)
class Progress:
    """How far a language is: paths of texts, in the order of the package."""

    language: str
    total: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    unstamped: tuple[str, ...]
    unknown: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return what programs read of it."""
        return {
            "language": self.language,
            "total": self.total,
            "missing": list(self.missing),
            "stale": list(self.stale),
            "unstamped": list(self.unstamped),
            "unknown": list(self.unknown),
        }


def progress(package: Package, language: str) -> Progress:
    """Return which texts of a package lack a translation, or have one of another text."""
    source = dict(texts(package))
    found = package.translations.get(language, Translation("machine", {}))
    mark = TO_TRANSLATE.format(package.service.language)
    there = [p for p in source if p in found.texts and not found.texts[p].startswith(mark)]
    return Progress(
        language,
        len(source),
        tuple(path for path in source if path not in there),
        tuple(p for p in there if p in found.of and found.of[p] != digest(source[p])),
        tuple(path for path in there if path not in found.of),
        tuple(path for path in found.texts if path not in source),
    )


def write_translation(package: Package, folder: Path, language: str) -> Path:
    """Write `i18n/<language>.yaml` anew and return its path.

    Texts stand in the order of the package. What is missing stands there in the source language,
    marked and without a stamp, so that the linter finds it until somebody translates it; texts
    that have no stamp are taken to be translations of what the package says now. A stamp that is
    stale stays: only who looks at the text may say that it still holds (take the line away).
    """
    source = dict(texts(package))
    found = package.translations.get(language, Translation("machine", {}))
    mark = TO_TRANSLATE.format(package.service.language)
    written = {path: found.texts.get(path, mark + text) for path, text in source.items()}
    of = {
        path: _Stamp(found.of.get(path, digest(source[path])))
        for path, text in written.items()
        if not text.startswith(mark)
    }
    value: dict[str, Any] = {"status": found.status, "texts": written, "of": of}
    states = {path: state for path, state in found.states.items() if path in source}
    if states:
        value["states"] = states
    path = folder / "i18n" / f"{language}.yaml"
    path.parent.mkdir(exist_ok=True)
    dumped = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(dumped, encoding="utf-8")
    return path
