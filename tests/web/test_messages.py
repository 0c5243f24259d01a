"""Every text that people see has a finished Korean translation, in its own room."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from tools import message_sources, messages

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("room", messages.rooms(), ids=lambda room: room.name)
@pytest.mark.parametrize("language", messages.ENFORCED)
def test_no_text_lacks_a_translation(room, language: str):
    assert messages.untranslated(room, language) == [], "run: python tools/messages.py update"


@pytest.mark.parametrize("room", messages.rooms(), ids=lambda room: room.name)
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_the_places_for_values(room, language: str):
    path = messages.catalogue_path(room, language)
    if not path.exists():
        return
    with path.open("rb") as file:
        for message in read_po(file, locale=language):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in texts:
                assert set(PLACE.findall(text)) == set(PLACE.findall(ids[-1])), ids


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(tmp_path, monkeypatch):
    folder = tmp_path / "hall" / "locale" / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n'
    source.write_text(f'{head}\nmsgid "Hall"\nmsgstr "마루"\n', encoding="utf-8")
    monkeypatch.setattr(message_sources, "ROOMS", tmp_path)
    assert messages.compile_catalogues() == [source.with_suffix(".mo")]
    assert messages.compile_catalogues() == []
    assert "마루".encode() in source.with_suffix(".mo").read_bytes()
