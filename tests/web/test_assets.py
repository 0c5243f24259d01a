"""What pages send to browsers: exactly the named files, licensed, packed, never half laid."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from madang.web import vendor
from tests.architecture.test_locks import COPYLEFT, PERMISSIVE
from tools import assets

ROOT = Path(__file__).parents[2]
FONT_LICENCE = re.compile(r"^OFL-1\.1$")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree with one installed package: two scripts, a font, a licence."""
    package = tmp_path / "node_modules" / "chart"
    (package / "files").mkdir(parents=True)
    (package / "chart.js").write_text("draw();\n" * 500)
    (package / "other.js").write_text("no")
    (package / "files" / "a.woff2").write_bytes(b"font")
    (package / "LICENSE").write_text("Do as you like.")
    about = {"madang": {"ship": {"chart": ["chart.js", "files/*.woff2"]}}}
    (tmp_path / "package.json").write_text(json.dumps(about))
    packages = {
        "": {},
        "node_modules/chart": {"version": "1.2.3", "license": "MIT"},
        "node_modules/checker": {"version": "9", "license": "MPL-2.0", "dev": True},
    }
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    return tmp_path


def test_exactly_the_named_files_are_laid_with_their_licences(tree):
    target = tree / "vendor"
    assert assets.lay(tree, target, "s1") == ["chart/chart.js", "chart/files/a.woff2"]
    laid = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert laid == {
        "chart/chart.js", "chart/chart.js.gz", "chart/files/a.woff2", "NOTICE.txt", "stamp.json",
    }  # fmt: skip
    assert gzip.decompress((target / "chart/chart.js.gz").read_bytes()).startswith(b"draw();")
    notice = (target / "NOTICE.txt").read_text()
    assert "chart 1.2.3 (MIT)" in notice
    assert "Do as you like." in notice
    assert "checker" not in notice


def test_what_is_laid_is_known_by_the_hash_of_the_lock(tree):
    target = tree / "vendor"
    before = assets.stamp_of(tree)
    assets.lay(tree, target, before)
    assert assets.is_laid(target, before)
    (tree / "package-lock.json").write_text("{}")
    assert not assets.is_laid(target, assets.stamp_of(tree))
    (target / "chart" / "chart.js").unlink()
    assert not assets.is_laid(target, before)


def test_a_name_that_matches_nothing_is_refused_and_the_old_stays(tree):
    target = tree / "vendor"
    assets.lay(tree, target, "old")
    about = {"madang": {"ship": {"chart": ["chart.js", "fonts/*.woff2"]}}}
    (tree / "package.json").write_text(json.dumps(about))
    with pytest.raises(assets.AssetsFault, match=r"chart has no file 'fonts/\*\.woff2'"):
        assets.lay(tree, target, "new")
    assert assets.is_laid(target, "old")
    assert not list(tree.glob(".vendor*"))


def test_where_npm_fails_it_says_so_and_the_start_goes_on(monkeypatch, tree, capsys):
    monkeypatch.setattr(assets, "ROOT", tree)
    monkeypatch.setattr(assets, "VENDOR", tree / "vendor")
    failing = [sys.executable, "-c", "import sys; sys.exit('registry away')"]
    monkeypatch.setattr(assets, "npm", lambda: (failing, {}))
    assert assets.main() == assets.UNREACHABLE
    assert "registry away" in capsys.readouterr().err
    assert not (tree / "vendor").exists()


def test_the_lock_names_no_registry_and_hashes_all():
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    packages = json.loads(text)["packages"]
    assert all(entry["integrity"].startswith("sha512-") for key, entry in packages.items() if key)


def test_what_reaches_browsers_is_permissive_or_a_font():
    for name, entry in assets.shipped_packages(ROOT).items():
        licence = assets.taken_licence(entry)
        assert PERMISSIVE.search(licence) or FONT_LICENCE.match(licence), f"{name}: {licence!r}"
        assert not COPYLEFT.search(licence), name


def test_pages_know_what_is_here(monkeypatch, tree):
    assets.lay(tree, tree / "vendor", "s")
    monkeypatch.setattr(vendor, "FOLDER", tree / "vendor")
    assert vendor.is_here("chart/chart.js")
    assert not vendor.is_here("chart/other.js")
    assert not vendor.missing()
    monkeypatch.setattr(vendor, "FOLDER", tree / "nowhere")
    assert not vendor.is_here("chart/chart.js")
    assert "make assets" in vendor.missing()


@pytest.mark.system
@pytest.mark.skipif(not assets.VENDOR.is_dir(), reason="not fetched (make assets)")
def test_a_built_package_has_what_pages_send(tmp_path):
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "src" / "madang" / "web", tree / "src" / "madang" / "web")
    for folder in ("", "city"):
        (tree / "src" / "madang" / folder).mkdir(exist_ok=True)
        (tree / "src" / "madang" / folder / "__init__.py").touch()
    shutil.copytree(ROOT / "cities" / "bogota", tree / "cities" / "bogota")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, tree / name)
    built = subprocess.run(
        [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(tmp_path / "built")],
        cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    packed = tmp_path / "built" / "madang" / "web" / "static" / "vendor"
    wanted = json.loads((assets.VENDOR / assets.STAMP).read_text())["files"]
    assert all((packed / name).is_file() for name in wanted)
