"""An SQL statement read far enough to know which tables and columns it touches, and how.

Not a grammar: a tokeniser (quoted and plain names, strings, comments, as SQLite and PostgreSQL
write them) and the few positions in which a table can stand. A watched table in any other position
makes the statement unreadable, and the caller refuses it.

Sources: PostgreSQL 16 documentation 4.1 "Lexical structure"; SQLite "Keyword checking" (a name may
stand in double quotes, backticks, brackets and, for old bugs, single quotes).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<skip> \s+ | --[^\n]* | /\*(?:[^*]|\*(?!/))*\*/ )
    | (?P<text> (?:[bBxXnN])?'(?:[^']|'')*' | [eE]'(?:\\.|''|[^'\\])*'
              | \$(?P<tag>[^\W\d]?\w*)\$.*?\$(?P=tag)\$ )
    | (?P<mark> %s | %\(\w+\)s )
    | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<number> \d[\w.]* )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_CLAUSES = (
    "where order group having limit offset fetch union intersect except window for returning set "
    "values select on"
)
_JOINS = "inner left right full outer cross natural join using"
_OTHERS = "default indexed not tablesample overriding when then end and or as"
# words behind a table that are no alias of it
_NO_ALIAS = frozenset(f"{_CLAUSES} {_JOINS} {_OTHERS}".split())
_READERS = frozenset({"from", "join", "using", "only"})
_PLACE = dict.fromkeys([*_CLAUSES.split(), "update", "into"], "")
_PLACE |= {"from": "from", "join": "from", "using": "from", "of": "of"}
_VERBS = frozenset({"select", "insert", "update", "delete", "with", "explain", "pragma"})
_NAMES = ("word", "quoted")
_WORD = re.compile(r"[^\W\d][\w$]*")
_READERS = frozenset({"from", "join", "using", "only"})


class Unreadable(ValueError):
    """A watched table stands where this reader does not expect one."""


class Token(NamedTuple):
    """A word, name, string, placeholder or sign, with its place."""

    kind: str
    value: str  # names and words folded to lower case
    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class TableUse:
    """A watched table in a statement.

    `start` and `end` enclose the table with its schema, without alias; `marks` counts the
    placeholders before it.
    """

    table: str
    role: str  # "read", "add", "change", "remove"
    start: int
    end: int
    alias: str = ""
    marks: int = 0


@dataclass(frozen=True)
class Bounds:
    """Where a condition can be put into an UPDATE or DELETE (offsets into the text)."""

    where: int | None  # behind the word WHERE
    end: int
    marks_before_where: int
    marks_before_end: int


@dataclass(frozen=True)
class Statement:
    """What was read of a statement.

    `mentions` are (qualifier or "", column) read, `outputs` those of them in the lists that
    selects give back; `written` the columns set or inserted.
    """

    verb: str
    uses: tuple[TableUse, ...] = ()
    mentions: frozenset[tuple[str, str]] = frozenset()
    outputs: frozenset[tuple[str, str]] = frozenset()
    written: frozenset[str] = frozenset()
    upserts: bool = False
    has_named_marks: bool = False
    bounds: Bounds | None = None
    aliases: frozenset[tuple[str, str]] = field(default_factory=frozenset)  # (alias, table)


def tokens(sql: str) -> Iterator[Token]:
    """Yield the tokens that mean something, with the depth of their parentheses."""
    depth = 0
    for found in _TOKEN.finditer(sql):
        kind = found.lastgroup or ""
        kind = "text" if kind == "tag" else kind
        if kind == "skip":
            continue
        value = found.group()
        if value == ")":
            depth -= 1
        if kind == "quoted":
            value = value[1:-1].replace(value[0] * 2, value[0]).lower()
        elif kind == "word":
            value = value.lower()
        yield Token(kind, value, found.start(), found.end(), depth)
        if found.group() == "(":
            depth += 1


def read(sql: str, watched: Set[str]) -> Statement:
    """Return what a statement does with the watched tables.

    Raises
    ------
    Unreadable
        Where a watched table stands in an unexpected place, or behind a first statement.

    Examples
    --------
    >>> made = read('SELECT p."name" FROM "person" p WHERE p.id = %s', {"person"})
    >>> made.uses[0].role, made.uses[0].alias, sorted(made.mentions)
    ('read', 'p', [('p', 'id'), ('p', 'name')])
    """
    return _Reading(sql, watched).statement()


def _name(value: str) -> str:
    return value.strip("'").lower()


class _Reading:
    def __init__(self, sql: str, watched: Set[str]) -> None:
        self.sql = sql
        self.watched = watched
        self.tokens = list(tokens(sql))
        while self.tokens and self.tokens[-1].value == ";":
            self.tokens.pop()
        words = [one.value for one in self.tokens if one.kind == "word"]
        self.verb = words[0] if words else ""

    def statement(self) -> Statement:
        if self.verb == "pragma":  # tells of tables, not of rows
            return Statement(self.verb)
        self._refuse_hidden()
        uses = tuple(self._uses())
        if uses and self.verb not in _VERBS:
            raise Unreadable(f"{self.verb or 'this'} on a watched table")
        if uses and any(one.value == ";" for one in self.tokens):
            raise Unreadable("more than one statement at once")
        if uses and self.verb == "select" and any(one.value == "into" for one in self.tokens):
            raise Unreadable("select into")
        written = self._written(uses)
        mentions = list(self._mentions(uses, written))
        return Statement(
            verb=self.verb,
            uses=uses,
            mentions=frozenset((qualifier, name) for qualifier, name, _ in mentions),
            outputs=frozenset((qualifier, name) for qualifier, name, is_out in mentions if is_out),
            written=frozenset(self.tokens[i].value for i in written),
            upserts=self._has("do", "update"),
            has_named_marks=any(one.kind == "mark" and one.value != "%s" for one in self.tokens),
            bounds=self._bounds(uses),
            aliases=frozenset((use.alias or use.table, use.table) for use in uses),
        )

    def _refuse_hidden(self) -> None:
        """Refuse what could run a text as SQL, or spell a name by its code points."""
        if 'u&"' in self.sql.lower():
            raise Unreadable("a name written in code points")
        for token in self.tokens:
            if token.kind == "text" and not self.watched.isdisjoint(_WORD.findall(token.value)):
                raise Unreadable(f"a watched table inside {token.value[:40]}")

    def _uses(self) -> Iterator[TableUse]:
        place: dict[int, str] = {}  # of each depth: "from" among tables, "of" among locked ones
        marks = 0
        for i, token in enumerate(self.tokens):
            marks += token.kind == "mark"
            if token.kind == "word" and not self._is_part(i):
                place[token.depth] = _PLACE.get(token.value, place.get(token.depth, ""))
            if token.value == "(":
                place[token.depth + 1] = place.get(token.depth, "")
            if self._names_watched(token) and not self._is_qualifier(i):
                use = self._use(i, marks, place.get(token.depth, ""))
                if use is not None:
                    yield use

    def _names_watched(self, token: Token) -> bool:
        return token.kind in _NAMES and token.value in self.watched

    def _is_qualifier(self, i: int) -> bool:
        return self._value(i + 1) == "."

    def _is_part(self, i: int) -> bool:
        return self._value(i - 1) == "." or self._value(i + 1) == "."

    def _value(self, i: int) -> str:
        return self.tokens[i].value if 0 <= i < len(self.tokens) else ""

    def _use(self, i: int, marks: int, place: str) -> TableUse | None:
        token = self.tokens[i]
        first = i
        while self._value(first - 1) == ".":
            first -= 2
        before = self._value(first - 1)
        role = self._role(first, before, place)
        if role == "mention":
            return None
        if role == "":
            raise Unreadable(f"{token.value!r} after {before!r}")
        start = self.tokens[first].start
        return TableUse(token.value, role, start, token.end, self._alias(i), marks)

    def _role(self, first: int, before: str, place: str) -> str:
        behind = self._value(first - 2)
        if before == "from" and behind == "delete":
            return "remove"
        if before == "update" and behind not in ("for", "do", "on", "key"):
            return "change"
        if before == "into":
            return "add"
        if before in _READERS or (place == "from" and self._is_listed_table(before, behind)):
            return "read"
        is_alias = first > 0 and self.tokens[first - 1].kind == "quoted"
        is_locked = before == "," and place == "of"
        return "mention" if is_alias or is_locked or before in (")", "as", "of") else ""

    def _is_listed_table(self, before: str, behind: str) -> bool:
        return before == "," or (before == "(" and behind in ("from", "join", ",", "("))

    def _alias(self, i: int) -> str:
        follower = i + 2 if self._value(i + 1) == "as" else i + 1
        token = self.tokens[follower] if follower < len(self.tokens) else None
        if token is None or self._value(follower + 1) == ".":
            return ""
        if token.kind == "quoted" or (token.kind == "word" and token.value not in _NO_ALIAS):
            return token.value
        return ""

    def _written(self, uses: tuple[TableUse, ...]) -> set[int]:
        """Return the places of columns that are set or inserted."""
        found: set[int] = set()
        for use in uses:
            if use.role == "add":
                found |= self._listed_after(use)
        depth_of_set: int | None = None
        for i, token in enumerate(self.tokens):
            if token.kind == "word" and token.value == "set":
                depth_of_set = token.depth
            elif token.depth == depth_of_set and token.value in ("where", "from", "returning"):
                depth_of_set = None
            elif token.depth == depth_of_set and self._value(i + 1) == "=":
                if self._value(i - 1) in ("set", ","):
                    found.add(i)
            elif depth_of_set is not None and token.kind in _NAMES and self._is_set_list(i):
                found.add(i)
        return found

    def _is_set_list(self, i: int) -> bool:
        """Return whether a name stands in ``SET (a, b) = ...``."""
        opened = i
        while opened >= 0 and self._value(opened) not in ("(", ")"):
            opened -= 1
        return self._value(opened) == "(" and self._value(opened - 1) == "set"

    def _listed_after(self, use: TableUse) -> set[int]:
        found: set[int] = set()
        opened = False
        for i, token in enumerate(self.tokens):
            if token.start < use.end:
                continue
            if not opened and token.value == "(":
                opened = True
            elif (opened and token.value == ")") or (
                not opened and token.kind == "word" and token.value in ("values", "select")
            ):
                break
            elif opened and token.kind in _NAMES:
                found.add(i)
        return found

    def _mentions(
        self, uses: tuple[TableUse, ...], written: set[int]
    ) -> Iterator[tuple[str, str, bool]]:
        spans = [(use.start, use.end) for use in uses]
        listed = self._listed()
        for i, token in enumerate(self.tokens):
            if i in written or self._is_qualifier(i):
                continue
            if any(start <= token.start < end for start, end in spans):
                continue
            if self._value(i - 1) == ".":  # SQLite takes strings for names here
                yield _name(self._value(i - 2)), _name(token.value), i in listed
            elif token.kind in _NAMES:
                yield "", token.value, i in listed
            elif token.value == "*" and self._value(i - 1) in ("select", ",", "distinct", "all"):
                yield "", "*", i in listed

    def _listed(self) -> set[int]:
        """Return the places of tokens between SELECT and its FROM, and behind RETURNING."""
        found: set[int] = set()
        open_at: list[int] = []  # depths of the lists we are in
        for i, token in enumerate(self.tokens):
            while open_at and token.depth < open_at[-1]:
                open_at.pop()
            if token.kind == "word" and not self._is_part(i):
                if token.value in ("select", "returning"):
                    open_at.append(token.depth)
                    continue
                if open_at and token.value == "from" and token.depth == open_at[-1]:
                    open_at.pop()
            if open_at:
                found.add(i)
        return found

    def _has(self, first: str, second: str) -> bool:
        values = [one.value for one in self.tokens]
        return any(pair == (first, second) for pair in itertools.pairwise(values))

    def _bounds(self, uses: tuple[TableUse, ...]) -> Bounds | None:
        if self.verb not in ("update", "delete"):
            return None
        target = next((use for use in uses if use.role in ("change", "remove")), None)
        if target is None:
            return None
        where, marks, before_where = None, 0, 0
        end = self.tokens[-1].end
        for token in self.tokens:
            marks += token.kind == "mark"
            if token.depth == 0 and token.kind == "word" and token.start >= target.end:
                if token.value == "where" and where is None:
                    where, before_where = token.end, marks
                if token.value == "returning":
                    end = token.start
                    break
        return Bounds(where, end, before_where, marks)
