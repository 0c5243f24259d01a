"""What may be asked of the lake: one SELECT, and nothing that changes or reaches outside.

The stores refuse writing themselves; this is the first fence, and the one that keeps a question to
one statement.
"""

from __future__ import annotations

import re

from madang.kernel.errors import Invalid

LONGEST_SQL = 100_000  # characters
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`(?:[^`\\]|\\.)*`", re.DOTALL)
_FIRST_WORD = re.compile(r"[\s(]*(\w+)")
_FORBIDDEN = re.compile(
    r"\b(into\s+outfile|insert\s+into|settings\s+\w+\s*=|format\s+\w+\s*$)", re.IGNORECASE
)
# What could hide a second statement from this reader but not from the engine: comments, here
# documents, typographic quotes (ClickHouse reads them as quotes), a quote left open.
_HIDING = re.compile(r"--|/\*|[#$'\"`‘’“”\0]")


def single_select(sql: str) -> str:
    """Return the one SELECT (or WITH) statement in `sql`, without its last semicolon.

    Raises
    ------
    Invalid
        If it is anything else: another statement, two of them, an INSERT, SETTINGS, FORMAT or
        INTO OUTFILE, a comment, a quote or parenthesis left open.
    """
    if len(sql) > LONGEST_SQL:
        raise _refusal(f"is longer than {LONGEST_SQL} characters")
    statement = sql.strip().removesuffix(";").rstrip()
    bare = _QUOTED.sub("''", statement)
    hiding = _HIDING.search(bare.replace("''", ""))
    if hiding is not None:
        raise _refusal(f"has {hiding[0]!r} outside of quotes (no comments, no open quotes)")
    if ";" in bare:
        raise _refusal("holds more than one statement")
    first = _FIRST_WORD.match(bare)
    if first is None or first[1].lower() not in ("select", "with"):
        raise _refusal("does not begin with SELECT or WITH")
    word = _FORBIDDEN.search(bare)
    if word is not None:
        raise _refusal(f"has {word[1].upper()}, which is not for questions")
    _require_balanced(bare)
    return statement


def _require_balanced(bare: str) -> None:
    depth = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    if depth:
        raise _refusal("has parentheses that do not match")


def _refusal(reason: str) -> Invalid:
    return Invalid(f"the question to the lake {reason}; ask one SELECT", {"sql": reason})
