"""Checking a certificate at sign-in: CPU time of one check, as authorities issue them.

RSA 2048 throughout, a chain of three, revocation by OCSP and list: what a Korean certificate
brings. The peer is OpenSSL's `cms -verify` with the same chain and the lists, as a process for each
check; it looks at neither OCSP nor policy nor which certificate is named.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bench.report import OURS, Bar, Report
from madang.identity.engine.certificate_rules import Revocation
from madang.identity.engine.certificates import check, issuers_to_ask
from madang.identity.engine.challenges import Challenge
from tests.identity import pki

SHORT, FULL = 200, 2_000
LOAD = "RSA 2048, chain of 3, OCSP and list"


def run(*, full: bool = False) -> Report:
    """Measure; `full` checks 2,000 signatures."""
    count = FULL if full else SHORT
    now = datetime.now(UTC)
    city, held = _city(now)
    challenge = Challenge("https://city.example", "sign-in", "A" * 43, now + timedelta(minutes=5))
    signature = pki.sign(challenge.content, held)
    trust = city.trust()
    said = Revocation((city.authority.ocsp(held, at=now),), (city.root.crl(at=now),))
    report = Report(
        "identity_certificates",
        "one certificate check at sign-in",
        bars=(Bar(LOAD, "cpu_ms", 10.0),),
    )
    assert check(signature, challenge, trust, said, now).is_good
    began = time.process_time()
    for _ in range(count):
        issuers_to_ask(signature, trust)
        check(signature, challenge, trust, said, now)
    report.add(OURS, LOAD, cpu_ms=(time.process_time() - began) * 1000 / count)
    other = Challenge("https://evil.example", "sign-in", "A" * 43, now + timedelta(minutes=5))
    began = time.process_time()
    for _ in range(count):
        check(signature, other, trust, said, now)
    refused = (time.process_time() - began) * 1000 / count
    report.add(OURS, "another challenge, refused", cpu_ms=refused)
    if shutil.which("openssl"):
        cpu_ms = _openssl(city, challenge, signature, min(count, 100), now)
        report.add("openssl cms -verify", LOAD, cpu_ms=cpu_ms)
    else:
        report.notes.append("no openssl here: without the peer")
    return report


def _city(now: datetime) -> tuple[pki.City, pki.Credential]:
    city = pki.City(root=pki.root("Root", pki.rsa_key(2048, 1)))
    city.authority = city.root.authority("Authority", key=pki.rsa_key(2048, 2))
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=364)}
    return city, city.authority.issue(key=pki.rsa_key(2048, 3), **span)


def _openssl(
    city: pki.City, challenge: Challenge, signature: bytes, count: int, now: datetime
) -> float:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "challenge.txt").write_bytes(challenge.content)
        (here / "challenge.p7s").write_bytes(signature)
        chain = [city.root.certificate, city.authority.certificate]
        lists = [city.root.crl(at=now), city.authority.crl(at=now)]
        pem = [one.public_bytes(Encoding.PEM) for one in chain]
        pem += [x509.load_der_x509_crl(one).public_bytes(Encoding.PEM) for one in lists]
        (here / "trust.pem").write_bytes(b"".join(pem))
        command = [
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "challenge.p7s",
            "-content", "challenge.txt", "-CAfile", "trust.pem", "-crl_check_all",
            "-purpose", "any", "-out", "out.txt",
        ]  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(count):
            subprocess.run(command, cwd=here, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent * 1000 / count
