"""The city's air rules as data: what is refused, and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.air.cli import measures
from madang.air.errors import InvalidRules
from madang.air.in_effect import rules_in_effect
from madang.air.rule_set import parse_rule_set, read_rule_set
from madang.kernel.readability import reading_faults

RULES = Path(__file__).parents[2] / "cities" / "seoul" / "air.yaml"
TEXT = RULES.read_text(encoding="utf-8")


def line_of(part: str) -> int:
    return TEXT[: TEXT.index(part)].count("\n") + 1


def test_the_rules_of_seoul_are_the_six_of_the_law_and_the_city():
    rules = read_rule_set(RULES)
    assert [rule.id for rule in rules.rules] == [
        "early_action", "advisory_pm25", "warning_pm25", "advisory_pm10", "warning_pm10",
        "emergency_reduction",
    ]  # fmt: skip
    assert len(rules.digest) == 64
    for rule in rules.rules:
        assert set(rule.name) == {"ko", "en", "ko-x-easy", "en-x-easy"}
        assert rule.source
    assert rules_in_effect().digest == rules.digest


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_the_rules_say_in_easy_words_is_easy(language: str):
    rules = read_rule_set(RULES)
    tag = f"{language}-x-easy"
    texts = [rule.name[tag] for rule in rules.rules]
    for kind in rules.file.measures.values():
        texts += [kind.name[tag], *([kind.text[tag]] if tag in kind.text else [])]
    assert [fault for text in texts for fault in reading_faults(text, language)] == []


@pytest.mark.parametrize(
    ("part", "instead", "field", "says"),
    [
        ("hours: 4}", "hours: four}", "rules[0].declare.hours", "int"),
        ("above: 50, hours", "abov: 50, hours", "rules[0].declare.abov", "no field"),
        ("{at_or_below: 50}", "{at_or_below: 51}", "rules[0].lift", "would lift"),
        ("{at_or_below: 50}", "{}", "rules[0].lift", "exactly one"),
        ("at_least: 75, hours", "at_least: 75, above: 1, hours", "rules[1].declare", "exactly one"),
        ("pollutant: pm10", "pollutant: pm1", "rules[3].pollutant", "pm25, pm10"),
        ("[ko, en] #", "[ko, fr] #", "alert_languages[1]", "no text of its alert in 'fr'"),
        ("Asia/Seoul", "Mars/Base", "time_zone", "IANA"),
        ("severity: Severe", "severity: Bad", "rules[2].cap.severity", "Extreme"),
        ("kind: run", "kind: walk", "rules[0].kind", "walk"),
        ('"17:00"', "17:00", "rules[5].decide_at", "str"),
        ('"17:00"', '"25:00"', "rules[5].decide_at", "regex"),
        ('"17:00"', '"15:00"', "rules[5].today_mean.to_hour", "after the decision"),
        ("[advisory_pm25, warning_pm25]", "[advisory_pm10]", "rules[5].any_of[1].issued_today[0]",
         "no run rule on pm25"),
        ("[public_advisory]", "[fireworks]", "rules[1].measures[0]", "not described"),
        ("{hours}시간", "{hour}시간", "rules[0].reason.ko", "{hour}"),
        ("{hours}시간", "{hours시간", "rules[0].reason.ko", "braces"),
        ("id: warning_pm25", "id: advisory_pm25", "rules[2].id", "twice"),
        ("ko: 초미세먼지 조기 대응", "fr: Alerte", "rules[0].name", "'ko'"),
        ("version:", "version: x\nversion:", "version", "twice"),
        ("min_share: 0.5", "min_share: 1.5", "stations.min_share", "1.0"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_file_line_and_field(part, instead, field, says):
    assert part in TEXT
    with pytest.raises(InvalidRules) as caught:
        parse_rule_set(TEXT.replace(part, instead, 1).encode(), "air.yaml")
    message = caught.value.message
    assert message.startswith("air.yaml:")
    assert f" {field}: " in message, message
    assert says in message, message
    assert abs((caught.value.line or 0) - line_of(part)) <= 3


@pytest.mark.parametrize(
    "content", [b"", b"- 1", b"a: [", b"\xff\xfe", b"version: !!python/object:os.system x", b"? {}"]
)
def test_what_is_no_rules_file_is_refused(content):
    with pytest.raises(InvalidRules):
        parse_rule_set(content, "air.yaml")


def test_a_missing_file_is_bad_input(tmp_path):
    with pytest.raises(InvalidRules, match="cannot be read"):
        read_rule_set(tmp_path / "air.yaml")


def test_the_table_for_people_shows_each_measure(tmp_path):
    series = tmp_path / "s.csv"
    series.write_text("time,pm25_ugm3\n" + "".join(f"2019-03-01T0{h}:00,60\n" for h in range(1, 5)))
    arguments = ["--series", str(series), "--rules", str(RULES)]
    result = CliRunner().invoke(measures, arguments, catch_exceptions=False)
    head, row = result.stdout.splitlines()
    assert head.split() == ["rule", "district", "declared_at", "lifted_at", "reason"]
    assert row.startswith("early_action")
    assert "60, 60, 60, 60" in row
