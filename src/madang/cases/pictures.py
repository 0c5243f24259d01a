"""Photographs without what they tell besides the picture: place, device, thumbnails, hidden tails.

Pixels stay as they are; only the parts that draw them are kept (ITU-T T.81 annex B, PNG third
edition chapter 5). Of Exif, nothing stays but which side is up (Exif 3.0, tag 0x0112): without it
photographs from telephones lie on their side.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

MOST_PIXELS = 50_000_000  # what the sensors of telephones give in one shot
PNG_START = b"\x89PNG\r\n\x1a\n"
_SOI, _EOI, _SOS, _APP0, _APP1, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DRAWS = _FRAMES | {0xC4, 0xCC, 0xDB, 0xDD, _SOS, _APP14}
_PNG_DRAWS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB"})
_JFIF = b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"


class BrokenPicture(ValueError):
    """These bytes are no whole picture."""


class TooManyPixels(ValueError):
    """The picture would take more room than we give it."""


def plain_jpeg(data: bytes) -> bytes:
    """Return a JPEG with nothing but its picture.

    Raises
    ------
    BrokenPicture, TooManyPixels
    """
    kept, turn, has_frame = [b"\xff\xd8"], 0, False
    for marker, body, scan in _segments(data):
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", body[1:5]) if len(body) >= 5 else (0, 0)
            _check_pixels(width, height)
            has_frame = True
        if marker == _APP1 and not turn:
            turn = _orientation(body)
        if marker == _APP0 and body.startswith(b"JFIF"):
            kept.append(_segment(_APP0, _JFIF))
        if marker in _DRAWS and (marker != _APP14 or body.startswith(b"Adobe")):
            kept += [_segment(marker, body), scan]
    if not has_frame:
        raise BrokenPicture("no frame")
    if turn > 1:
        kept.insert(1, _segment(_APP1, _exif_of(turn)))
    return b"".join([*kept, b"\xff\xd9"])


def plain_png(data: bytes) -> bytes:
    """Return a PNG with nothing but its picture; raises as `plain_jpeg`."""
    kept, at = [PNG_START], len(PNG_START)
    names: list[bytes] = []
    while not names or names[-1] != b"IEND":
        if at + 12 > len(data):
            raise BrokenPicture("ends early")
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if data[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(name + body)):
            raise BrokenPicture("a checksum is wrong")
        if not names:
            if name != b"IHDR" or length != 13:
                raise BrokenPicture("no header")
            _check_pixels(*struct.unpack(">II", body[:8]))
        if name in _PNG_DRAWS:
            kept.append(data[at : at + 12 + length])
        elif name[:1].isupper():
            raise BrokenPicture("a part that nobody knows")
        names.append(name)
        at += 12 + length
    if b"IDAT" not in names:
        raise BrokenPicture("no picture")
    return b"".join(kept)


def shape(data: bytes) -> tuple[tuple[int, int], int]:
    """Return width and height in pixels as stored, and which side is up (1 to 8, 1 as stored).

    Raises
    ------
    BrokenPicture
    """
    if data.startswith(PNG_START):
        if len(data) < 24:
            raise BrokenPicture("ends early")
        wide, high = struct.unpack(">II", data[16:24])
        return (wide, high), 1
    turn = 0
    for marker, body, _scan in _segments(data):
        if marker == _APP1 and not turn:
            turn = _orientation(body)
        if marker in _FRAMES and len(body) >= 5:
            high, wide = struct.unpack(">HH", body[1:5])
            return (wide, high), turn or 1
    raise BrokenPicture("no frame")


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (marker, body, coded picture behind it) up to the end of the picture."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise BrokenPicture("no marker")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == _EOI:
            return
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise BrokenPicture("ends early")
        after = _end_of_scan(data, end) if marker == _SOS else end
        yield marker, data[at + 4 : end], data[end:after]
        at = after
    if data[at : at + 2] != bytes((0xFF, _EOI)):
        raise BrokenPicture("ends early")


def _end_of_scan(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise BrokenPicture("ends early")
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _orientation(body: bytes) -> int:
    """Return tag 0x0112 of the first directory of an Exif block, 0 without one."""
    if not body.startswith(b"Exif\x00\x00") or body[6:8] not in (b"II", b"MM"):
        return 0
    block, order = body[6:], "<" if body[6:8] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, first)
        for n in range(count):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", block, first + 2 + 12 * n)
            if (tag, kind) == (0x0112, 3):
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _exif_of(turn: int) -> bytes:
    """Return an Exif block that says which side is up, and nothing else."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, turn, 0)
    return b"Exif\x00\x00MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise BrokenPicture("no size")
    if width * height > MOST_PIXELS:
        raise TooManyPixels(f"{width} x {height}")
