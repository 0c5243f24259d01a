"""Every fault of a profile is named with file, line and field, and all at once."""

import shutil

import pytest

from madang.city.api import InvalidProfile, UnknownCity, UnknownRules, load_profile
from madang.city.loader import cities_folder, known_cities, read_profile
from tests.city.folders import DISTRICTS, write_profile


def _problems(folder):
    return [(item.file, item.field, item.message) for item in read_profile(folder)[1]]


def test_the_plain_profile_has_no_problem(tmp_path):
    assert _problems(write_profile(tmp_path)) == []


@pytest.mark.parametrize("name", known_cities())
def test_the_profiles_that_come_with_madang_have_no_problem(name):
    assert _problems(cities_folder() / name) == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"mayor": "A. B."}, "mayor", "is no field here; fields are schema, id"),
        ({"timezone": None}, "", "lacks the field 'timezone'"),
        ({"timezone": "Asia/Atlantis"}, "timezone", "IANA"),
        ({"country": "gbr"}, "country", "must be 'str' matching regex"),
        ({"country": 44}, "country", "must be 'str', not 'int'"),
        ({"default_language": "fr"}, "default_language", "'fr' is not among the languages"),
        ({"languages.0.dir": "up"}, "languages[0].dir", "Invalid enum value 'up'"),
        ({"languages.0.fallback": ["fr"]}, "languages[0].fallback", "'fr' is not among"),
        ({"languages.0.fallback": ["en"]}, "languages[0].fallback", "names the language itself"),
        ({"languages.0.role": "service"}, "languages", "none is official"),
        ({"names": {"fr": "Plaine"}}, "names", "no name in the default language 'en'"),
        ({"names": {"en": "Plain", "xx": "X"}}, "names.xx", "'xx' is not among the languages"),
        ({"currencies": []}, "currencies", "must be 'array' of length >= 1"),
        ({"currencies.0.shown_digits": 3}, "currencies[0].shown_digits", "more digits than"),
        ({"calendar.fiscal_year.month": 13}, "calendar.fiscal_year", "does not exist"),
        ({"calendar.weekend": ["caturday"]}, "calendar.weekend[0]", "Invalid enum"),
        (
            {"calendar.holidays": {"add": [{"names": {"en": "Leap"}, "month": 2, "day": 30}]}},
            "calendar.holidays.add[0]",
            "is no gregorian day",
        ),
        (
            {"calendar.holidays": {"add": [{"names": {"en": "Never"}}]}},
            "calendar.holidays.add[0]",
            "needs either a date, or month and day",
        ),
        ({"map.lat": 91}, "map.lat", "<= 90"),
        ({"levels.0.codes": "other"}, "levels[0].codes", "not among the code systems"),
        ({"levels.0.partition": "other"}, "levels[0].partition", "not among the partitions"),
        ({"levels.0.parent": "region"}, "levels[0].parent", "no earlier level"),
        ({"phones.numbers.0.emergency": False}, "phones.numbers", "no emergency number"),
        (
            {"phones.patterns": [{"kind": "mobile", "pattern": "07(", "example": "07"}]},
            "phones.patterns[0].pattern",
            "no regular expression",
        ),
        (
            {"phones.patterns": [{"kind": "mobile", "pattern": "07", "example": "08"}]},
            "phones.patterns[0].example",
            "does not fit",
        ),
        (
            {"addresses.schemes.0.template": "{city}"},
            "addresses.schemes[0].template",
            "'city' is not among the parts",
        ),
        ({"addresses.schemes": []}, "addresses.schemes", "is empty"),
        ({"person_names.required": ["father"]}, "person_names", "not among the parts"),
        ({"numbers": {"decimal": ",", "group": ","}}, "numbers.group", "same sign"),
        ({"measures": {"speed": "furlong"}}, "measures.speed", "no unit"),
        (
            {"identifiers": [{"id": "x", "names": {"en": "X"}, "pattern": r"\d{10}",
                              "check": "kr-business", "example": "123-45-67890"}]},
            "identifiers[0].example",
            "does not pass",
        ),
        (
            {"departments": [{"id": "a", "names": {"en": "A"}, "parent": "b"}]},
            "departments[0].parent",
            "no department listed before",
        ),
        (
            {"groupings": [{"id": "g", "names": {"en": "G"}, "level": "district",
                            "groups": [{"id": "x", "names": {"en": "X"}, "members": ["Z"]}]}]},
            "groupings[0].groups[0].members",
            "there is no district 'Z'",
        ),
        (
            {"dataset_categories": [{"id": "all", "names": {"en": "All"}, "eu_themes": ["ENVY"],
                                     "topics": ["air"]}]},
            "dataset_categories[0].eu_themes",
            "'ENVY' is no code",
        ),
    ],
)  # fmt: skip
def test_a_fault_in_the_text_is_named(tmp_path, changes, field, message):
    problems = _problems(write_profile(tmp_path, changes))
    assert any(f == field and message in text for _, f, text in problems), problems


@pytest.mark.parametrize(
    ("table", "line", "field", "message"),
    [
        (DISTRICTS + "A,Again,0.2,51\n", 4, "code", "'A' (own) stands in line 2, too"),
        (DISTRICTS + ",Nameless code,0.2,51\n", 4, "code", "is empty"),
        (DISTRICTS + "C,,0.2,51\n", 4, "name:en", "is empty"),
        (DISTRICTS + "C,Gamma,east,51\n", 4, "lon", "'east'"),
        (DISTRICTS + "C,Gamma,181,51\n", 4, "lon", "<= 180"),
        (DISTRICTS + "C,Gamma,0.2,\n", 4, "lon", "go together"),
        (DISTRICTS + "C,Gamma,nan,51\n", 4, "lon", ""),
        (DISTRICTS + "C,Gamma\n", 4, "", "has 2 cells, the header 4"),
        ("code,name:en,mood\nA,Alpha,good\n", 1, "mood", "is no column"),
        ("code,name:fr\nA,Alpha\n", 1, "name:fr", "is no column"),
        ("code,code,name:en\nA,A,Alpha\n", 1, "code", "is a column twice"),
        ("", 1, "", "is empty"),
        ("code,name:en\n", 1, "", "has no unit of the level 'district'"),
        ("code,name:en,parent\nA,Alpha,B\n", 2, "parent", "must be empty at the top"),
        ("code,name:en,valid_from\nA,Alpha,2026-02-30\n", 2, "valid_from", "'2026-02-30'"),
        (
            "code,name:en,valid_from,valid_to\nA,Alpha,2026-02-02,2026-02-02\n",
            2,
            "valid_to",
            "is not after valid_from",
        ),
        ("code,name:en,predecessors\nA,Alpha,Z\n", 2, "predecessors", "no other district 'Z'"),
        ("code,name:en,population\nA,Alpha,-1\n", 2, "population", ">= 0"),
        ('code,name:en,parts\nA,Alpha,"1;2"\n', 2, "parts", "must be points"),
        ('code,name:en\nA,"Alpha\n', 2, "", "is not CSV"),
    ],
)
def test_a_fault_in_a_table_is_named_with_its_line(tmp_path, table, line, field, message):
    folder = write_profile(tmp_path, tables={"district.csv": table})
    found = [(item.line, item.field, item.message) for item in read_profile(folder)[1]]
    assert any(n == line and f == field and message in text for n, f, text in found), found


def test_all_faults_are_said_at_once_with_their_lines(tmp_path):
    write_profile(tmp_path, tables={"district.csv": "code,name:en\nA,\nB,\n"})
    text = (tmp_path / "city.yaml").read_text(encoding="utf-8")
    text = text.replace("Europe/London", "Asia/Atlantis")
    (tmp_path / "city.yaml").write_text(text, encoding="utf-8")
    line = 1 + text.splitlines().index("timezone: Asia/Atlantis")
    with pytest.raises(InvalidProfile) as caught:
        load_profile(tmp_path)
    places = {(p.file, p.line, p.field) for p in caught.value.problems}
    assert places == {
        ("city.yaml", line, "timezone"),
        ("district.csv", 2, "name:en"),
        ("district.csv", 3, "name:en"),
    }
    assert f"city.yaml:{line}: timezone:" in caught.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("schema: 1\nid: [plain\n", "is not YAML"),
        ("", "is empty"),
        ("- a list\n", "must be a mapping"),
        ("schema: 1\nschema: 1\n", "stands twice"),
        ("day: 2026-02-30\n", "cannot be"),
        ("[1, 2]: x\n", "is not YAML"),
        ("a: &a [*a]\n", "by an alias"),
    ],
)
def test_broken_yaml_is_named(tmp_path, content, message):
    write_profile(tmp_path)
    (tmp_path / "city.yaml").write_text(content, encoding="utf-8")
    ((file, _field, text),) = _problems(tmp_path)
    assert file == "city.yaml"
    assert message in text


def test_norway_is_no_and_codes_keep_their_zeros(tmp_path):
    # YAML 1.1 reads NO as false, 01 as a number and 17:30 as 1050
    write_profile(tmp_path)
    (tmp_path / "x.yaml").write_text("a: NO\nb: 01\nc: 17:30\nd: 2.5\ne: 12\nf: true\n")
    rules = load_profile(tmp_path).rules("x")
    assert rules == {"a": "NO", "b": "01", "c": "17:30", "d": 2.5, "e": 12, "f": True}


def test_text_that_is_not_utf_8_is_named(tmp_path):
    write_profile(tmp_path)
    (tmp_path / "city.yaml").write_bytes("names: {ko: 서울}".encode("euc-kr"))
    assert "is not UTF-8 at byte 12" in _problems(tmp_path)[0][2]
    (tmp_path / "city.yaml").unlink()
    assert "cannot be read" in _problems(tmp_path)[0][2]


def test_a_section_may_stand_in_its_own_file_but_not_in_two(tmp_path):
    write_profile(tmp_path, {"languages": None})
    languages = "- {code: en, name: English, name_en: English, script: Latn, role: king}\n"
    (tmp_path / "languages.yaml").write_text(languages, encoding="utf-8")
    assert _problems(tmp_path)[0][:2] == ("languages.yaml", "languages[0].role")
    (tmp_path / "languages.yaml").write_text(languages.replace("king", "official"))
    assert _problems(tmp_path) == []
    write_profile(tmp_path)
    assert _problems(tmp_path) == [("city.yaml", "languages", "stands in languages.yaml, too")]


def test_other_files_are_rules_of_domains(tmp_path):
    write_profile(tmp_path)
    (tmp_path / "air.yaml").write_text("limit: 50\n", encoding="utf-8")
    profile = load_profile(tmp_path)
    assert profile.rules("air") == {"limit": 50}
    assert profile.rule_names == {"air"}
    with pytest.raises(UnknownRules, match=r"water.yaml is missing"):
        profile.rules("water")
    (tmp_path / "air.yaml").write_text("- 50\n", encoding="utf-8")
    assert _problems(tmp_path)[0][0] == "air.yaml"


def test_a_profile_is_found_by_name_or_folder(tmp_path):
    shutil.copytree(cities_folder() / "bogota", tmp_path / "copy")
    assert load_profile(tmp_path / "copy").id == load_profile("bogota").id == "bogota"
    with pytest.raises(UnknownCity, match=r"no city profile 'atlantis'.*seoul"):
        load_profile("atlantis")


def test_the_active_profile_is_the_one_of_the_settings():
    from madang.city.api import profile
    from madang.kernel.config import settings

    assert profile().id == settings().city
    assert profile() is profile()
