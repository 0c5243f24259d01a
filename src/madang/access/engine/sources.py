"""Policy files taken apart: each policy with the line it starts on."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Cedar has line comments and strings with backslash escapes (Cedar policy grammar, "Comments",
# "STR"); a policy ends at a semicolon outside both.
_PIECE = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|;|\n|[^/"\n;]+|.', re.DOTALL)


def policies_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each policy; the last may be unfinished.

    >>> list(policies_in('// who\\npermit (principal, action, resource);'))
    [(2, 'permit (principal, action, resource);')]
    """
    line, start, pieces = 1, 0, []
    for piece in _PIECE.findall(text):
        is_code = piece.strip() and not piece.startswith("//")
        if is_code and not start:
            start = line
        if start and not piece.startswith("//"):
            pieces.append(piece)
        line += piece.count("\n")
        if piece == ";":
            yield start, "".join(pieces).strip()
            start, pieces = 0, []
    if start:
        yield start, "".join(pieces).strip()
