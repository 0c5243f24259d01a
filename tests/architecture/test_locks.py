"""The locks: hashed, without index addresses, and only with licences we may ship."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_names_no_index(lock):
    text = lock.read_text()
    assert "index-url" not in text
    assert "find-links" not in text
    assert not re.search(r"https?://", text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_pin_has_a_hash(lock):
    pins = re.split(r"\n(?=[a-z0-9])", lock.read_text(), flags=re.IGNORECASE)
    for pin in pins:
        assert "==" in pin
        assert "--hash=sha256:" in pin, pin.splitlines()[0]


def test_the_locks_agree():
    versions: dict[tuple[str, str], set[str]] = {}
    for lock in LOCKS:
        pins = re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)(.*)$", lock.read_text(), re.M)
        for name, version, where in pins:  # one version per platform and interpreter
            versions.setdefault((name, where), set()).add(version)
    assert not {name: found for name, found in versions.items() if len(found) > 1}


# Permissive or MPL; a package outside this list needs a decision, written here.
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|Zlib|Unlicense|0BSD|HPND|CNRI",
    re.IGNORECASE,
)
DECIDED = {
    "cedarpy": "Apache-2.0 by its LICENSE file; its metadata names none",
    "paho-mqtt": "EPL-2.0 or EDL-1.0 (BSD-3-Clause); taken under the EDL",
    "scipy": "BSD-3-Clause; its wheel carries the Fortran runtime of GCC, linked under that "
    "library's exception",
}
COPYLEFT = re.compile(r"\bA?GPL|\bLGPL|Lesser General Public|General Public License", re.IGNORECASE)


def core_packages() -> list[str]:
    text = (ROOT / "requirements" / "core.txt").read_text()
    return re.findall(r"^([a-z0-9._-]+)==", text, re.M)


def licence(name: str) -> str | None:
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None  # for another platform
    classifiers = [c for c in metadata.get_all("Classifier") or () if c.startswith("License")]
    return " ".join(
        [metadata.get("License-Expression") or "", metadata.get("License") or "", *classifiers]
    )


@pytest.mark.parametrize("name", core_packages())
def test_the_default_install_is_permissive(name):
    text = licence(name)
    if text is None or name in DECIDED:
        return
    assert PERMISSIVE.search(text), f"{name}: {text[:200]!r}"
    assert not COPYLEFT.search(text), f"{name}: {text[:200]!r}"
