"""The commands on certificates: the same check on files, and a sample for the demo."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import pkcs12

from madang.identity import cli_certificates, sample_authority
from madang.identity.certificate_profile import parse_file, profile_in_effect, read_profile
from madang.identity.engine.certificate_rules import Revocation
from madang.identity.engine.certificates import check
from madang.identity.engine.challenges import Challenge, challenge_in
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from tests.identity import pki
from tests.identity.laid import Authorities

ROOT = Path(__file__).parents[2]
RULES = ROOT / "cities" / "seoul" / "certificates.yaml"
CHALLENGE = Challenge("https://city.example", "sign-in", "A" * 43, pki.NOW + timedelta(minutes=5))


@pytest.fixture
def here(tmp_path):
    authorities = Authorities(tmp_path / "authorities", pki.NOW)
    content = authorities.city.authority.crl()
    (tmp_path / "authorities" / "lists" / "authority.crl").write_bytes(content)
    (tmp_path / "challenge.txt").write_bytes(CHALLENGE.content)
    held = authorities.issue()
    (tmp_path / "challenge.p7s").write_bytes(pki.sign(CHALLENGE.content, held))
    return tmp_path


def run(here: Path, *more: str):
    arguments = [
        str(here / "challenge.p7s"), "--text", str(here / "challenge.txt"), "--rules", str(RULES),
        "--authorities", str(here / "authorities"), "--json", *more,
    ]  # fmt: skip
    return CliRunner().invoke(cli_certificates.check, arguments)


def test_a_good_signature_is_taken_at_its_time_and_not_later(here):
    found = json.loads(run(here, "--at", "2026-11-22T05:00:00Z").output)
    assert found["taken"] and found["holder"]["policy"] == pki.PERSONAL
    late = json.loads(run(here, "--at", "2026-11-22T05:06:00Z").output)
    assert not late["taken"] and late["reasons"] == ["challenge-over"]


def test_a_text_that_was_changed_is_named(here):
    changed = CHALLENGE.content.replace(b"city.example", b"city.example ")
    (here / "challenge.txt").write_bytes(changed + b"more\n")
    result = run(here)
    assert isinstance(result.exception, Invalid)
    assert "challenge.txt" in str(result.exception)


@pytest.mark.parametrize("wrong", [b"", b"\xff", b"Madang\nnonce: A\n", CHALLENGE.content[:-1]])
def test_only_our_own_bytes_are_a_challenge(wrong):
    assert challenge_in(CHALLENGE.content) == CHALLENGE
    with pytest.raises(ValueError, match=r"."):
        challenge_in(wrong)


def test_a_sample_certificate_signs_in_on_this_installation(monkeypatch, tmp_path):
    monkeypatch.setenv("MADANG_CERTIFICATE_AUTHORITIES", str(tmp_path / "authorities"))
    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "var"))
    settings.cache_clear()
    try:
        out = tmp_path / "hong.p12"
        for _ in range(2):  # the second one finds the authority there
            result = CliRunner().invoke(
                cli_certificates.sample, ["홍길동", "--out", str(out), "--password", "pw"]
            )
            assert result.exit_code == 0, result.output
        assert len(list((tmp_path / "authorities" / "anchors").iterdir())) == 1
        key = tmp_path / "var" / "secrets" / f"{sample_authority.NAME}.key"
        assert key.stat().st_mode & 0o077 == 0
        read = pkcs12.load_key_and_certificates(out.read_bytes(), b"pw")
        held = pki.Credential(read[1], read[0])
        profile, now = profile_in_effect(), times.now()
        challenge = Challenge("x", "sign-in", "A" * 43, now + timedelta(minutes=1))
        signature = pki.sign(challenge.content, held)
        found = check(signature, challenge, profile.trust, Revocation((), profile.lists), now)
        assert found.is_good and found.holder.name.startswith("홍길동()sample")
        monkeypatch.setenv("MADANG_MODE", "production")
        settings.cache_clear()
        with pytest.raises(Invalid, match="production"):
            sample_authority.sample_certificate("홍길동", "pw")
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_seoul_s_policies_are_as_the_file_says():
    profile = read_profile(RULES, ROOT / "nowhere")
    assert not profile.is_on
    by_oid = {policy.oid: policy for policy in profile.trust.policies}
    assert by_oid["1.2.410.200005.1.1.1.10"].family == "financial"
    assert by_oid[pki.GPKI].staff and not by_oid[pki.PERSONAL].staff
    assert profile.trust.hard and "ocsp.yessign.org:4612" in profile.hosts


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"1.2.410.200012.1.1.1,", b"1.2.410.200012.01,", "no object identifier"),
        (b"issuer: INIPASS,", b"isuer: INIPASS,", "isuer"),
        (b"mode: hard", b"mode: strict", "strict"),
        (b"ocsp.gpki.go.kr", b"http://ocsp.gpki.go.kr/", "no `host`"),
        (b"1.2.410.200004.5.5.1.1,", b"1.2.410.200005.1.1.1,", "twice"),
        (b"version:", b"verison:", "verison"),
    ],
)
def test_a_mistake_in_the_file_is_named(old, new, says):
    content = RULES.read_bytes()
    assert old in content
    with pytest.raises(Invalid, match=says):
        parse_file(content.replace(old, new))
