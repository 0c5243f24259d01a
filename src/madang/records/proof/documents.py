"""What documents claim: CPU time of issuing one, and how many files are checked in a CPU second."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from secrets import randbits, token_hex

from madang.kernel import times
from madang.records import seals, storage
from madang.records.engine import codes, sd_jwt
from madang.records.engine.pdf_signature import verdict
from madang.records.engine.signature_words import Finding
from madang.records.layouts import (
    Certificate,
    Fact,
    Facts,
    Issuer,
    Mark,
    Note,
    Signature,
    certificate_pdf,
)
from madang.records.pades import signed
from madang.records.signing_keys import SigningKey, signing_key

ROUNDS = 20
FACTS = {"applicant": "김철수", "address": "서울특별시 마포구 월드컵로 212", "since": "2024-03-02"}


def paper(number: int = 0) -> Certificate:
    """Return a certificate as services issue them, no two the same."""
    code = codes.written(codes.made(randbits))
    day = date(2026, 11, 23)
    mark = Mark(code, f"https://city.example/verify/{code}/", day, day + timedelta(days=90))
    rows = (("성명", "김철수"), ("주소", f"월드컵로 {number}, 101동"), ("전입일", "2024년 3월 2일"))
    blocks = (
        Facts(tuple(Fact(name, value) for name, value in rows)),
        Note("주민등록번호 뒷자리는 표시하지 않았습니다."),
        Signature("위 사실을 확인합니다."),
    )
    city = Issuer("서울특별시 마포구", "마포구청장", seal="마포구청장인")
    return Certificate("거주 확인서", city, blocks, ("ko",), mark)


def parts_ms(rounds: int = ROUNDS) -> dict[str, float]:
    """Return CPU milliseconds of each part of issuing, the median of some rounds."""
    key = signing_key()
    kid = seals.public_key(key.certificate)["kid"]
    certificate_pdf(paper())
    made: list[dict[str, float]] = []
    for number in range(rounds):
        spent: dict[str, float] = {}
        pdf = _timed(spent, "render_ms", partial(certificate_pdf, paper(number)))
        sign = partial(signed, pdf, key, code=token_hex(9), authority="Mapo-gu")
        whole = _timed(spent, "sign_ms", sign)
        shown = _timed(spent, "credential_ms", partial(_credential, key, kid))
        _timed(spent, "seal_ms", partial(_sealed, whole, shown))
        made.append(spent)
    found = {name: sorted(one[name] for one in made)[rounds // 2] for name in made[0]}
    return found | {"issue_ms": sum(found.values())}


def issue_cpu_ms() -> float:
    """Return the CPU milliseconds of issuing a document: set, signed, credential, sealed."""
    return parts_ms()["issue_ms"]


def checks_per_cpu_s(rounds: int = 50) -> float:
    """Return how many signed files are checked in a second of CPU time."""
    key = signing_key()
    trust, now = seals.trust_of(key), times.now()
    file = signed(certificate_pdf(paper()), key, code="0" * 18, authority="Mapo-gu")
    began = time.process_time()
    for _ in range(rounds):
        assert verdict(file, trust, now + timedelta(minutes=1)).finding is Finding.GENUINE
    return rounds / (time.process_time() - began)


def _credential(key: SigningKey, kid: str) -> bytes:
    claims = {"iss": "https://city.example", "vct": "https://city.example/residence"}
    return sd_jwt.issued(claims, FACTS, kid=kid, sign=key.es256, salt=os.urandom).encode()


def _sealed(pdf: bytes, credential: bytes) -> bytes:
    return storage.seal("a pdf", pdf) + storage.seal("a credential", credential)


def _timed(spent: dict[str, float], name: str, work: Callable[[], bytes]) -> bytes:
    began = time.process_time()
    found = work()
    spent[name] = (time.process_time() - began) * 1000
    return found
