"""Packing, publishing, withdrawing; versions that cases pinned; the brake on machines."""

from __future__ import annotations

import base64
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from madang.access.api import ANONYMOUS, system_actor
from madang.city.loader import cities_folder
from madang.kernel.errors import BadInput, Conflict, Forbidden, Invalid, Unauthenticated
from madang.kernel.models import AuditEntry, OutboxEntry
from madang.services import api
from madang.services.errors import InvalidPackage, UnknownService
from madang.services.models import PublishedPackage
from madang.services.packages.packing import files_of, package_of, read_packed, written
from madang.services.packages.reader import read_package
from madang.services.ready import prepared
from madang.services.versions import version

COPY = "resident-registration-copy"
SHIPPED = cities_folder() / "seoul" / "services"
OFFICE = system_actor("command-line")


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(SHIPPED / COPY, tmp_path / COPY))


def change(folder: Path, old: str, new: str, file: str = "service.yaml") -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_packed_package_holds_the_whole_package_and_its_files(folder):
    item = prepared(folder).packed
    again = read_packed(written(item), "file")
    assert again == item
    assert package_of(again) == read_package(folder)[0]
    assert files_of(again)["service.yaml"] == (folder / "service.yaml").read_text()


def test_equal_files_have_equal_hashes_and_another_word_has_another(folder):
    first = prepared(folder).packed.hash
    assert prepared(folder).packed.hash == first
    change(folder, "바로 발급합니다", "곧 발급합니다")
    assert prepared(folder).packed.hash != first


def test_a_packed_package_that_was_tampered_with_is_refused(folder):
    item = prepared(folder).packed
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
    item = prepared(folder).packed
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    with pytest.raises(BadInput, match="signature"):
        package_of(replace(item, key=other))


@pytest.mark.data
def test_a_published_package_is_current_and_told(db, folder):
    made = api.publish(folder, OFFICE)
    assert made.is_new
    now = api.current(COPY)
    assert (now.hash, now.package.service.title) == (made.hash, "주민등록표 등본·초본 발급")
    assert AuditEntry.objects.filter(verb="services.publish", object=f"service:{COPY}").count() == 1
    assert OutboxEntry.objects.filter(name="services.published").count() == 1
    again = api.publish(folder, OFFICE)
    assert (again.hash, again.is_new) == (made.hash, False)
    assert PublishedPackage.objects.count() == 1


@pytest.mark.data
def test_a_version_that_a_case_pinned_stays_as_it_was(db, folder):
    first = api.publish(folder, OFFICE).hash
    change(folder, "version: 1.0.0", "version: 1.0.1")
    change(folder, "value: 400", "value: 500", "parameters/fee_per_copy.yaml")
    second = api.publish(folder, OFFICE).hash
    assert api.current(COPY).hash == second
    old, new = (api.package(one).package.parameters[0].values[0].value for one in (first, second))
    assert (old, new) == (400, 500)
    assert [one.version for one in api.versions(COPY)] == ["1.0.1", "1.0.0"]


@pytest.mark.data
@pytest.mark.parametrize("stated", ["1.0.0", "0.9.0"])
def test_other_content_needs_a_higher_version(db, folder, stated):
    api.publish(folder, OFFICE)
    change(folder, "version: 1.0.0", f"version: {stated}")
    change(folder, "바로 발급합니다", "곧 발급합니다")
    with pytest.raises(Conflict, match="raise the version"):
        api.publish(folder, OFFICE)


@pytest.mark.data
def test_a_package_with_faults_is_refused_with_file_and_line(db, folder):
    change(folder, "deadline: immediately", "deadlin: immediately")
    with pytest.raises(InvalidPackage) as refused:
        api.publish(folder, OFFICE)
    assert any(
        "deadlin" in problem.field and problem.line > 1 for problem in refused.value.problems
    )
    assert not PublishedPackage.objects.exists()


@pytest.mark.data
def test_a_version_changed_in_the_database_is_not_opened(db, folder):
    made = api.publish(folder, OFFICE)
    row = PublishedPackage.objects.get()
    version.cache_clear()
    row.body = bytes(row.body)[:-1] + bytes([bytes(row.body)[-1] ^ 1])
    row.save()
    with pytest.raises(BadInput):
        api.package(made.hash)


@pytest.mark.data
def test_a_withdrawn_service_is_gone_and_its_pinned_version_stays(db, folder):
    made = api.publish(folder, OFFICE)
    with pytest.raises(Invalid, match="why"):
        api.withdraw(COPY, OFFICE, " ")
    api.withdraw(COPY, OFFICE, "The register moves.")
    with pytest.raises(UnknownService):
        api.current(COPY)
    assert api.package(made.hash).package.id == COPY
    change(folder, "version: 1.0.0", "version: 1.0.1")
    assert api.publish(folder, OFFICE).is_new
    assert api.current(COPY).package.service.version == "1.0.1"


@pytest.mark.data
def test_a_district_has_its_own_texts_and_others_the_citys(db, folder):
    own = folder.parent / f"{COPY}-mapo"
    own.mkdir()
    (own / "service.yaml").write_text(
        f'extends: {COPY}\ndistrict: "11440"\nversion: 1.0.0\nsummary: 마포에서 발급합니다.\n'
    )
    api.publish(folder, OFFICE)
    api.publish(own, OFFICE)
    assert api.current(COPY, "11440").package.service.summary == "마포에서 발급합니다."
    assert api.current(COPY, "11680").package.district == ""
    assert api.current(COPY).package.service.summary != "마포에서 발급합니다."


@pytest.mark.data
def test_the_citys_packages_are_published_once(db, folder):
    (folder.parent / "broken").mkdir()
    (folder.parent / "broken" / "service.yaml").write_text("id: broken\n")
    first = api.publish_shipped(folder.parent)
    assert first.published == (COPY,)
    assert len(first.refused) == 1
    assert first.refused[0].startswith("broken: ")
    second = api.publish_shipped(folder.parent)
    assert (second.published, second.unchanged) == ((), 1)


@pytest.mark.data
def test_residents_publish_nothing(db, folder):
    with pytest.raises((Forbidden, Unauthenticated)):
        api.publish(folder, ANONYMOUS)


@pytest.mark.data
def test_the_machine_is_stopped_at_once_and_the_history_is_kept(db, folder):
    api.publish(folder, OFFICE)
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
    api.publish(folder, OFFICE)
    with pytest.raises(Invalid):
        api.stop_automation(COPY, OFFICE, "")
    with pytest.raises(UnknownService):
        api.stop_automation("nothing", OFFICE, "why")
    with pytest.raises((Forbidden, Unauthenticated)):
        api.stop_automation(COPY, ANONYMOUS, "why")
