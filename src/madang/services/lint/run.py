"""Many packages, looked at side by side where there are many."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from madang.city.api import Profile, load_profile, profile
from madang.services.lint import examine
from madang.services.lint.fault import Fault

MANY = 50  # packages from which on several processes pay
CHECKS: dict[str, Callable[..., list[Fault]]] = {"lint": examine.lint, "test": examine.tested}


@dataclass(frozen=True)
class Examined:
    """A package and what is wrong with it."""

    path: str
    faults: tuple[Fault, ...]

    def plain(self) -> dict[str, Any]:
        """Return what programs read of it."""
        errors = [fault.plain() for fault in self.faults]
        return {"path": self.path, "ok": not errors, "errors": errors}


def packages_in(paths: Iterable[Path]) -> list[Path]:
    """Return the packages of some folders: each itself, or those that lie in it."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(item.parent for item in path.glob("*/service.yaml"))
        found += [path] if (path / "service.yaml").exists() or not inside else inside
    return list(dict.fromkeys(found))


def examined(paths: Iterable[Path], what: str, city: str = "") -> list[Examined]:
    """Return what is wrong with packages, in the order in which they were named."""
    folders = packages_in(paths)
    look = partial(_one, what=what, city=city)
    _city(city)  # wrong names of cities are told once, here
    workers = min(os.cpu_count() or 1, 4)
    if len(folders) <= MANY or workers == 1:
        return [look(folder) for folder in folders]
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        return list(pool.map(look, folders, chunksize=20))


def _one(folder: Path, what: str, city: str) -> Examined:
    return Examined(str(folder), tuple(CHECKS[what](folder, _city(city))))


@cache
def _city(name: str) -> Profile:
    return load_profile(name) if name else profile()
