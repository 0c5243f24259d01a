"""Texts of a profile in further languages: by their English, faults named, Seoul's complete."""

import pytest

from madang.air.api import read_rule_set
from madang.city.api import load_profile
from madang.city.coverage import gaps, states
from madang.city.loader import cities_folder, known_cities, read_profile
from madang.city.translations import Translation, in_all_languages
from tests.city.folders import PLAIN, write_profile

SEOUL = cities_folder() / "seoul"


@pytest.fixture(scope="module")
def seoul():
    return load_profile("seoul")


def _with_texts(folder, tag: str, written: str):
    found = write_profile(folder)
    (found / "texts").mkdir()
    (found / "texts" / f"{tag}.yaml").write_text(written, encoding="utf-8")
    return found


def test_a_text_is_found_by_its_english_however_deep_and_never_replaces_a_written_one():
    texts = {"de": {"Police": Translation("Polizei")}, "vi": {"Police": Translation("Cảnh sát")}}
    names = {"ko": "경찰", "en": "Police", "de": "Schutzpolizei"}
    assert in_all_languages({"numbers": [{"names": names}], "n": 1}, texts) == {
        "numbers": [{"names": {**names, "vi": "Cảnh sát"}}],
        "n": 1,
    }


def test_a_text_whose_english_was_changed_is_found_no_more():
    texts = {"de": {"Police": Translation("Polizei")}}
    assert in_all_languages({"en": "Police line"}, texts) == {"en": "Police line"}


@pytest.mark.parametrize(
    ("tag", "written", "line", "message"),
    [
        ("fr", "Plain: Plaine\n", 1, "'fr' is no language of the city"),
        ("en", "- Plain\n", 1, "must be a mapping of English texts to translations"),
        ("en", "Plain: Plain\nHill: 3\n", 2, "must be a text"),
        ("en", "a: {text: b, status: reviewed}\n", 1, "has fields other than"),
        ("en", "a: {text: b, state: good}\n", 1, "must have one of the states machine, reviewed"),
        ("en", "a: {text: b, state: approved}\n", 1, "'by' says by whom"),
        ("en", "a: b\n'{name} in {district}': '{name}'\n", 2, "must have the places"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path, tag, written, line, message):
    _profile, problems = read_profile(_with_texts(tmp_path, tag, written))
    assert [(item.file, item.line) for item in problems] == [(f"texts/{tag}.yaml", line)]
    assert message in problems[0].message


def test_all_that_seoul_says_of_measures_and_phones_is_in_its_22_languages(seoul):
    languages = {language.code for language in seoul.languages}
    rules = read_rule_set(SEOUL / "air.yaml", seoul.in_all_languages).file
    said = [number.names for number in seoul.city.phones.numbers]
    said += [rules.index.title, rules.index.note, *rules.index.class_names.values()]
    for kind in rules.measures.values():
        said += [kind.name, kind.text, kind.legal]
    for rule in rules.rules:
        cap = rule.cap
        said += [rule.name, rule.legal, rule.reason]
        said += [cap.headline, cap.description, cap.instruction]
        said += [clause.reason for clause in getattr(rule, "any_of", ())]
    lacking = {text["en"]: sorted(languages - set(text)) for text in said if languages - set(text)}
    assert len(said) > 40
    assert lacking == {}


@pytest.mark.parametrize("city", known_cities())
def test_no_text_for_residents_is_missing_or_left_from_an_older_english(city):
    assert [str(gap) for gap in gaps(load_profile(city))] == []


GERMAN = {"code": "de", "name": "Deutsch", "name_en": "German", "script": "Latn", "role": "service"}


def test_what_is_missing_stale_and_unread_is_named(tmp_path):
    plain = write_profile(tmp_path, {"languages": [*PLAIN["languages"], GERMAN]})
    (plain / "texts").mkdir()
    (plain / "texts" / "de.yaml").write_text(
        "Plain: {text: Ebene, state: reviewed, by: Ada}\nEmergency line: Notruf\n",
        encoding="utf-8",
    )
    profile, problems = read_profile(plain)
    assert problems == []
    assert [str(gap) for gap in gaps(profile)] == [
        "texts/de.yaml:1: has no 'Emergency'",
        "texts/de.yaml:2: is stale: the profile no longer says 'Emergency line'",
    ]
    assert states(profile) == {"de": {"machine": 1, "reviewed": 1, "approved": 0}}
    assert profile.name("de") == "Ebene"
    assert profile.texts_state("de") == "machine", "the lowest counts"
    assert profile.texts_state("en") == ""
