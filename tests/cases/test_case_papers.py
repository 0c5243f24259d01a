"""Papers of a case as files: to whom they go, as what, and that nobody reads them unseen."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from hashlib import sha256

import pytest

from madang.access.api import Actor
from madang.cases import api, case_papers
from madang.cases.api import EvidenceFile
from madang.cases.models import CaseFile
from madang.kernel import audit, sealing
from madang.kernel.errors import Invalid
from tests.cases.packages import lent
from tests.cases.people import KIM
from tests.cases.test_evidence_files import PDF, chunk, jpeg, png
from tests.identity.residents import client_of, resident
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
HOSTILE = '../../"><script>alert(1)</script>\r\nSet-Cookie: a=b\u202egpj.exe'
FACTS = {"where_in_road": "carriageway", "size": "wheel", "damage": False}


def picture(wide: int = 40, high: int = 20) -> bytes:
    """Return a PNG whose left half is black and whose right half is white."""
    line = b"\0" + b"\0" * (wide // 2) + b"\xff" * (wide // 2)
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return b"".join([
        case_papers_start(), chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(line * high)),
        chunk(b"IEND", b""),
    ])  # fmt: skip


def case_papers_start() -> bytes:
    return png()[:8]


def opened(actor: Actor, data: bytes, name: str = HOSTILE) -> tuple[str, str]:
    """Return the number of a case with one paper, and the paper's id."""
    made = api.open_case(
        package_hash=lent("pothole-report").hash, subject=actor.person, facts=FACTS, actor=actor,
        channel="web", key=name, evidence=(EvidenceFile("photo", name, data),),
    )  # fmt: skip
    [(file, _evidence, _name, _size)] = api.files_for(actor, made.number)
    return made.number, file


@pytest.fixture
def home():
    account = resident("김하늘")
    actor = Actor(f"account:{account.pk}", "김하늘", person=account.person_id, ial=2, aal=2)
    return client_of(account), actor


def test_the_owner_gets_the_file_as_an_attachment_that_does_nothing(home):
    client, actor = home
    number, file = opened(actor, picture())
    page = client.get(f"/cases/{number}/").content.decode()
    assert f"/cases/{number}/papers/{file}/" in page
    assert "<script>alert" not in page
    answer = client.get(f"/cases/{number}/papers/{file}/")
    assert answer.status_code == 200
    assert b"".join(answer) == picture()
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Length"] == str(len(picture()))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    said = answer["Content-Disposition"]
    assert said.startswith("attachment; filename")
    assert not {"\r", "\n", "/", "<", "\u202e"} & set(said)
    assert said.rstrip('"').endswith(".png")
    assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]


def test_a_look_at_a_picture_is_drawn_anew(home):
    client, actor = home
    number, file = opened(actor, picture())
    answer = client.get(f"/cases/{number}/papers/{file}/picture.png")
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.content != picture()
    assert struct.unpack(">II", answer.content[16:24]) == (40, 20)


def test_a_look_is_upright_and_small():
    from madang.records.api import preview_png

    turned = preview_png(picture(2400, 400), "image/png", (2400, 400), 6)
    assert struct.unpack(">II", turned[16:24]) == (200, 1200)
    with pytest.raises(Invalid, match="너무 커서"):
        preview_png(picture(), "image/png", (8000, 8000))


def test_who_works_on_the_case_reads_it_and_the_log_says_so():
    client = joined("han", ["officer"])
    number, file = opened(KIM, jpeg(), "구멍.jpg")
    assert (
        f"/casework/{number}/papers/{file}/" in client.get(f"/casework/{number}/").content.decode()
    )
    answer = client.get(f"/casework/{number}/papers/{file}/")
    assert answer.status_code == 200
    assert "filename*=utf-8''%EA%B5%AC%EB%A9%8D.jpg" in answer["Content-Disposition"]
    [entry] = audit.newest_about(f"case:{number}", "cases.read_paper", 5)
    assert file in entry.detail
    assert entry.purpose == "work-cases"


def test_nobody_else_gets_it_and_nothing_that_is_not_there(home):
    client, actor = home
    number, file = opened(KIM, jpeg())
    own, other = opened(actor, jpeg(), "eigenes.jpg")
    none = "00000000-0000-7000-8000-00000000dead"
    for address in (
        f"/cases/{number}/papers/{file}/", f"/cases/{own}/papers/{file}/",
        f"/cases/{own}/papers/{none}/", f"/cases/{number}/papers/{file}/picture.png",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert client.get(f"/casework/{own}/papers/{other}/").status_code in (302, 403, 404)
    assert client.get(f"/cases/{own}/papers/..%2f..%2fetc/").status_code == 404


def test_a_type_that_was_never_taken_in_goes_out_as_bytes(home):
    client, actor = home
    number, file = opened(actor, jpeg())
    rows(CaseFile).filter(pk=file).update(media_type="text/html")
    assert (
        client.get(f"/cases/{number}/papers/{file}/")["Content-Type"] == "application/octet-stream"
    )
    assert client.get(f"/cases/{number}/papers/{file}/picture.png").status_code == 404


def test_what_was_changed_where_it_lies_is_not_handed_out(home):
    _client, actor = home
    number, file = opened(actor, jpeg())
    rows(CaseFile).filter(pk=file).update(digest="0" * 64)
    with pytest.raises(Invalid):
        case_papers.paper(actor, number, file)


def test_a_document_is_no_picture(home):
    client, actor = home
    made = api.open_case(
        package_hash=lent("property-tax-appeal").hash, subject=actor.person, facts={}, actor=actor,
        channel="web", key="t", evidence=(EvidenceFile("proof", "증빙.pdf", PDF),),
    )  # fmt: skip
    [(file, _evidence, _name, _size)] = api.files_for(actor, made.number)
    assert client.get(f"/cases/{made.number}/papers/{file}/")["Content-Type"] == "application/pdf"
    assert client.get(f"/cases/{made.number}/papers/{file}/picture.png").status_code == 404


def large(home, size: int = 9_000_000):
    """Return address, id and content of a large paper of a case."""
    client, actor = home
    data = PDF.replace(b"%%EOF", b"%" + b"x" * size + b"\n%%EOF")
    made = api.open_case(
        package_hash=lent("property-tax-appeal").hash, subject=actor.person, facts={}, actor=actor,
        channel="web", key="large", evidence=(EvidenceFile("proof", "증빙.pdf", data),),
    )  # fmt: skip
    [(file, _evidence, _name, _size)] = api.files_for(actor, made.number)
    return client, f"/cases/{made.number}/papers/{file}/", file, data


def sealed_of(file: str) -> bytearray:
    return bytearray(rows(CaseFile).get(pk=file).sealed)


def test_a_large_paper_goes_out_whole_in_the_memory_of_some_pieces(home):
    client, address, _file, data = large(home)
    digest, seen = sha256(data).hexdigest(), sha256()
    size = len(data)
    del data
    client.get("/cases/")  # what a first page loads is none of it
    tracemalloc.start()
    answer = client.get(address)
    for piece in answer:
        seen.update(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (seen.hexdigest(), answer["Content-Length"]) == (digest, str(size))
    assert peak < 5_000_000, peak


def test_of_a_large_paper_that_was_changed_or_cut_off_nothing_goes_out(home):
    client, address, file, _data = large(home)
    whole = sealed_of(file)
    changed = bytearray(whole)
    changed[-20] ^= 1
    for sealed in (changed, whole[:-1], whole[: len(whole) // 2], whole[:30], whole[:3]):
        rows(CaseFile).filter(pk=file).update(sealed=bytes(sealed))
        answer = client.get(address)
        assert answer.status_code == 422
        assert b"%PDF" not in b"".join(answer)


def test_what_is_changed_while_it_goes_out_breaks_off_and_never_looks_whole(home):
    client, address, file, data = large(home)
    whole = sealed_of(file)
    whole[-20] ^= 1
    answer = client.get(address)
    came, pieces = bytearray(), iter(answer)
    came += next(pieces)
    rows(CaseFile).filter(pk=file).update(sealed=bytes(whole))
    with pytest.raises(Invalid):
        for piece in pieces:
            came += piece
    assert data.startswith(bytes(came))
    assert len(came) < int(answer["Content-Length"]), "a browser says that the download failed"


def test_a_large_paper_of_before_is_read_as_well(home):
    client, address, file, data = large(home)
    rows(CaseFile).filter(pk=file).update(sealed=sealing.seal("cases", "files", file, data))
    assert b"".join(client.get(address)) == data
    tampered = sealed_of(file)
    tampered[-1] ^= 1
    rows(CaseFile).filter(pk=file).update(sealed=bytes(tampered))
    assert b"%PDF" not in b"".join(client.get(address))
