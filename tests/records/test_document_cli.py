"""``madang documents ...`` on the user's own files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import OperationalError

from madang.kernel.errors import BadInput
from madang.records import api, credentials, document_cli, seals
from madang.records.layouts import certificate_pdf
from madang.records.pades import signed
from madang.records.proof import documents as proof
from madang.records.signing_keys import signing_key
from tests.records.issuing import DATA, TEMPLATE, credential_of, issued, pdf_of
from tests.records.papers import needs_fonts, text_of

pytestmark = needs_fonts


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "residence.yaml"
    path.write_text(yaml.safe_dump(TEMPLATE, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(DATA, ensure_ascii=False, default=str), encoding="utf-8")
    return path


def _ran(command, *arguments: object):
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_a_template_is_set_as_a_sample(template, data, tmp_path):
    out = tmp_path / "x.pdf"
    done = _ran(document_cli.render, template, "--data", data, "--out", out, "--language", "ko",
                "--language", "en", "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["facts"]["applicant"] == "김철수"
    text = text_of(out.read_bytes())
    assert "법적 효력이 없습니다" in text
    assert "번호 뒷자리" not in text
    _ran(document_cli.render, template, "--data", data, "--out", out, "--with", "hidden")
    assert "번호 뒷자리" in text_of(out.read_bytes())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: a\n  b: [", "bad.yaml:2"),
        ("- 1", "holds no mapping"),
        ("id: a\nkind: poster", "kind"),
        ("id: a\nkind: permit\ntitle: x\nblocks: [{kind: note, text: '{who}'}]", "who"),
        ("id: a\nkind: permit\ntitle: 𒀀\nblocks: [{kind: note, text: x}]", "U\\+12000"),
    ],
)
def test_a_bad_template_is_named_by_file_and_place(text, said, data, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(text, encoding="utf-8")
    out = tmp_path / "x.pdf"
    with pytest.raises(BadInput, match=said) as refused:
        CliRunner().invoke(
            document_cli.render,
            [str(bad), "--data", str(data), "--out", str(out)],
            catch_exceptions=False,
        )
    assert "bad.yaml" in refused.value.message
    assert not out.exists()


@pytest.mark.django_db
def test_a_file_is_verified_with_a_root_alone(tmp_path):
    document = issued()
    paper, root = tmp_path / "paper.pdf", tmp_path / "root.pem"
    paper.write_bytes(pdf_of(document))
    root.write_bytes(signing_key().roots[0].public_bytes(Encoding.PEM))
    done = _ran(document_cli.verify, paper, "--root", root, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["finding"], said["code"]) == ("genuine", document.code)
    assert said["time_stamp"]
    changed = bytearray(paper.read_bytes())
    changed[5000] ^= 1
    paper.write_bytes(bytes(changed))
    done = _ran(document_cli.verify, paper, "--json")
    assert (done.exit_code, json.loads(done.stdout)["finding"]) == (1, "altered")
    with pytest.raises(BadInput, match="no certificate"):
        CliRunner().invoke(
            document_cli.verify, [str(paper), "--root", str(paper)], catch_exceptions=False
        )


def test_a_file_is_verified_where_no_tables_are_made_yet(monkeypatch, tmp_path):
    def missing() -> list[object]:
        raise OperationalError("no such table: records_knownseal")

    monkeypatch.setattr(seals, "_trusted", missing)
    paper = tmp_path / "paper.pdf"
    whole = certificate_pdf(proof.paper())
    paper.write_bytes(signed(whole, signing_key(), code="0" * 18, authority="Mapo-gu"))
    done = _ran(document_cli.verify, paper, "--json")
    assert (done.exit_code, json.loads(done.stdout)["finding"]) == (0, "genuine")


def test_the_claims_of_documents_are_measured_without_tables():
    assert proof.checks_per_cpu_s(1) > 0
    assert proof.issue_cpu_ms() > 0


@pytest.mark.django_db
def test_a_credential_is_verified_without_a_network(tmp_path):
    document = issued()
    file, issuer, status = (tmp_path / name for name in ("c.sd-jwt", "issuer.json", "list.jwt"))
    file.write_text(credential_of(document))
    issuer.write_text(json.dumps(credentials.metadata()))
    status.write_text(credentials.published_list(1)[0])
    arguments = (file, "--issuer", issuer, "--status", status, "--json")
    done = _ran(document_cli.verify_credential, *arguments)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["state"], said["facts"]["applicant"]) == ("valid", "김철수")
    api.revoke(document.id, by="account:officer", reason="wrong")
    status.write_text(credentials.published_list(1)[0])
    done = _ran(document_cli.verify_credential, *arguments)
    assert (done.exit_code, json.loads(done.stdout)["state"]) == (1, "revoked")
    file.write_text(credential_of(document).replace("~", "~e", 1))
    done = _ran(document_cli.verify_credential, file, "--issuer", issuer, "--json")
    assert (done.exit_code, json.loads(done.stdout)["good"]) == (1, False)
