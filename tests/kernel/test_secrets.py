from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from madang.kernel.secrets import kept_secret


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "secrets" / "bus.key"
    made = kept_secret(path)
    assert len(made) >= 48
    assert kept_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["bus.key"]


def test_a_disk_that_is_full_leaves_no_empty_secret(tmp_path, monkeypatch):
    path = tmp_path / "bus.key"

    def full(_handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            kept_secret(path)
    assert list(tmp_path.iterdir()) == []
    assert len(kept_secret(path)) >= 48


def test_processes_that_ask_at_once_get_the_same_secret(tmp_path):
    path = tmp_path / "bus.key"
    code = (
        "import sys, pathlib; from madang.kernel.secrets import kept_secret;"
        "print(kept_secret(pathlib.Path(sys.argv[1])))"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for _ in range(4)
    ]  # fmt: skip
    told = {child.communicate(timeout=30)[0].strip() for child in children}
    assert told == {kept_secret(path)}
