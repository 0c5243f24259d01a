"""What may be asked of the lake."""

from __future__ import annotations

import pytest

from madang.kernel.errors import Invalid
from madang.kernel.lake.sql import single_select


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        " select count() from obs ; ",
        "WITH 3 AS k SELECT k",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "SELECT 'a; drop table obs -- it''s' AS text",
        'SELECT `weird;name`, "x--y" FROM obs WHERE ds = {ds:UInt32}',
        "SELECT format('{}', 1), settings FROM obs",
    ],
)
def test_one_select_passes(sql: str) -> None:
    assert single_select(sql) == sql.strip().removesuffix(";").rstrip()


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("", "does not begin"),
        ("DROP TABLE obs", "does not begin"),
        ("SYSTEM STOP MERGES", "does not begin"),
        ("INSERT INTO obs VALUES (1)", "does not begin"),
        ("SELECT 1; SYSTEM STOP MERGES", "more than one"),
        ("SELECT 1); SYSTEM STOP MERGES; SELECT (1", "more than one"),
        ("SELECT 1) x, (SELECT 2", "parentheses"),
        ("SELECT (1", "parentheses"),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", "INTO OUTFILE"),
        ("SELECT 1 into\n outfile '/tmp/x'", "INTO"),
        ("SELECT 1 FORMAT Native", "FORMAT"),
        ("SELECT 1 SETTINGS max_execution_time=0", "SETTINGS"),
        ("WITH x AS (SELECT 1) INSERT INTO obs SELECT 1", "INSERT"),
        ("SELECT 1 -- '\n; DROP TABLE obs", "--"),
        ("SELECT 1 /* ' */", "outside of quotes"),
        ("SELECT 'open", "outside of quotes"),
        ("SELECT $$; drop$$", "outside of quotes"),
        ("SELECT ‘; drop’", "outside of quotes"),
        ("SELECT 1 #\n", "outside of quotes"),
        ("SELECT '" + "x" * 200_000 + "'", "longer than"),
    ],
)
def test_anything_else_is_refused_with_a_reason(sql: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        single_select(sql)
