"""Static files that are laid anew, come or go while the instance runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from madang.web import vendor
from madang.web.static_files import StaticFilesMiddleware

pytestmark = pytest.mark.django_db  # a closed answer lets go of connections, too


@pytest.fixture
def folder(tmp_path: Path):
    (tmp_path / "look.css").write_text("a{}")
    finders.get_finder.cache_clear()
    with override_settings(
        STATICFILES_DIRS=[str(tmp_path)],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    ):
        yield tmp_path
    finders.get_finder.cache_clear()


@pytest.fixture
def site(folder):
    return StaticFilesMiddleware(lambda request: HttpResponse("no such file", status=404))


def asked(site, path: str, **headers: str) -> tuple[int, bytes]:
    answer = site(RequestFactory().get(path, headers=headers))
    body = answer.getvalue() if answer.streaming else answer.content
    answer.close()
    if answer.status_code == 200:
        assert int(answer["Content-Length"]) == len(body)
    return answer.status_code, body


def test_a_file_that_changed_is_sent_as_it_is_now(site, folder):
    assert asked(site, "/static/look.css") == (200, b"a{}")
    (folder / "look.css").write_text("a{color:red}")
    assert asked(site, "/static/look.css") == (200, b"a{color:red}")


def test_a_file_that_is_gone_is_not_found_and_one_that_comes_is(site, folder):
    (folder / "look.css").unlink()
    assert asked(site, "/static/look.css")[0] == 404
    (folder / "new.css").write_text("b{}")
    assert asked(site, "/static/new.css") == (200, b"b{}")
    (folder / "look.css").write_text("back{}")
    assert asked(site, "/static/look.css") == (200, b"back{}")


def test_a_compressed_form_that_changed_alone_has_its_own_length(site, folder):
    import gzip

    (folder / "look.css").write_text("a{}" * 2000)
    (folder / "look.css.gz").write_bytes(gzip.compress(b"a{}" * 2000, mtime=0))
    first = asked(site, "/static/look.css", **{"accept-encoding": "gzip"})
    assert gzip.decompress(first[1]) == b"a{}" * 2000
    (folder / "look.css.gz").write_bytes(gzip.compress(b"a{b:c}" * 3000, mtime=0))
    second = asked(site, "/static/look.css", **{"accept-encoding": "gzip"})
    assert gzip.decompress(second[1]) == b"a{b:c}" * 3000


def test_a_file_taken_away_between_look_and_opening_is_not_found(site, folder, monkeypatch):
    seen = site._present

    def present(url):
        found = seen(url)
        if found is not None:
            (folder / "look.css").unlink()
        return found

    monkeypatch.setattr(site, "_present", present)
    assert asked(site, "/static/look.css")[0] == 404


def test_nothing_outside_the_folders_and_no_folder_is_sent(site, folder):
    (folder / "below").mkdir()
    for path in ("/static/below", "/static/below/", "/static/../look.css", "/look.css"):
        assert asked(site, path)[0] == 404


def test_assets_laid_while_we_run_are_known(tmp_path, monkeypatch):
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)
    assert not vendor.is_here("map.js")
    (tmp_path / vendor.STAMP).write_text('{"files": ["map.js"]}')
    assert vendor.is_here("map.js")
    (tmp_path / vendor.STAMP).write_text('{"files": ["other.js"]}')
    os.utime(tmp_path / vendor.STAMP, ns=(1, 1))
    assert not vendor.is_here("map.js")
    assert vendor.is_here("other.js")
