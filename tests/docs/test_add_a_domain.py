"""The how-to "Add a domain", followed to the letter."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-domain.md"
FILES = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)

FOLLOW = """
import sys, madang
madang.__path__.append(sys.argv[1])
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "madang.app.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.conf import settings
settings.TEMPLATES[0]["DIRS"] = [sys.argv[1] + "/surroundings/templates"]
from django.test import Client
page = Client().get("/noise/")
assert page.status_code == 200, page.content
assert "0 places measure noise" in page.content.decode()
from madang.kernel.registry import ObservedProperty, registry
assert "laeq" in {offer.id for offer in registry().offers(ObservedProperty)}
from madang.telemetry.models import ObservedProperty as Kept
assert Kept.objects.filter(id="laeq").exists()
sys.argv = ["madang", "surroundings", "laeq", "--levels", sys.argv[2], "--json"]
from madang.app.cli import main
main()
"""


@pytest.fixture
def room(tmp_path):
    for name, text in FILES.findall(PAGE.read_text(encoding="utf-8")):
        path = tmp_path / "more" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "more"


def follow(room, levels):
    environment = {"MADANG_DATA": str(room.parent / "var"), "PATH": "/usr/bin:/bin"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2] / "src")
    return subprocess.run(
        [sys.executable, "-c", FOLLOW, str(room), str(levels)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_new_room_works_at_all_three_doors(room, tmp_path):
    levels = tmp_path / "levels.txt"
    levels.write_text("60\n70\n")
    done = follow(room, levels)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == '{"laeq_dba": 67.4}'


def test_its_bad_input_is_named_by_file_and_line(room, tmp_path):
    levels = tmp_path / "levels.txt"
    levels.write_text("60\nloud\n")
    done = follow(room, levels)
    assert done.returncode == 2
    assert "levels.txt:2: 'loud' is no level" in done.stderr


def test_its_engine_example_is_right(room):
    import doctest
    import importlib.util

    spec = importlib.util.spec_from_file_location("levels", room / "surroundings/engine/levels.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert doctest.testmod(module) == doctest.TestResults(failed=0, attempted=1)
