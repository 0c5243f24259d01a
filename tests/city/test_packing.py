"""The profiles travel with the package."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.system
def test_a_built_package_has_the_profiles_beside_their_reader(tmp_path):
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "src" / "madang" / "city", tree / "src" / "madang" / "city")
    (tree / "src" / "madang" / "__init__.py").touch()
    shutil.copytree(ROOT / "cities", tree / "cities")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, tree / name)
    built = subprocess.run(
        [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(tmp_path / "built")],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    packed = tmp_path / "built" / "madang" / "city" / "profiles"
    names = {str(p.relative_to(ROOT / "cities")) for p in (ROOT / "cities").rglob("*.*")}
    assert {str(p.relative_to(packed)) for p in packed.rglob("*.*")} == names
