"""Papers: what is taken, what is cleaned away, what is refused and with which advice."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import pytest
from django.utils.translation import override

from madang.cases import pictures
from madang.cases.evidence_files import EvidenceFile, cleaned
from madang.kernel.errors import Invalid

TYPES = ("pdf", "jpg", "png", "hwpx")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(turn: int, tail: bytes = b"") -> bytes:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, turn, 0)
    return b"Exif\0\0II\x2a\0" + struct.pack("<IH", 8, 1) + entry + bytes(4) + tail


def jpeg(*extra: bytes, width: int = 8, height: int = 8, tail: bytes = b"") -> bytes:
    """Return a grey JPEG as far as its structure goes."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"".join([
        b"\xff\xd8", *extra, segment(0xDB, bytes(65)), segment(0xC0, frame),
        segment(0xC4, bytes(17) + b"\0"), segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
        b"\x12\xff\x00\x34\xff\xd0\x56", b"\xff\xd9", tail,
    ])  # fmt: skip


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*extra: bytes, width: int = 1, height: int = 1, tail: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join([
        pictures.PNG_START, chunk(b"IHDR", head), *extra,
        chunk(b"IDAT", zlib.compress(b"\0\x7f")), chunk(b"IEND", b""), tail,
    ])  # fmt: skip


def hwpx(parts: dict[str, bytes] | None = None, *, mark: bytes = b"application/hwp+zip") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mark)
        archive.writestr("Contents/section0.xml", "<sec/>")
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def taken(data: bytes, name: str = "photo.jpg", max_mb: int = 1) -> bytes:
    return cleaned(EvidenceFile("proof", name, data), TYPES, max_mb).data


def refusal(data: bytes, types: tuple[str, ...] = TYPES) -> str:
    with override("en"), pytest.raises(Invalid) as error:
        cleaned(EvidenceFile("proof", "f", data), types, 1)
    assert list(error.value.fields) == ["evidence.proof"]
    return error.value.message


def test_place_and_device_of_a_photograph_stay_out_and_the_picture_stays():
    secret = b"GPS 37.56 126.97 SM-S938"
    full = jpeg(
        segment(0xE1, exif(1, secret)), segment(0xFE, secret), segment(0xED, secret), tail=secret
    )
    clean = taken(full)
    assert secret not in clean
    assert clean == jpeg()


def test_of_exif_only_which_side_is_up_stays():
    clean = taken(jpeg(segment(0xE1, exif(6, b"secret"))))
    assert pictures._orientation(clean[6:]) == 6
    assert b"secret" not in clean


def test_a_drawing_keeps_only_the_parts_that_draw():
    assert (
        taken(png(chunk(b"tEXt", b"Author\0Kim"), chunk(b"eXIf", exif(6)), tail=b"PK..")) == png()
    )


@pytest.mark.parametrize("data", [
    jpeg()[:-2], jpeg()[:30], b"\xff\xd8\xff\xe0", png()[:-4], png()[:-13],
    png().replace(b"IDAT", b"IDAX"), pictures.PNG_START + chunk(b"IEND", b""),
])  # fmt: skip
def test_a_broken_picture_is_refused(data):
    assert "broken" in refusal(data)


def test_a_picture_bomb_is_refused():
    assert "pixels" in refusal(jpeg(width=30_000, height=30_000))
    assert "pixels" in refusal(png(width=100_000, height=100_000))


@pytest.mark.parametrize("bad, said", [
    (b"/OpenAction<</S/JavaScript/JS(app.alert)>>", "program"),
    (b"/S/J#61vaScript", "program"),
    (b"/Names<</EmbeddedFiles 3 0 R>>", "other files"),
    (b"/A<</S/Launch>>", "program"),
    (b"/Encrypt 5 0 R", "locked"),
])  # fmt: skip
def test_a_pdf_with_a_program_other_files_or_a_lock_is_refused(bad, said):
    assert said in refusal(PDF.replace(b"/Type/Catalog", b"/Type/Catalog" + bad))


def test_a_program_hidden_in_a_packed_part_of_a_pdf_is_found():
    body = zlib.compress(b"7 0 <</S/JavaScript/JS(x)>>")
    hidden = b"2 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + body + b"\nendstream endobj\n"
    assert "program" in refusal(PDF.replace(b"trailer", hidden + b"trailer"))


def test_a_cut_off_pdf_is_refused_and_a_whole_one_is_kept_as_it_is():
    assert "not complete" in refusal(PDF[:40])
    assert taken(PDF, "a.pdf") == PDF


@pytest.mark.parametrize("data, said", [
    (hwpx({"Scripts/headerScripts": b"var x"}), "macro"),
    (hwpx({"BinData/tool.exe": b"MZ"}), "macro"),
    (hwpx({"../../etc/passwd": b"x"}), "macro"),
    (hwpx({"Contents/bomb.xml": bytes(40_000_000)}), "unpacks"),
    (hwpx(mark=b"application/zip"), "no HWPX"),
    (hwpx()[:-30], "broken"),
])  # fmt: skip
def test_an_archive_with_programs_or_a_bomb_is_refused(data, said):
    assert said in refusal(data)


def test_other_types_empty_and_large_files_are_refused():
    assert "only these files" in refusal(b"MZ\x90\0")
    assert "only these files" in refusal(PDF, ("jpg",))
    assert "empty" in refusal(b"")
    assert "larger than 1 MB" in refusal(PDF + bytes(1_000_001))


def test_a_refusal_is_said_in_the_language_of_the_reader():
    for data, said in ((b"", "비어"), (PDF + bytes(1_000_001), "1 MB"), (b"MZ", "pdf")):
        with override("ko"), pytest.raises(Invalid, match=said) as error:
            cleaned(EvidenceFile("proof", "f", data), TYPES, 1)
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", error.value.message)


def test_a_name_keeps_no_folders_and_gets_the_ending_of_what_it_is():
    found = cleaned(EvidenceFile("proof", "C:\\Users\\..\\내 사진\u202e.exe", PDF), TYPES, 1)
    assert found.name == "내 사진.pdf"
