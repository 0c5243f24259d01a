"""``madang city ...`` as people and scripts use it."""

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from madang.city.cli import check, import_boundaries, new, show
from madang.city.domain_files import problems_of_domains
from madang.city.errors import InvalidProfile
from madang.city.loader import cities_folder, read_profile
from madang.kernel.errors import Conflict, Invalid
from tests.city.folders import write_profile
from tests.city.test_boundaries import _squares


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a command on an instance of its own."""
    from madang.city import api
    from madang.kernel import config

    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "var"))
    config.settings.cache_clear()
    api.profile.cache_clear()
    yield lambda command, *arguments: CliRunner().invoke(command, [str(a) for a in arguments])
    config.settings.cache_clear()
    api.profile.cache_clear()


def test_check_of_a_good_profile_says_what_it_holds(run):
    answer = run(check, cities_folder() / "seoul", "--json")
    summary = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert summary["ok"] is True
    assert summary["city"] == "seoul"
    assert summary["units"] == {"district": 25, "dong": 426}
    assert len(summary["languages"]) == 22
    assert summary["problems"] == []
    assert summary["texts"]["missing"] == summary["texts"]["stale"] == []
    assert summary["texts"]["states"]["vi"]["machine"] > 40
    said = run(check, "seoul").stdout
    assert "good. 25 district" in said
    assert "read by nobody yet: ar, bn," in said


def test_check_of_a_bad_profile_exits_2_and_names_each_place(run, tmp_path):
    folder = write_profile(tmp_path / "bad", {"timezone": "Mars/Base", "map.epsg": "x"})
    answer = run(check, folder, "--json")
    summary = json.loads(answer.stdout)
    assert answer.exit_code == 2
    assert summary["ok"] is False
    (problem,) = summary["problems"]
    assert problem.keys() == {"file", "line", "field", "message"}
    assert (problem["file"], problem["field"]) == ("city.yaml", "map.epsg")
    assert isinstance(run(check, folder).exception, InvalidProfile)


def test_check_of_a_folder_without_a_profile_says_so(run, tmp_path):
    answer = run(check, tmp_path, "--json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["problems"][0]["message"].startswith("cannot be read")


def test_bad_input_ends_the_real_command_with_2_and_no_traceback(tmp_path):
    folder = write_profile(tmp_path / "bad", {"timezone": "Mars/Base"})
    code = "from madang.app.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "city", "check", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "city.yaml:6: timezone:" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--country", "CO"),
        ("--country", "ET", "--language", "am"),
        ("--country", "NO", "--at", "5.32,60.39"),
    ],
)
def test_a_new_profile_lists_what_is_to_be_filled_and_is_good_once_it_is(run, tmp_path, options):
    answer = run(new, "harbour", "--dir", tmp_path, *options)
    folder = tmp_path / "harbour"
    _profile, problems = read_profile(folder)
    assert answer.exit_code == 0
    assert all("is still to be filled" in item.message for item in problems)
    assert all(str(item) in answer.stdout for item in problems)
    _fill(folder)
    profile, left = read_profile(folder)
    assert [str(item) for item in left] == []
    assert [str(item) for item in problems_of_domains(profile)] == []


@pytest.mark.parametrize("place", ["here", "1", "181,0", "0,95"])
def test_a_middle_that_is_no_place_is_refused_before_anything_is_written(run, tmp_path, place):
    answer = run(new, "harbour", "--dir", tmp_path, "--at", place)
    assert isinstance(answer.exception, Invalid)
    assert not (tmp_path / "harbour").exists()


def test_the_middle_gives_the_projection(run, tmp_path):
    run(new, "south", "--dir", tmp_path, "--country", "CO", "--at", "-74.08,-4.65")
    text = (tmp_path / "south" / "city.yaml").read_text(encoding="utf-8")
    assert "epsg: 32718 " in text  # UTM 18 south, from 78 to 72 degrees west


def test_faults_of_the_files_of_domains_are_named_by_line(run, tmp_path):
    folder = tmp_path / "jakarta"
    shutil.copytree(cities_folder() / "jakarta", folder)
    for name, old, new_text in (
        ("air.yaml", "top: 100", "top: 20"),
        ("simulator.yaml", "traffic_share: 0.3", "traffic_share: much"),
    ):
        file = folder / name
        file.write_text(file.read_text(encoding="utf-8").replace(old, new_text), encoding="utf-8")
    problems = json.loads(run(check, folder, "--json").stdout)["problems"]
    said = {(item["file"], item["message"].partition(":")[0]) for item in problems}
    assert said == {
        ("air.yaml", "index.classes[1].top"),
        ("simulator.yaml", "air.traffic_share"),
    }
    lines = {item["file"]: item["line"] for item in problems}
    for file, line in lines.items():
        text = (folder / file).read_text(encoding="utf-8").splitlines()[line - 1]
        assert "20" in text or "much" in text


@pytest.mark.parametrize("city", sorted(path.name for path in cities_folder().glob("[a-z]*")))
def test_every_city_of_the_house_is_good(run, city):
    assert json.loads(run(check, city, "--json").stdout)["problems"] == []


def _fill(folder):
    """Do what the marks say, as a person would."""
    air = folder / "air.yaml"
    air.write_text(
        air.read_text(encoding="utf-8").replace(
            '"FILL IANA name, such as Asia/Seoul"', "Europe/London"
        ),
        encoding="utf-8",
    )
    text = (folder / "city.yaml").read_text(encoding="utf-8")
    for mark, value in {
        '"FILL degrees"': "10.0",
        '"FILL code of the local projection"': "3857",
        '"FILL as dialled"': '"112"',
        '"FILL country code without plus"': '"57"',
        '"FILL ISO 3166-1 code"': "GB",
        '"FILL IANA name, such as Asia/Seoul"': "Europe/London",
        '"FILL ISO 4217 code"': "GBP",
        '"FILL ': '"words: ',
    }.items():
        text = text.replace(mark, value)
    (folder / "city.yaml").write_text(text, encoding="utf-8")
    table = (folder / "units" / "district.csv").read_text(encoding="utf-8")
    table = table.replace("FILL code,FILL name,,,", "A,Alpha,10.0,10.0,1000")
    (folder / "units" / "district.csv").write_text(table, encoding="utf-8")


def test_a_new_profile_never_overwrites(run, tmp_path):
    (tmp_path / "there").mkdir()
    assert isinstance(run(new, "there", "--dir", tmp_path).exception, Conflict)
    for name, options in (
        ("No Name", ()),
        ("x", ("--language", "klingonese")),
        ("x", ("--country", "ZZZ")),
    ):
        assert isinstance(run(new, name, "--dir", tmp_path, *options).exception, Invalid)
    assert [item.name for item in tmp_path.iterdir()] == ["there"]


def test_show_says_how_outlines_are_labelled_before_and_after_an_import(run, tmp_path):
    before = json.loads(run(show, "--json").stdout)
    assert before["outlines"] == {"district": "schematic", "dong": "schematic"}
    assert "outlines    district: schematic, dong: schematic" in run(show, "seoul").stdout
    codes = [
        line.split(",")[0]
        for line in (cities_folder() / "seoul/units/district.csv")
        .read_text("utf-8")
        .splitlines()[1:]
    ]
    file = tmp_path / "gu.geojson"
    file.write_text(_squares(codes), encoding="utf-8")
    done = run(import_boundaries, file, "--source", "Seoul, 2026", "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["outlines"] == 25
    after = json.loads(run(show, "--json").stdout)
    assert after["outlines"] == {"district": "official", "dong": "schematic"}
    assert "25 official outlines of district" in run(import_boundaries, file).stdout


def test_show_of_each_profile_has_its_own_calendar(run):
    assert "calendar ethiopian" in run(show, "addis_ababa").stdout
    assert "outlines    localidad: schematic, upl: none" in run(show, "bogota").stdout
