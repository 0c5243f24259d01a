"""Papers that people send: only what they say they are, without hidden parts, cleaned.

Of photographs only the picture is kept: where and with what it was taken (Exif) stays out. PDF and
HWPX files that carry programs or other files are refused, and archives that unpack to far more
than they are.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from madang.cases.pictures import BrokenPicture, TooManyPixels, plain_jpeg, plain_png
from madang.kernel.errors import Invalid

MEDIA = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "hwpx": "application/hwp+zip",
}
_MAGIC = {
    b"%PDF-": "pdf",
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"PK\x03\x04": "hwpx",
}
LARGEST_UNPACKED = 100_000_000  # bytes
HIGHEST_RATIO = 100  # text compresses to 1/10, at most 1/30
MOST_PARTS = 2_000
LONGEST_NAME = 120
# names of PDF 32000-1 that start programs, open other things or carry files
_ACTIVE_PDF = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PROGRAMS = re.compile(r"(^|/)(scripts?|macros?)/|\.(js|vbs?|bas|exe|dll|zip|bin)$", re.IGNORECASE)


@dataclass(frozen=True)
class EvidenceFile:
    """A paper as it came: for which evidence of the package, under which name."""

    evidence: str
    name: str
    data: bytes


@dataclass(frozen=True)
class CleanFile:
    """A paper as it is kept."""

    evidence: str
    name: str
    media_type: str
    data: bytes
    digest: str


def cleaned(file: EvidenceFile, types: Sequence[str], max_mb: int) -> CleanFile:
    """Return a file as it may be kept.

    Raises
    ------
    Invalid
        If it is empty, too large, of another type, broken, or carries what it must not; the
        message says what to do.
    """
    if not file.data:
        raise _wrong(file, _("the file is empty; send it again"))
    if len(file.data) > max_mb * 1_000_000:
        raise _wrong(
            file,
            _("the file is larger than %(mb)s MB; send a smaller photograph or scan")
            % {"mb": max_mb},
        )
    kind = next((kind for magic, kind in _MAGIC.items() if file.data.startswith(magic)), "")
    if kind not in types:
        raise _wrong(
            file, _("only these files can be taken: %(types)s") % {"types": ", ".join(types)}
        )
    clean = {"jpg": _picture, "png": _picture, "pdf": _pdf, "hwpx": _hwpx}[kind](file, kind)
    return CleanFile(
        file.evidence, _plain_name(file.name, kind), MEDIA[kind], clean, sha256(clean).hexdigest()
    )


def accepted(types: Sequence[str]) -> str:
    """Return what the picker of files of a browser offers for these types."""
    return ",".join(".hwpx" if kind == "hwpx" else MEDIA[kind] for kind in types)


def _picture(file: EvidenceFile, kind: str) -> bytes:
    try:
        return plain_jpeg(file.data) if kind == "jpg" else plain_png(file.data)
    except TooManyPixels:
        raise _wrong(file, _("the picture has too many pixels; send a smaller one")) from None
    except BrokenPicture:
        raise _wrong(file, _("the picture is broken; take it again")) from None


def _pdf(file: EvidenceFile, _kind: str) -> bytes:
    names = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), file.data)
    if b"%%EOF" not in file.data[-2048:]:
        raise _wrong(file, _("the PDF is not complete; save it again"))
    if b"/Encrypt" in names:
        raise _wrong(file, _("the PDF is locked with a password; save it without one"))
    if _ACTIVE_PDF.search(names) or _ACTIVE_PDF.search(_streams(file.data)):
        raise _wrong(file, _("the PDF carries a program or other files; print it to a new PDF"))
    return file.data


def _streams(data: bytes) -> bytes:
    """Return object streams unpacked: names may hide in them (PDF 32000-1, 7.5.7)."""
    found = []
    room = 10_000_000
    for match in re.finditer(rb"/ObjStm\b.*?stream\r?\n", data, re.DOTALL):
        unpack = zlib.decompressobj()
        try:
            piece = unpack.decompress(data[match.end() :], room)
        except zlib.error:
            continue
        room = max(0, room - len(piece))
        found.append(piece)
        if not room:
            break
    return b"\n".join(found)


def _hwpx(file: EvidenceFile, _kind: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if "mimetype" not in names or archive.getinfo("mimetype").file_size > 100:
                raise _wrong(file, _("this is no HWPX file"))
            if archive.read("mimetype").strip() != MEDIA["hwpx"].encode():
                raise _wrong(file, _("this is no HWPX file"))
            _check_size(file, parts)
            if any(part.flag_bits & 1 for part in parts):
                raise _wrong(file, _("the file is locked with a password; save it without one"))
            if any(_PROGRAMS.search(name) or ".." in name for name in names):
                raise _wrong(file, _("the file carries a macro or other files; save it without"))
            if archive.testzip() is not None:
                raise _wrong(file, _("the file is broken; save it again"))
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError):
        raise _wrong(file, _("the file is broken; save it again")) from None
    return file.data


def _check_size(file: EvidenceFile, parts: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > LARGEST_UNPACKED
        or unpacked > HIGHEST_RATIO * max(len(file.data), 1)
    ):
        raise _wrong(file, _("the file unpacks to far more than it is; save it anew"))


def _plain_name(name: str, kind: str) -> str:
    """Return a name without folders and control characters, with the ending of what it is."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(one for one in last if one.isprintable()).strip(" .") or "file"
    stem = clean.rsplit(".", 1)[0][:LONGEST_NAME] or "file"
    return f"{stem}.{kind}"


def _wrong(file: EvidenceFile, message: str) -> Invalid:
    return Invalid(message, {f"evidence.{file.evidence}": message})
