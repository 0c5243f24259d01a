"""``madang assistant benches``: fixed benches, their figures kept by version."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from madang.assistant.models import BenchRun
from madang.assistant.review import history
from madang.assistant.review.cli_benches import benches
from madang.kernel.errors import BadInput
from tests.search.city_documents import documents, questions

ONE = "- {name: town, measure: search, docs: %s, questions: %s, mode: %s}"


def listed(folder, mode="lexical") -> str:
    path = folder / "benches.yaml"
    one = ONE % (documents(folder).name, questions(folder).name, mode)
    path.write_text(f"benches:\n  {one}\n", "utf-8")
    return str(path)


def run(*arguments):
    return CliRunner().invoke(benches, arguments, catch_exceptions=False)


@pytest.mark.data
@pytest.mark.django_db
def test_versions_are_kept_and_compared(tmp_path):
    for version, mode in (("1.0", "keyword"), ("1.1", "lexical"), ("1.1", "lexical")):
        done = run(listed(tmp_path, mode), "--version", version, "--keep", "--json")
        assert done.exit_code == 0
    (told,) = json.loads(done.stdout)["benches"]
    assert told["version"] == "1.1" and 0 < told["r_at_5"]["value"] <= 1
    assert BenchRun.objects.count() == 2
    (found,) = history.histories()
    new, old = found.versions
    assert (new.version, old.version, new.is_same_data) == ("1.1", "1.0", True)
    gain = dict(new.figures)["r_at_5"]["value"] - dict(old.figures)["r_at_5"]["value"]
    assert new.changes["r_at_5"] == pytest.approx(gain * 100, abs=0.01)


@pytest.mark.data
@pytest.mark.django_db
def test_other_files_are_not_compared():
    share = {"value": 0.9, "low": 0.8, "high": 1.0, "n": 10}
    history.keep("town", "1.0", "a", {"r_at_5": share})
    history.keep("town", "1.1", "b", {"r_at_5": {**share, "value": 0.1}})
    new = history.histories()[0].versions[0]
    assert new.changes == {} and not new.is_same_data


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("benches: []", "benches.yaml:1: benches"),
        ("benches:\n  - {name: a, measure: guess, docs: d, questions: q}", "yaml:2: benches.0"),
        (f"benches:\n  {ONE % ('d', 'q', 'lexical')}\n  {ONE % ('d', 'q', 'lexical')}",
         "benches.1.name: 'town' stands twice"),
        ("benches: [", "benches.yaml:"),
        (f"benches:\n  {ONE % ('none.jsonl', 'q', 'lexical')}", "none.jsonl: cannot be read"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_run_is_named_by_file_and_line(tmp_path, text, said):
    path = tmp_path / "benches.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput) as error:
        run(str(path))
    assert said in error.value.message
    with pytest.raises(BadInput, match="lists no bench 'x'"):
        run(listed(tmp_path), "--only", "x")
