"""Regular expressions as XPath has them (XPath 2.0 functions, 7.6), run by Python's.

They differ in classes (`\\p{Lu}`, `\\i`, subtraction `[a-z-[aeiou]]`), in what `$`, `^`, `.` mean,
and in what is forbidden: look-around and patterns that Python would read in its own way.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata

from madang.services.engine.feel.values import FeelError

Pattern = re.Pattern[str]
LONGEST_PATTERN = 10_000
_LAST = sys.maxunicode
_NAME_START = (
    ":A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_PART = _NAME_START + "\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SINGLE = {"n": "\\n", "r": "\\r", "t": "\\t"}
_BLOCKS = {  # the blocks that patterns of forms are made of
    "BasicLatin": (0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Thai": (0xE00, 0xE7F),
    "HangulJamo": (0x1100, 0x11FF),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
}


@functools.lru_cache(maxsize=512)
def compiled(pattern: str, flags: str = "") -> Pattern:
    """Return the Python pattern for one of XPath, or raise FeelError."""
    if len(pattern) > LONGEST_PATTERN:
        raise FeelError("the pattern is too long")
    unknown = set(flags) - set("smixq")
    if unknown:
        raise FeelError(f"unknown flags {''.join(sorted(unknown))!r} of a pattern")
    options = (re.IGNORECASE if "i" in flags else 0) | (re.DOTALL if "s" in flags else 0)
    if "q" in flags:
        return re.compile(re.escape(pattern), options)
    source = _Translation(pattern, flags).whole()
    try:
        return re.compile(source, options)
    except (re.error, OverflowError, RecursionError) as error:
        raise FeelError(f"{pattern!r} is not a pattern: {error}") from error


class _Translation:
    """One pattern on its way from XPath to Python."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.text = pattern
        self.at = 0
        self.flags = flags
        self.groups = 0
        self.open: list[int] = []
        self.closed: set[int] = set()

    def fault(self, why: str) -> FeelError:
        return FeelError(f"{self.text!r} is not a pattern: {why}")

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise self.fault("it ends too early")
        self.at += 1
        return char

    def whole(self) -> str:
        parts = []
        while self.at < len(self.text):
            parts.append(self.piece())
        return "".join(parts)

    def piece(self) -> str:
        char = self.take()
        if "x" in self.flags and char in " \t\n\r":
            return ""
        if char == "[":
            return self.char_class()
        if char == "\\":
            return self.escape()
        if char == "(":
            return self.group()
        if char == ")":
            if self.open and (closed := self.open.pop()):
                self.closed.add(closed)
            return ")"
        if char == "{":
            return self.count()
        return self.plain(char)

    def plain(self, char: str) -> str:
        many = "m" in self.flags
        if char == "^":
            return r"(?:\A|(?<=\n)(?!\Z))" if many else r"\A"
        if char == "$":
            return r"(?=\n|\Z)" if many else r"\Z"
        if char == ".":
            return "." if "s" in self.flags else r"[^\n\r]"
        if char in "]}":
            raise self.fault(f"{char!r} stands alone")
        if char in "*+?|":
            if char in "*+" and self.at < len(self.text) and self.peek() == "+":
                raise self.fault("a quantifier is followed by +")
            return char
        return re.escape(char)

    def group(self) -> str:
        if self.peek() != "?":
            self.groups += 1
            self.open.append(self.groups)
            return "("
        if self.text[self.at : self.at + 2] != "?:":
            raise self.fault("XPath has no such group")
        self.at += 2
        self.open.append(0)
        return "(?:"

    def count(self) -> str:
        end = self.text.find("}", self.at)
        inside = self.text[self.at : end] if end >= 0 else ""
        if not re.fullmatch(r"[0-9]+(,[0-9]*)?", inside):
            raise self.fault("{ begins no count")
        self.at = end + 1
        return f"{{{inside}}}"

    def escape(self) -> str:
        char = self.take()
        if char.isdigit():
            return self.reference(char)
        return f"[{self.set_of(char)}]" if char in "sSdDwWiIcCpP" else self.single(char)

    def reference(self, digit: str) -> str:
        number = int(digit)
        while self.peek().isdigit() and number * 10 + int(self.peek()) <= self.groups:
            number = number * 10 + int(self.take())
        if number not in self.closed:
            raise self.fault(f"there is no closed group {number} yet")
        return f"(?:\\{number})"

    def single(self, char: str) -> str:
        if char in _SINGLE:
            return _SINGLE[char]
        if char not in "\\|.-^?*+{}()[]$":
            raise self.fault(f"\\{char} means nothing")
        return re.escape(char)

    def set_of(self, char: str) -> str:
        """Return the inside of the class that an escape stands for."""
        if char in "pP":
            return self.category(char == "P")
        if char in "iI":
            return _NAME_START if char == "i" else _inverse(_NAME_START)
        if char in "cC":
            return _NAME_PART if char == "c" else _inverse(_NAME_PART)
        if char in "wW":
            return _category_set("PZC", inverse=char == "w")
        if char in "sS":
            return " \\t\\n\\r" if char == "s" else _inverse(" \\t\\n\\r")
        return "\\d" if char == "d" else "\\D"

    def category(self, inverse: bool) -> str:
        if self.take() != "{":
            raise self.fault("\\p needs {")
        end = self.text.find("}", self.at)
        if end < 0:
            raise self.fault("\\p{ is not closed")
        name = self.text[self.at : end]
        self.at = end + 1
        if name.startswith("Is"):
            if name[2:] not in _BLOCKS:
                raise self.fault(f"unknown block {name}")
            low, high = _BLOCKS[name[2:]]
            return _ranges([(low, high)], inverse)
        if not re.fullmatch(
            r"L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?", name
        ):
            raise self.fault(f"unknown category {name}")
        return _category_set(name, inverse=inverse)

    def char_class(self) -> str:
        negative = self.peek() == "^"
        if negative:
            self.take()
        inside, first = "", True
        while True:
            char = self.take()
            if char == "]" and not first:
                return self.closed_class(inside, negative)
            if char == "-" and self.peek() == "[":
                self.take()
                without = self.char_class()
                if self.take() != "]":
                    raise self.fault("a subtraction ends its class")
                return f"(?:(?!{without}){self.closed_class(inside, negative)})"
            if char in "[]":
                raise self.fault(f"{char!r} inside a class")
            first = False
            if "x" in self.flags and char in " \t\n\r":
                inside += re.escape(char)
                continue
            inside += self.member(char)

    def closed_class(self, inside: str, negative: bool) -> str:
        if not inside:
            raise self.fault("an empty class")
        return f"[{'^' if negative else ''}{inside}]"

    def member(self, char: str) -> str:
        if char == "\\":
            char = self.take()
            if char in "sSdDwWiIcCpP":
                return self.set_of(char)
            return self.single(char)
        if char == "-":
            at_edge = self.text[self.at - 2] in "[^" or self.peek() in ("]", "[")
            return "\\-" if at_edge else "-"
        return "\\" + char if char in "^&~|[" else re.escape(char) if char in "\\" else char


def _ranges(spans: list[tuple[int, int]], inverse: bool) -> str:
    if inverse:
        gaps, at = [], 0
        for low, high in spans:
            if low > at:
                gaps.append((at, low - 1))
            at = high + 1
        spans = gaps + ([(at, _LAST)] if at <= _LAST else [])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in spans)


def _inverse(inside: str) -> str:
    unknown = re.compile(f"[^{inside}]")
    spans: list[tuple[int, int]] = []
    for code in (match.start() for match in unknown.finditer(_every_character())):
        if spans and spans[-1][1] == code - 1:
            spans[-1] = (spans[-1][0], code)
        else:
            spans.append((code, code))
    return _ranges(spans, inverse=False)


def _every_character() -> str:
    return "".join(map(chr, range(_LAST + 1)))


@functools.lru_cache(maxsize=64)
def _category_set(name: str, *, inverse: bool) -> str:
    wanted = (name,) if name != "PZC" else ("P", "Z", "C")
    spans = sorted(
        span
        for category, found in _spans_by_category().items()
        if category.startswith(wanted)
        for span in found
    )
    return _ranges(spans, inverse)


@functools.cache
def _spans_by_category() -> dict[str, list[tuple[int, int]]]:
    spans: dict[str, list[tuple[int, int]]] = {}
    begin, category = 0, unicodedata.category("\0")
    for code in range(1, _LAST + 1):
        here = unicodedata.category(chr(code))
        if here != category:
            spans.setdefault(category, []).append((begin, code - 1))
            begin, category = code, here
    spans.setdefault(category, []).append((begin, _LAST))
    return spans
