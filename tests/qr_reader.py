"""Reads a QR code that is printed without a fault: what the address on a paper says.

After ISO/IEC 18004:2015: format information (7.9), masks (7.8.2), placement of bits (7.7.3), blocks
(table 9) and the byte mode (7.4.5). Errors are not corrected: a code of ours has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from segno import consts

Dots = list[list[bool]]
_MASKS = (
    lambda r, c: (r + c) % 2, lambda r, c: r % 2, lambda r, c: c % 3, lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2, lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2, lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)  # fmt: skip
_FORMAT_MASK = 0b101010000010010
_STEP = re.compile(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?")


def dots_of(svg: str) -> Dots:
    """Return the dots of a code drawn as one SVG path of horizontal strokes, without a border."""
    size = int(re.search(r'width="(\d+)"', svg)[1])
    dots = [[False] * size for _ in range(size)]
    x = y = 0.0
    for step, first, second in _STEP.findall(re.search(r' d="([^"]+)"', svg)[1]):
        if step == "h":
            for column in range(int(x), int(x) + int(first)):
                dots[int(y)][column] = True
            x += int(first)
        elif step == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    return dots


def read(dots: Dots) -> str:
    """Return the text of a code."""
    size = len(dots)
    version = (size - 17) // 4
    places = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)]
    places += [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    said = int("".join(str(int(dots[row][column])) for row, column in places), 2) ^ _FORMAT_MASK
    level, mask = said >> 13, _MASKS[said >> 10 & 0b111]
    bits = [dots[r][c] ^ (mask(r, c) == 0) for r, c in _data_places(size, version)]
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    return _text(_joined(words, version, level), version)


def _data_places(size: int, version: int) -> Iterator[tuple[int, int]]:
    """Yield row and column of each data bit, in pairs of columns from the right, up and down."""
    taken = _function_places(size, version)
    upwards = True
    for right in (*range(size - 1, 6, -2), *range(5, 0, -2)):
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for column in (right, right - 1):
                if (row, column) not in taken:
                    yield row, column
        upwards = not upwards


def _function_places(size: int, version: int) -> set[tuple[int, int]]:
    corners = ((0, 0), (0, size - 8), (size - 8, 0))
    found = {(r + i, c + j) for r, c in corners for i in range(8) for j in range(8)}
    found |= {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    found |= {(8, n) for n in (*range(9), *range(size - 8, size))}
    found |= {(n, 8) for n in (*range(9), *range(size - 8, size))}
    middles = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    last = max(middles, default=0)
    for r in middles:
        for c in middles:
            if (r, c) not in ((6, 6), (6, last), (last, 6)):
                found |= {(r + i, c + j) for i in range(-2, 3) for j in range(-2, 3)}
    if version >= 7:
        found |= {(n, size - 11 + m) for n in range(6) for m in range(3)}
        found |= {(size - 11 + m, n) for n in range(6) for m in range(3)}
    return found


def _joined(words: list[int], version: int, level: int) -> list[int]:
    """Return the data words in their order; blocks lie interleaved."""
    sizes = [
        group.num_data for group in consts.ECC[version][level] for _ in range(group.num_blocks)
    ]
    blocks: list[list[int]] = [[] for _ in sizes]
    following = iter(words)
    for at in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if at < size:
                block.append(next(following))
    return list(chain.from_iterable(blocks))


def _text(words: list[int], version: int) -> str:
    bits = [bool(word >> shift & 1) for word in words for shift in range(7, -1, -1)]
    assert _number(bits[:4]) == 0b0100, "byte mode"
    width = 8 if version < 10 else 16
    length = _number(bits[4 : 4 + width])
    start = 4 + width
    return bytes(_number(bits[start + 8 * n : start + 8 * n + 8]) for n in range(length)).decode(
        "utf-8"
    )


def _number(bits: list[bool]) -> int:
    return int("".join(str(int(bit)) for bit in bits), 2)
