"""The files of the thesaurus: what they cover, what is refused, and how they are read."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.city.api import load_profile
from madang.kernel.data_files import read_yaml
from madang.search.thesaurus_files import (
    InvalidThesaurus,
    city_file_problems,
    load_thesaurus,
    read_thesaurus,
    subject_files,
    thesaurus,
)
from madang.search.thesaurus_lines import plain_value

HOUSE = load_thesaurus(subject_files())
SEOUL = load_profile("seoul")
HEAD = "subject: test\nedition: 2\nstate: machine\nconcepts:\n"
ONE = HEAD + "  birth:\n    terms:\n      en: [birth]\n      ko: [출생, 탄생]\n"


def problems(tmp_path, *texts: str | bytes) -> list[str]:
    paths = []
    for number, text in enumerate(texts):
        path = tmp_path / f"{'abc'[number]}.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        paths.append(path)
    made, found = read_thesaurus(paths)
    assert (made is None) == bool(found)
    return [str(problem) for problem in found]


def test_there_are_at_least_500_concepts_in_all_languages_of_seoul():
    assert len(HOUSE.concepts) >= 500
    for language in SEOUL.languages:
        covered = sum(language.code in c.terms for c in HOUSE.concepts.values())
        assert covered == len(HOUSE.concepts), (language.code, covered)


def test_korean_and_english_have_further_words():
    for language in ("ko", "en"):
        terms = sum(len(c.terms[language]) for c in HOUSE.concepts.values())
        assert terms >= 2 * len(HOUSE.concepts)


def test_a_file_is_named_as_its_subject():
    subjects = {concept.subject for concept in HOUSE.concepts.values()}
    assert subjects == {path.stem for path in subject_files()}


def test_no_term_is_reviewed_as_long_as_nobody_has_read_it():
    assert {c.state(tag) for c in HOUSE.concepts.values() for tag in c.terms} == {"machine"}


def test_links_lead_somewhere():
    for item in HOUSE.concepts.values():
        assert {*item.broader, *item.related} <= HOUSE.concepts.keys() - {item.id}


def test_the_version_is_the_edition_and_the_hash_of_what_is_said(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(ONE, encoding="utf-8")
    version = load_thesaurus([path]).version
    assert re.fullmatch(r"2-[0-9a-f]{12}", version)
    path.write_text(ONE.replace("탄생", "나기"), encoding="utf-8")
    assert load_thesaurus([path]).version != version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE + "      xx: [birth]\n", "a.yaml:9: concepts.birth.terms.xx: is no language"),
        (ONE + "      ru: [birth day]\n", "a.yaml:9: concepts.birth.terms.ru[0]: 'birth day' is"),
        (ONE + "      ko: [탄생]\n", "a.yaml:9: ko: stands twice"),
        (ONE.replace("탄생", "출 생"), "concepts.birth.terms.ko[1]: '출 생' stands twice"),
        (ONE.replace("[birth]", "[birth ' day]").replace("' ", "  "), "has a space too many"),
        (ONE.replace("탄생", "출생"), "concepts.birth.terms.ko[1]: '출생' stands twice"),
        (ONE.replace("탄생", "탄\u200b생"), "a.yaml:8: has a sign that nobody sees: U+200B"),
        (ONE.replace("탄생", "탄\u1109\u1162ᆼ"), "a.yaml:8: is not in Unicode's normal form C"),
        (ONE.replace("en: [birth]", "fr: [naissance]"), "lacks English terms"),
        (ONE + "    colour: red\n", "a.yaml:9: concepts.birth.colour: is no field here"),
        (ONE + "    related: [moon]\n", "a.yaml:9: concepts.birth.related: there is no"),
        (ONE + "    broader: [birth]\n", "concepts.birth.broader: names the concept itself"),
        (ONE + "    reviewed: [fr]\n", "concepts.birth.reviewed: names fr"),
        (ONE + "    ambiguous: [moon]\n", "'moon' is no term of this concept"),
        (ONE + "  Birth_2:\n    terms: {en: [birth two]}\n", "must be small letters"),
        (ONE + "  moon: {}\n", "a.yaml:9: concepts.moon: lacks the field 'terms'"),
        (ONE.replace("state: machine", "state: good"), "a.yaml:3: state:"),
        (ONE.replace("edition: 2", "edition: 0"), "a.yaml:2: edition: must be 1 or more"),
        (ONE.replace("[birth]", "[birth, 119]"), "a.yaml:7: concepts.birth.terms.en[1]: must be"),
        (ONE.replace("[birth]", "[]"), "concepts.birth.terms.en: has no term"),
        (ONE.replace("birth]", "x" * 81 + "]"), "is longer than 80 characters"),
        ("- a\n", "a.yaml:1:"),
        ("", "a.yaml:1: is empty"),
        (b"\xff", "a.yaml:1: is not UTF-8 at byte 0"),
    ],
)  # fmt: skip
def test_faults_are_named_with_file_line_and_field(tmp_path, text, expected):
    found = problems(tmp_path, text)
    assert any(expected in problem for problem in found), found


def test_one_term_for_two_concepts_must_be_listed_by_both(tmp_path):
    other = ONE.replace("  birth:", "  origin:").replace("[birth]", "[origin]")
    found = problems(tmp_path, ONE, other)
    assert found == [
        f"b.yaml:8: concepts.origin.terms.ko[{n}]: '{t}' is a term of birth, too: "
        "both must list it as ambiguous"
        for n, t in enumerate(["출생", "탄생"])
    ]
    both = "    ambiguous: [출생, 탄생]\n"
    assert problems(tmp_path, ONE + both, other) != []
    assert problems(tmp_path, ONE + both, other + both) == []


def test_a_concept_stands_once(tmp_path):
    assert problems(tmp_path, ONE, ONE) == ["b.yaml:5: concepts.birth: stands in a.yaml, too"]


def test_broader_concepts_do_not_go_round(tmp_path):
    text = ONE + "    broader: [life]\n  life:\n    broader: [birth]\n    terms: {en: [life]}\n"
    found = problems(tmp_path, text)
    assert [line.split(" ", 1)[1] for line in found] == [
        "concepts.birth.broader: comes back to itself",
        "concepts.life.broader: comes back to itself",
    ]


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InvalidThesaurus, match=r"no\.yaml:1: cannot be read"):
        load_thesaurus([tmp_path / "no.yaml"])


def test_a_foreign_abbreviation_is_the_same_in_every_script(tmp_path):
    text = HEAD + "  net:\n    terms:\n      en: [Wi-Fi]\n      th: [Wi-Fi, ไวไฟ]\n"
    assert problems(tmp_path, text) == []


def test_the_own_words_of_seoul_stand_beside_the_house():
    made = load_thesaurus([*subject_files(), SEOUL.folder / "thesaurus.yaml"])
    assert made.concepts["dasan-120"].broader == ("customer-call-centre",)
    assert [m.concept for m in made.concepts_in("120")] == ["dasan-120"]
    assert [m.concept for m in made.concepts_in("따릉이 빌리려면", "ko")] == ["ttareungi"]


@pytest.mark.parametrize("fault", ["탄\u200b생", "전입신고"])
def test_a_faulty_city_file_is_refused(tmp_path, monkeypatch, fault):
    (tmp_path / "thesaurus.yaml").write_text(ONE.replace("출생, 탄생", fault), encoding="utf-8")
    monkeypatch.setattr("madang.city.api.profile", lambda: SimpleNamespace(folder=tmp_path))
    thesaurus.cache_clear()
    with pytest.raises(InvalidThesaurus, match=r"thesaurus\.yaml:8: "):
        thesaurus()


def test_a_city_file_is_checked_beside_the_house(tmp_path):
    path = tmp_path / "thesaurus.yaml"
    path.write_text(ONE.replace("출생, 탄생", "전입신고"), encoding="utf-8")
    assert list(city_file_problems(path, SEOUL)) == [
        (
            8,
            "concepts.birth.terms.ko[0]: '전입신고' is a term of move-in-report, too: "
            "both must list it as ambiguous",
        )
    ]


@pytest.mark.parametrize("path", subject_files(), ids=lambda path: path.stem)
def test_the_quick_way_reads_what_yaml_reads(path):
    document, found = read_yaml(path, path.name)
    assert not found
    assert plain_value(path.read_text(encoding="utf-8")) == document.value


LINES = st.lists(
    st.sampled_from(
        [
            "subject: test", "edition: 2", "edition: 02", "state: machine", "concepts:",
            "  a:", "  b:", "  true:", "    terms:", "      en: [a b, c]", "      ko: [가, 나]",
            "      no: [x]", "# note", "", "    related: [b]", "    related: [a, b]",
            '      de: ["119", x]', "      fr: [l'an, null]", "      es: [a:b]", "      es: [a: b]",
            "      id: [true]", "      ru: [ да]", "      uz: ['oʻ']", "      vi: [- a]",
            "      th: [1]", "      my: [a #b]", "  a: {}", "      ar: [~]", "      bn: [a,b]",
        ]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


@given(st.sampled_from(["", HEAD, ONE]), LINES)
def test_the_quick_way_says_what_yaml_says_or_nothing(tmp_path_factory, before, lines):
    path = tmp_path_factory.getbasetemp() / "lines.yaml"
    path.write_text(before + lines, encoding="utf-8")
    value = plain_value(before + lines)
    if value is not None:
        assert (read_yaml(path, path.name)[0].value, []) == (value, read_yaml(path, path.name)[1])
