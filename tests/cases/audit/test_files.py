"""Samples, error rates, drift and groups of somebody's own decisions, by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from madang.cases.audit import cli
from madang.cases.audit.columns import read_decisions
from madang.cases.audit.figures import groups_report, public_share, share_report
from madang.kernel.errors import BadInput

HEAD = "case,service,class,decided_at,decided_by,outcome"


def told(command, *arguments):
    answer = CliRunner().invoke(command, [*map(str, arguments), "--json"])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return json.loads(answer.output)


@pytest.fixture(scope="module")
def decisions(tmp_path_factory):
    """Twenty weeks of two services; in the last week one grants by rules much less often."""
    chance = np.random.default_rng(1)
    lines = [f"{HEAD},district,age,late,why_person,fact:income"]
    for week in range(20):
        for number in range(200):
            service = "permit" if number % 2 else "copy"
            share = 0.3 if (week == 19 and service == "permit") else 0.8
            by = "rules" if chance.random() < share else "person"
            day = date(2026, 1, 5) + timedelta(weeks=week, days=int(number % 7))
            income = chance.normal(300 if week >= 16 else 200, 50)
            late = str(chance.random() < (0.4 if number % 10 == 3 else 0.1)).lower()
            lines.append(
                f"{week}-{number},{service},R1,{day},{by},granted,1111{number % 10},"
                f"{20 + number % 60},{late},{'missing' if by == 'person' else ''},{income:.0f}"
            )
    path = tmp_path_factory.mktemp("audit") / "decisions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_sample_is_stratified_and_its_seed_draws_it_again(decisions, tmp_path):
    out = tmp_path / "sample.csv"
    one = told(cli.sample, decisions, "--by", "service,district", "--out", out)
    assert one["drawn"] == one["wanted"] < 299, "of few decisions fewer are needed"
    assert len(one["strata"]) == 10
    again = told(cli.sample, decisions, "--by", "service,district", "--seed", one["seed"])
    assert again["cases"] == one["cases"]
    rows = out.read_text().splitlines()
    assert rows[0] == "case,stratum,population,weight,wrong"
    assert len(rows) == one["drawn"] + 1


def test_a_checked_sample_gives_the_error_rate_with_its_intervals(tmp_path):
    lines = [f"a{n},a,10000,false" for n in range(299)] + ["b1,b,10,true", "b2,b,10,open"]
    path = tmp_path / "checked.csv"
    path.write_text("case,stratum,population,wrong\n" + "\n".join(lines) + "\n")
    found = told(cli.report, path)
    assert (found["checked"], found["wrong"], found["open"]) == (301, 1, 1)
    assert found["population"] == 10010
    assert found["error_rate"] == pytest.approx(10 / 10010, abs=1e-6), "weighted: ten of b"
    assert found["strata"][0]["high"] == pytest.approx(0.012262, abs=1e-6)
    assert found["state"] == "undetermined"
    text = CliRunner().invoke(cli.report, [str(path)]).output
    assert "below 1.00% with 95% confidence: undetermined" in text


def test_drift_is_found_in_the_week_it_happened_and_nowhere_else(decisions):
    found = told(cli.drift, decisions)
    charts = {(one["service"], one["measure"]): one for one in found["charts"]}
    assert charts["permit", "auto"]["state"] == "drifting"
    assert charts["permit", "auto"]["signals"] == [
        {"week": "2026-05-18", "rule": "beyond", "side": "below"}
    ]
    assert charts["copy", "auto"]["state"] == "stable"
    assert {one["state"] for one in found["facts"]} == {"alert"}
    assert "out of" not in CliRunner().invoke(cli.drift, [str(decisions)]).output
    assert "drifting" in CliRunner().invoke(cli.drift, [str(decisions)]).output


def test_groups_are_told_apart_and_small_ones_are_not_told(decisions):
    found = told(cli.groups, decisions)
    tables = {(t["service"], t["measure"], t["by"]): t["groups"] for t in found["tables"]}
    late = {one["group"]: one for one in tables["", "late", "district"]}
    assert late["11113"]["state"] == "breached"
    assert late["11111"]["needed"] > late["11111"]["cases"]
    assert late["11111"]["state"] == "undetermined"
    text = CliRunner().invoke(cli.groups, [str(decisions)]).output
    assert "breached" in text


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["case,service"], ":1: has no row"),
        (["case,service", "1,x"], ":1: has no column 'class'"),
        ([HEAD + ",colour", "1,x,R1,2026-01-05,rules,granted,red"], ":1: column 'colour'"),
        ([HEAD, "1,x,R9,2026-01-05,rules,granted"], ":2: class: 'R9' is none of R0"),
        ([HEAD, "1,x,R1,yesterday,rules,granted"], ":2: decided_at: 'yesterday' is no ISO"),
        ([HEAD, "1,x,R1,2026-01-05,machine,granted"], ":2: decided_by: 'machine'"),
        ([HEAD, "1,x,R1,2026-01-05,rules,granted", "1,x,R1,2026-01-05,rules,done"],
         ":3: case: '1' comes twice"),
        ([HEAD, "1,,R1,2026-01-05,rules,granted"], ":2: service is empty"),
        ([HEAD + ",late", "1,x,R1,2026-01-05,rules,granted,perhaps"], ":2: late: 'perhaps'"),
        ([HEAD + ",age", "1,x,R1,2026-01-05,rules,granted,-3"], ":2: age: '-3'"),
    ],
)  # fmt: skip
def test_a_wrong_file_names_line_and_column(tmp_path, lines, said):
    path = tmp_path / "wrong.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(BadInput, match=r"wrong\.csv") as wrong:
        read_decisions(path)
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [("1,a,x,false", ":2: population"), ("1,a,5,maybe", ":2: wrong: 'maybe'"),
     ("1,a,5,false\n2,a,6,false", ":3: population: a had 5"),
     ("1,a,1,false\n2,a,1,false", ":1: population: a has 2 rows")],
)  # fmt: skip
def test_a_wrong_sample_names_line_and_column(tmp_path, line, said):
    path = tmp_path / "sample.csv"
    path.write_text(f"case,stratum,population,wrong\n{line}\n")
    answer = CliRunner().invoke(cli.report, [str(path)])
    assert isinstance(answer.exception, BadInput)
    assert said in str(answer.exception)


def test_nothing_by_rules_is_no_sample(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(f"{HEAD}\n1,x,R1,2026-01-05,person,granted\n")
    answer = CliRunner().invoke(cli.sample, [str(path)])
    assert "nothing to draw from" in str(answer.exception)


def test_the_share_counts_only_bound_cases_and_says_why_others_went_to_people(tmp_path):
    rows = [f"{n},copy,R1,2026-01-05,rules,granted," for n in range(60)]
    rows += [f"p{n},copy,R1,2026-01-06,person,granted,missing;evidence" for n in range(30)]
    rows += [f"d{n},permit,R3,2026-01-07,person,refused," for n in range(50)]
    rows += [f"s{n},rare,R1,2026-01-07,person,granted,conflict" for n in range(3)]
    path = tmp_path / "share.csv"
    path.write_text(f"{HEAD},why_person\n" + "\n".join(rows) + "\n")
    share = share_report(read_decisions(path), 0.6)
    assert (share["total"]["cases"], share["total"]["automated"]) == (93, 60)
    assert share["why_person"] == [
        {"why": "evidence", "cases": 30}, {"why": "missing", "cases": 30},
        {"why": "conflict", "cases": 3},
    ]  # fmt: skip
    told = public_share(share)
    rare = next(one for one in told["services"] if one["service"] == "rare")
    assert rare == {
        "service": "rare", "suppressed": True, "cases": None, "automated": None, "share": None,
    }  # fmt: skip
    assert all(one["suppressed"] for one in told["services"]), "93 less 90 would tell of the rare"
    assert [one["cases"] for one in told["why_person"]].count(None) == 2
    assert groups_report(read_decisions(path), 0.05)["tables"] == []


def test_the_commands_need_no_installation(decisions, tmp_path):
    """Somebody else's file is read without settings, tables or a city."""
    out = tmp_path / "sample.csv"
    script = (
        "import sys; from click.testing import CliRunner; from madang.cases.audit import cli\n"
        "from django.conf import settings\n"
        "file, out = sys.argv[1:]\n"
        "asked = [(cli.sample, [file, '--out', out]), (cli.report, [out]), (cli.drift, [file]),\n"
        "         (cli.groups, [file])]\n"
        "for command, arguments in asked:\n"
        "    done = CliRunner().invoke(command, arguments)\n"
        "    print(done.exit_code, done.exception, bool(done.output), settings.configured)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(decisions), str(out)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["0 None True False"] * 4, done.stdout + done.stderr
