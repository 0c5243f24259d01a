"""Packing, publishing, withdrawing; versions that cases pinned; the brake on machines."""

from __future__ import annotations

import base64
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from madang.access.api import ANONYMOUS
from madang.city.api import load_profile
from madang.city.loader import cities_folder
from madang.kernel.errors import BadInput, Conflict, Forbidden, Invalid, Unauthenticated
from madang.kernel.models import AuditEntry, OutboxEntry
from madang.services import api
from madang.services.errors import InvalidPackage, UnknownService
from madang.services.lint.examine import lint
from madang.services.models import PublishedPackage
from madang.services.packages.packing import files_of, package_of, read_packed, written
from madang.services.packages.reader import read_package
from madang.services.ready import unlinted
from madang.services.versions import version
from tests.services.publishing import COPY, OFFICE, SAMPLE, publish


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / COPY))


def change(folder: Path, old: str, new: str, file: str = "service.yaml") -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_packed_package_holds_the_whole_package_and_its_files(folder):
    item = unlinted(folder).packed
    again = read_packed(written(item), "file")
    assert again == item
    assert package_of(again) == read_package(folder)[0]
    assert files_of(again)["service.yaml"] == (folder / "service.yaml").read_text()


def test_equal_files_have_equal_hashes_and_another_word_has_another(folder):
    first = unlinted(folder).packed.hash
    assert unlinted(folder).packed.hash == first
    change(folder, "바로 발급합니다", "곧 발급합니다")
    assert unlinted(folder).packed.hash != first


def test_a_packed_package_that_was_tampered_with_is_refused(folder):
    item = unlinted(folder).packed
    data = bytearray(written(item))
    for at in (
        len(data) - 1,
        len(data) - 200,
        data.index(b"1.0.0"),
        data.index(item.hash.encode()),
    ):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(BadInput, match="parcel"):
            read_packed(bytes(changed), "parcel")
    for short in (b"", bytes(data[:-3]), bytes(data) + b"more", b"PK\3\4", bytes(data[:50])):
        with pytest.raises(BadInput, match="parcel"):
            read_packed(short, "parcel")


def test_a_signature_of_another_key_for_the_same_hash_is_refused(folder):
    item = unlinted(folder).packed
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    with pytest.raises(BadInput, match="signature"):
        package_of(replace(item, key=other))


@pytest.mark.data
def test_a_published_package_is_current_and_told(db, folder):
    made = publish(folder)
    assert made.is_new
    now = api.current(COPY)
    assert (now.hash, now.package.service.title) == (made.hash, "주민등록표 등본·초본 발급")
    assert AuditEntry.objects.filter(verb="services.publish", object=f"service:{COPY}").count() == 1
    assert OutboxEntry.objects.filter(name="services.published").count() == 1
    again = publish(folder)
    assert (again.hash, again.is_new) == (made.hash, False)
    assert PublishedPackage.objects.count() == 1


@pytest.mark.data
def test_a_version_that_a_case_pinned_stays_as_it_was(db, folder):
    first = publish(folder).hash
    change(folder, "version: 1.0.0", "version: 1.0.1")
    change(folder, "value: 400", "value: 500", "parameters/fee_per_copy.yaml")
    second = publish(folder).hash
    assert api.current(COPY).hash == second
    old, new = (api.package(one).package.parameters[0].values[0].value for one in (first, second))
    assert (old, new) == (400, 500)
    assert [one.version for one in api.versions(COPY)] == ["1.0.1", "1.0.0"]


@pytest.mark.data
@pytest.mark.parametrize("stated", ["1.0.0", "0.9.0"])
def test_other_content_needs_a_higher_version(db, folder, stated):
    publish(folder)
    change(folder, "version: 1.0.0", f"version: {stated}")
    change(folder, "바로 발급합니다", "곧 발급합니다")
    with pytest.raises(Conflict, match="raise the version"):
        publish(folder)


@pytest.mark.data
def test_a_package_with_faults_is_refused_with_file_and_line(db, folder):
    change(folder, "deadline: immediately", "deadlin: immediately")
    with pytest.raises(InvalidPackage) as refused:
        api.publish(folder, OFFICE)
    assert any("deadlin" in str(fault) and fault.line > 1 for fault in refused.value.faults)
    assert not PublishedPackage.objects.exists()


@pytest.mark.data
def test_a_version_changed_in_the_database_is_not_opened(db, folder):
    made = publish(folder)
    row = PublishedPackage.objects.get()
    version.cache_clear()
    row.body = bytes(row.body)[:-1] + bytes([bytes(row.body)[-1] ^ 1])
    row.save()
    with pytest.raises(BadInput):
        api.package(made.hash)


@pytest.mark.data
def test_a_withdrawn_service_is_gone_and_its_pinned_version_stays(db, folder):
    made = publish(folder)
    with pytest.raises(Invalid, match="why"):
        api.withdraw(COPY, OFFICE, " ")
    api.withdraw(COPY, OFFICE, "The register moves.")
    with pytest.raises(UnknownService):
        api.current(COPY)
    assert api.package(made.hash).package.id == COPY
    change(folder, "version: 1.0.0", "version: 1.0.1")
    assert publish(folder).is_new
    assert api.current(COPY).package.service.version == "1.0.1"


@pytest.mark.data
def test_a_district_has_its_own_texts_and_others_the_citys(db, folder):
    own = folder.parent / f"{COPY}-mapo"
    own.mkdir()
    (own / "service.yaml").write_text(
        f'extends: {COPY}\ndistrict: "11440"\nversion: 1.0.0\nsummary: 마포에서 발급합니다.\n'
    )
    publish(folder)
    publish(own)
    assert api.current(COPY, "11440").package.service.summary == "마포에서 발급합니다."
    assert api.current(COPY, "11680").package.district == ""
    assert api.current(COPY).package.service.summary != "마포에서 발급합니다."


@pytest.mark.data
def test_what_the_linter_finds_keeps_a_package_from_being_published(db, folder):
    change(folder, "  - {kind: counter,", "  - {kind: app,")
    with pytest.raises(InvalidPackage) as refused:
        api.publish(folder, OFFICE)
    assert {fault.code for fault in refused.value.faults} >= {"missing-text"}
    assert not PublishedPackage.objects.exists()


@pytest.mark.data
def test_the_citys_packages_are_published_once(db, tmp_path):
    shipped = cities_folder() / "seoul" / "services"
    good = next(one for one in sorted(shipped.iterdir()) if not lint(one, load_profile("seoul")))
    shutil.copytree(good, tmp_path / good.name)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "service.yaml").write_text("id: broken\n")
    first = api.publish_shipped(tmp_path)
    assert first.published == (good.name,)
    assert len(first.refused) == 1
    assert "broken" in first.refused[0]
    second = api.publish_shipped(tmp_path)
    assert (second.published, second.unchanged) == ((), 1)


@pytest.mark.data
def test_residents_publish_nothing(db, folder):
    with pytest.raises((Forbidden, Unauthenticated)):
        api.publish(folder, ANONYMOUS)


@pytest.mark.data
def test_the_machine_is_stopped_at_once_and_the_history_is_kept(db, folder):
    publish(folder)
    assert api.automation_is_on(COPY)
    api.stop_automation(COPY, OFFICE, "A register answers wrongly.")
    assert not api.automation_is_on(COPY)
    with pytest.raises(Conflict):
        api.stop_automation(COPY, OFFICE, "again")
    api.resume_automation(COPY, OFFICE, "The register is right again.")
    assert api.automation_is_on(COPY)
    (stop,) = api.stops_of(COPY)
    assert stop.reason == "A register answers wrongly."
    assert stop.lifted_because == "The register is right again."
    assert OutboxEntry.objects.filter(name="services.automation_changed").count() == 2


@pytest.mark.data
def test_stopping_needs_a_reason_a_service_and_a_member_of_staff(db, folder):
    publish(folder)
    with pytest.raises(Invalid):
        api.stop_automation(COPY, OFFICE, "")
    with pytest.raises(UnknownService):
        api.stop_automation("nothing", OFFICE, "why")
    with pytest.raises((Forbidden, Unauthenticated)):
        api.stop_automation(COPY, ANONYMOUS, "why")
