"""Made-up catalogues: varied, good, marked, and the same for the same seed."""

from __future__ import annotations

from click.testing import CliRunner

from madang.services.cli_lint import generate
from madang.services.lint.examine import lint
from madang.services.lint.run import packages_in
from madang.services.packages.reader import read_package
from madang.services.synthetic import made, write_catalogue
from tests.services.lint.good import SEOUL


def test_made_up_packages_pass_the_linter_and_say_what_they_are(tmp_path):
    assert write_catalogue(tmp_path, SEOUL, 40) == 40
    departments, events, likes, questions = set(), set(), set(), set()
    for folder in packages_in([tmp_path]):
        assert lint(folder, SEOUL) == []
        package, _, _ = read_package(folder)
        assert package is not None
        assert package.service.synthetic
        assert "시험용" in package.service.title
        assert "Synthetic" in package.translations["en"].texts["service.title"]
        departments.add(package.service.handled_by.department)
        events |= set(package.service.life_events)
        likes.add(package.process.like)
        questions.add(len(package.pages.questions))
        assert 3 <= len(package.pages.questions) <= 12
        assert 3 <= len(package.decision("outcome").rows) <= 12
    assert len(departments) > 12
    assert len(events) > 20
    assert len(likes) == 6
    assert len(questions) > 5


def test_a_seed_gives_the_same_catalogue_again():
    assert made(7, SEOUL, 3) == made(7, SEOUL, 3)
    assert made(7, SEOUL, 3) != made(7, SEOUL, 4)


def test_made_up_services_do_not_mix_with_others(tmp_path):
    arguments = ["--count", "2", "--city", "seoul", "--out", str(tmp_path)]
    assert CliRunner().invoke(generate, arguments).output.startswith("2 synthetic packages")
    again = CliRunner().invoke(generate, arguments)
    assert "is not empty" in str(again.exception)
