"""Texts of pages: complete, values in place, state known; out to translators and back."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tools import message_sources, messages
from tools.message_catalogues import read_catalogue, update, write_catalogue
from tools.message_exchange import export, faults_of, take_in
from tools.message_states import is_stale, set_state, source_hash, state_of


@pytest.mark.parametrize("language", messages.ENFORCED)
def test_no_text_lacks_a_translation(language: str):
    missing = {room.name: messages.untranslated(room, language) for room in messages.rooms()}
    assert not any(missing.values()), f"run: python tools/messages.py update; {missing}"


@pytest.mark.parametrize("language", messages.ALL)
def test_translations_keep_the_places_for_values_and_say_their_state(language: str):
    assert [fault for room in messages.rooms() for fault in messages.faults(room, language)] == []


def test_the_shell_has_the_advice_and_the_frame_and_no_text_of_staff():
    texts = {
        room.name: {str(m.id) for m in message_sources.shell_of(room)} for room in messages.rooms()
    }
    assert "Nothing stands against being outside." in texts["air"]
    assert {"Skip to the content", "Very bad", "This page does not exist"} <= texts["web"]
    assert "Refused readings, newest first" not in texts["web"]


def test_all_that_is_said_of_the_air_to_residents_is_shell_and_what_officers_get_is_not():
    air = message_sources.ROOMS / "air"
    shell = {message.id for message in message_sources.shell_of(air)}
    shown = {
        message.id
        for message in message_sources.in_plain_words(air)
        if any("/templates/" in place for place, _line in message.locations)
    }
    assert shown - {""} <= shell
    assert {"The air changes", "Severe ones only"} <= shell  # what alerts can be asked for
    assert "%(name)s in %(place)s awaits an officer's decision" not in shell


@pytest.mark.parametrize(
    ("source", "translation", "good"),
    [
        ("%(n)s of %(total)s", "%(total)s 가운데 %(n)s", True),
        ("%(n)s of %(total)s", "%(n)s", False),
        ("Home", "%(home)s", False),
        ("{name} is here", "여기", False),
    ],
)
def test_a_lost_or_invented_place_is_a_fault(source: str, translation: str, good: bool):
    assert (list(faults_of(Message(source, translation), "ko")) == []) is good


def test_one_plural_form_may_say_the_number_in_words():
    ids = ("%(n)s day in %(place)s", "%(n)s days in %(place)s")
    arabic = ("لا", "يوم", "يومان", "%(n)s أيام", "%(n)s يومًا", "%(n)s يوم")
    with_place = tuple(f"{text} %(place)s" for text in arabic)
    assert list(faults_of(Message(ids, with_place), "ar")) == []
    assert len(list(faults_of(Message(ids, arabic), "ar"))) == 6
    assert "6" in next(faults_of(Message(ids, with_place[:2]), "ar"))


def test_a_translation_is_stale_once_its_source_is_another():
    message = Message("Stay inside", "Restez à l'intérieur")
    set_state(message, "reviewed", "R. Roux")
    assert state_of(message, "fr").name == "reviewed"
    assert state_of(message, "fr").by == "R. Roux"
    assert not is_stale(message, "fr")
    message.id = "Stay inside now"
    assert is_stale(message, "fr")


def test_a_translation_without_a_state_is_seen():
    assert state_of(Message("Home", "Accueil"), "fr").name == "unknown"
    assert state_of(Message("Home", "처음"), "ko").name == "reviewed"
    assert state_of(Message("Home", ""), "fr").name == "missing"


@pytest.fixture
def hall(tmp_path, monkeypatch):
    """A house with one room, and its French texts: one as it should be, one of an older source."""
    room = tmp_path / "src" / "madang" / "hall"
    (room / "templates").mkdir(parents=True)
    (room / "__init__.py").write_text("")
    (room / "pages.py").write_text('_("Stay inside if you can.")\n_("Home")\n_("New")\n')
    monkeypatch.setattr(message_sources, "ROOT", tmp_path)
    monkeypatch.setattr(message_sources, "ROOMS", room.parent)
    monkeypatch.setattr(message_sources, "SHELL", ("hall/*",))
    message_sources.texts_of.cache_clear()
    catalog = Catalog(locale="fr")
    for source, text in {
        "Stay inside if you must.": "Restez chez vous.",
        "Home": "Accueil",
    }.items():
        catalog.add(source, text)
        set_state(catalog[source], "machine")
    write_catalogue(catalog, messages.catalogue_path(room, "fr"), "fr")
    yield room
    message_sources.texts_of.cache_clear()


def test_a_changed_source_keeps_its_old_translation_as_stale_and_off_the_pages(hall):
    update(("fr",))
    changed = read_catalogue(messages.catalogue_path(hall, "fr"), "fr")["Stay inside if you can."]
    assert changed.string == "Restez chez vous."
    assert is_stale(changed, "fr")
    assert messages.untranslated(hall, "fr") == ["Stay inside if you can.", "New"]
    assert messages.counts("fr") == {"stale": 1, "machine": 1, "missing": 1}
    compiled = messages.compile_catalogues()[0].read_bytes()
    assert b"Accueil" in compiled
    assert b"Restez" not in compiled
    assert b"X-Madang-State: machine" in compiled


def test_texts_go_out_to_a_translator_and_come_back_reviewed(hall, tmp_path):
    out = tmp_path / "fr.po"
    assert export("fr", out, states=("missing",)) == 2
    with out.open("rb") as file:
        sheet = read_po(file, locale="fr")
    sheet["New"].string = "Nouveau"
    sheet["Stay inside if you can."].string = "Restez à l'intérieur si possible."
    sheet["Stay inside if you can."].flags.discard("fuzzy")
    with out.open("wb") as file:
        write_po(file, sheet)
    assert take_in("fr", out, "reviewed", "R. Roux") == (2, [])
    catalog = read_catalogue(messages.catalogue_path(hall, "fr"), "fr")
    assert state_of(catalog["New"], "fr").by == "R. Roux"
    assert state_of(catalog["New"], "fr").source_hash == source_hash(catalog["New"])
    assert messages.untranslated(hall, "fr") == []
    assert messages.counts("fr") == {"reviewed": 2, "machine": 1}


def test_nothing_is_taken_from_a_sheet_with_a_fault(hall, tmp_path):
    sheet = Catalog(locale="fr")
    sheet.add("New", "Nouveau %(oops)s")
    sheet.add("Home", "Maison")
    with (tmp_path / "fr.po").open("wb") as file:
        write_po(file, sheet)
    taken, faults = take_in("fr", tmp_path / "fr.po", "machine")
    assert taken == 0
    assert "oops" in faults[0]
    home = read_catalogue(messages.catalogue_path(hall, "fr"), "fr")["Home"]
    assert home.string == "Accueil"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", "x"], None),
        (["import", "xx", "f", "machine"], "no language"),
        (["import", "fr", "f", "perfect"], "no state"),
        (["polish"], "messages.py report"),
    ],
)
def test_a_wrong_command_is_answered_with_what_is_right(arguments, message, hall, capsys):
    if message is None:
        assert messages.main(arguments) == 0
        assert "machine" in capsys.readouterr().out
        return
    with pytest.raises(SystemExit, match=message):
        messages.main(arguments)


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


@pytest.fixture
def easy_hall(hall, monkeypatch):
    """The same room: one text that is easy as it stands, one too hard, one for easy words alone."""
    monkeypatch.setattr(message_sources, "EASY", ("*/templates/*/easy/*.html", "hall/*"))
    monkeypatch.setattr(message_sources, "ONLY_EASY", ("*/templates/*/easy/*.html",))
    (hall / "pages.py").write_text('_("Home")\n_("Heed the PM10 index of %(place)s.")\n')
    part = hall / "templates" / "hall" / "easy" / "part.html"
    part.parent.mkdir(parents=True)
    part.write_text('{% load i18n %}{% translate "Where?" %}')
    message_sources.texts_of.cache_clear()
    return hall


HARD = "Heed the PM10 index of %(place)s."


def test_what_is_too_hard_or_for_easy_words_alone_has_to_be_written(easy_hall):
    assert messages.untranslated(easy_hall, "en_easy") == [HARD, "Where?"]
    assert messages.counts("en_easy") == {"missing": 2}


def test_what_is_for_easy_words_alone_is_asked_of_no_other_language(easy_hall):
    for language in ("ko", "fr"):
        assert "Where?" not in {message.id for message in messages.wanted(easy_hall, language)}


def test_easy_words_may_leave_out_a_value_and_must_be_easy(easy_hall, tmp_path):
    def given(text: str) -> tuple[int, list[str]]:
        sheet = Catalog(locale="en")
        sheet.add(HARD, text)
        sheet.add("Home", "First page")
        with (tmp_path / "en.po").open("wb") as file:
            write_po(file, sheet)
        return take_in("en_easy", tmp_path / "en.po", "reviewed", "a group of readers")

    assert given("Look at the PM10 index.") == (
        0, [f"{HARD!r}: 'PM10' is not explained", f"{HARD!r}: 'index' is a hard word"],
    )  # fmt: skip
    assert "%(name)s" in given("Look at %(name)s.")[1][0], "an invented value"
    assert given("Look at the dust.") == (2, []), "what was easy before may be written anew, too"
    assert messages.untranslated(easy_hall, "en_easy") == ["Where?"]
    assert messages.counts("en_easy") == {"reviewed": 2, "missing": 1}


def test_easy_words_go_stale_with_their_source(easy_hall):
    path = messages.catalogue_path(easy_hall, "en_easy")
    catalog = Catalog(locale="en")
    catalog.add("Heed the PM10 index of %(city)s.", "Look at the dust.")
    set_state(catalog["Heed the PM10 index of %(city)s."], "approved", "the city")
    write_catalogue(catalog, path, "en_easy")
    update(("en_easy",))
    assert is_stale(read_catalogue(path, "en_easy")[HARD], "en_easy")
    assert HARD in messages.untranslated(easy_hall, "en_easy")
