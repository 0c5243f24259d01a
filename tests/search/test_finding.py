"""Answering questions over what rooms hand in, and keeping the index equal to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from madang.kernel.errors import Invalid
from madang.search.finder import Finder
from madang.search.holding import FORMAT
from madang.search.keeping import Keeping
from madang.search.listing import Wish
from madang.search.question_log import QuestionLog
from tests.search.city_documents import QUESTIONS
from tests.search.searching import SPOKEN, Things, finder, holding, source_of, thing, town


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    return finder(tmp_path_factory.mktemp("search"))


def keys(found) -> list[str]:
    return [hit.key.removeprefix("town:") for hit in found.hits]


# of one question no word stands in its service: words alone cannot find that
@pytest.mark.parametrize(("question", "right"), [q for q in QUESTIONS if q[1] != "tax"])
def test_what_people_ask_finds_the_service(asked: Finder, question: str, right: str):
    assert right in keys(asked.find(Wish(question, "ko")))[:3]


def test_a_title_finds_its_thing_first_and_surely(asked: Finder):
    found = asked.find(Wish("전입신고", "ko"))
    assert keys(found)[0] == "move-in"
    assert found.sure == "town:move-in"
    assert not found.by_meaning


@pytest.mark.parametrize("nonsense", ["qwzx vbnk", "슈뢰딩거 파동함수", "😀😀", "!!!", "\u200b"])
def test_nonsense_finds_nothing_and_nothing_is_sure(asked: Finder, nonsense: str):
    found = asked.find(Wish(nonsense, "ko"))
    assert (found.hits, found.total, found.sure) == ((), 0, "")


@pytest.mark.parametrize(
    ("typed", "repair", "right"),
    [
        ("wjsdlqtlsrh", "keyboard", "move-in"),
        ("재산셰 납부", "spelling", "tax"),
        ("전입싱고", "spelling", "move-in"),
    ],
)
def test_a_mistyped_question_is_answered_as_it_was_meant(asked, typed, repair, right):
    found = asked.find(Wish(typed, "ko"))
    assert keys(found)[0] == right
    assert found.repair == repair
    assert found.asked == typed != found.answered


def test_a_question_taken_as_typed_is_not_repaired(asked: Finder):
    assert asked.find(Wish("wjsdlqtlsrh", "ko", exact=True)).repair == ""


def test_a_question_that_finds_is_not_repaired(asked: Finder):
    assert asked.find(Wish("전입신고 하고 싶어요", "ko")).repair == ""


def test_results_are_narrowed_and_counted(asked: Finder):
    whole = asked.find(Wish("등본", "ko"))
    assert whole.facets["kind"] == {"office": 2, "service": 1}
    offices = asked.find(Wish("등본", "ko", {"kind": ("office",)}))
    assert {hit.kind for hit in offices.hits} == {"office"}
    assert offices.facets["kind"] == whole.facets["kind"], "a facet does not narrow itself"
    mapo = asked.find(Wish("등본", "ko", {"district": ("11440",)}))
    assert set(keys(mapo)) == {"copy", "11440"}, "what holds everywhere holds there, too"


@pytest.mark.parametrize("district", ["11440", "11110"])
def test_what_belongs_to_the_readers_district_comes_first(asked: Finder, district: str):
    found = asked.find(Wish("구청 여권", "ko", district=district))
    assert keys(found)[0] == district


def test_pages_follow_each_other(asked: Finder):
    whole = keys(asked.find(Wish("구청 여권", "ko", limit=50)))
    assert len(whole) == 2
    first = asked.find(Wish("구청 여권", "ko", limit=1))
    rest = asked.find(Wish("구청 여권", "ko", limit=1, cursor=first.cursor))
    assert keys(first) + keys(rest) == whole
    assert rest.cursor == ""


@pytest.mark.parametrize(
    "wish",
    [
        Wish("등본", "ko", limit=0),
        Wish("등본", "ko", limit=51),
        Wish("등본", "ko", cursor="zzz"),
        Wish("등본", "ko", {"colour": ("red",)}),
        Wish("등본", "ko", {"kind": ("person",)}),
    ],
)
def test_a_wish_that_is_none_is_refused(asked: Finder, wish: Wish):
    with pytest.raises(Invalid):
        asked.find(wish)


def test_a_hundred_thousand_characters_are_read_as_their_first_thousand(asked: Finder):
    found = asked.find(Wish("전입신고 " * 20_000, "ko"))
    assert len(found.asked) <= 1000
    assert keys(found)[0] == "move-in"


def test_words_that_were_asked_for_are_marked(asked: Finder):
    hit = asked.find(Wish("냉장고 버리는 방법", "ko")).hits[0]
    assert "냉장고" in {piece.text for piece in hit.passage if piece.is_match}
    assert "낡은 장롱이나 냉장고를" in "".join(piece.text for piece in hit.passage)


def test_what_others_chose_comes_first(asked: Finder, tmp_path: Path):
    own = finder(tmp_path)
    before = keys(own.find(Wish("구청 등본", "ko")))
    own.chosen = {"구청 등본": {f"town:{before[-1]}": 1.0}}
    after = keys(own.find(Wish("구청 등본", "ko")))
    assert after.index(before[-1]) < before.index(before[-1])


def test_titles_come_in_the_readers_language(tmp_path: Path):
    own = finder(tmp_path, Things({"a": thing("a", "여권 발급", english="Passport application")}))
    english = own.find(Wish("passport", "en")).hits[0]
    assert (english.title_text, english.language) == ("Passport application", "en")
    korean = own.find(Wish("passport", "ko")).hits[0]
    assert (korean.title_text, korean.language) == ("여권 발급", "ko")


def test_suggestions_are_titles_with_their_pages_and_questions_of_many(asked: Finder):
    first = asked.suggest("ㅈㅇㅅㄱ", "ko").suggestions[0]
    assert (first.text, first.kind, first.url) == ("전입신고", "service", "/services/move-in/")
    with pytest.raises(Invalid, match="nobody here speaks"):
        asked.suggest("전", "tlh")


# keeping the index equal to the sources


def test_what_is_published_changed_and_withdrawn_is_followed(tmp_path: Path):
    things = town()
    held = holding(tmp_path, things)
    own, source = Finder(held, SPOKEN), source_of(things)
    things.by_id["boat"] = thing("boat", "한강 보트 면허")
    things.by_id["tax"] = thing("tax", "자동차세 납부")
    del things.by_id["noise"]
    changes = held.refresh(source)
    assert (changes.put, changes.dropped) == (2, 1)
    assert keys(own.find(Wish("보트 면허", "ko"))) == ["boat"]
    assert keys(own.find(Wish("자동차세", "ko")))[0] == "tax"
    assert "noise" not in keys(own.find(Wish("층간소음 상담", "ko")))
    assert held.refresh(source) == type(changes)(0, 0), "nothing changed since"


def test_named_keys_alone_are_read(tmp_path: Path):
    things = town()
    held = holding(tmp_path, things)
    things.by_id["boat"] = thing("boat", "한강 보트 면허")
    things.by_id["ferry"] = thing("ferry", "한강 나루")
    assert held.refresh(source_of(things), {"town:boat"}).put == 1
    assert "town:ferry" not in held.held
    del things.by_id["boat"]
    assert held.refresh(source_of(things), {"town:boat"}).dropped == 1


def test_the_index_is_there_at_the_next_start_and_reads_only_what_changed(tmp_path: Path):
    things = town()
    holding(tmp_path, things)
    again = holding(tmp_path)
    assert len(again.held) == len(things.by_id)
    assert keys(Finder(again, SPOKEN).find(Wish("전입신고", "ko")))[0] == "move-in"
    assert again.refresh(source_of(things)).put == 0


def test_a_broken_index_is_made_anew(tmp_path: Path):
    things = town()
    holding(tmp_path, things)
    (tmp_path / f"index-{FORMAT}" / "meta.json").write_text("{broken")
    again = holding(tmp_path)
    assert len(again.held) == 0
    assert again.refresh(source_of(things)).put == len(things.by_id)


_WRITER = """
import sys
from pathlib import Path
from tests.search.searching import Things, holding, source_of, thing
things = Things()
held = holding(Path(sys.argv[1]))
print("begun", flush=True)
for round in range(10_000):
    for n in range(60):
        things.by_id[str(n)] = thing(str(n), f"민원 {n} 차례 {round}", "가나다 " * 50)
    held.refresh(source_of(things))
    print(round, flush=True)
"""


@pytest.mark.system
@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_killed_while_it_writes_it_opens_whole(tmp_path: Path, rounds: int):
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert writer.stdout is not None
    with writer.stdout:
        for _ in range(rounds + 1):
            assert writer.stdout.readline()
        # somewhere in the next round: between two commits or in the middle of one
        threading.Event().wait(0.02 * (rounds + 1))
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    again = holding(tmp_path)
    titles = {entry.texts["ko"][0].split()[-1] for entry in again.held.values()}
    assert len(titles) <= 1, "of one round only: a commit is whole or not at all"
    assert len(again.held) in (0, 60)
    things = town()
    again.refresh(source_of(things))
    assert keys(Finder(again, SPOKEN).find(Wish("전입신고", "ko")))[0] == "move-in"


@pytest.fixture
def kept(tmp_path: Path):
    """A keeper of the town that runs; yields (things, finder, keeping)."""
    things = town()
    held = holding(tmp_path / "index")
    own, log = Finder(held, SPOKEN), QuestionLog(tmp_path / "questions.sqlite3")
    keeping = Keeping(held, own, log, [source_of(things)])
    yield things, own, keeping
    keeping.stop()
    log.close()


def until(claim, tries: int = 200) -> bool:
    pause = threading.Event()
    return any(claim() or pause.wait(0.05) for _ in range(tries))


def test_an_event_brings_a_new_thing_at_once(kept):
    things, own, keeping = kept
    keeping.start()
    assert keeping.swept.wait(20)
    things.by_id["boat"] = thing("boat", "한강 보트 면허")
    keeping.tell("town.changed", b'{"id": "boat"}')
    assert until(lambda: keys(own.find(Wish("보트 면허", "ko"))) == ["boat"])
    del things.by_id["boat"]
    keeping.tell("town.changed", b'{"id": "boat"}')
    assert until(lambda: not own.find(Wish("보트 면허", "ko")).hits)


@pytest.mark.parametrize("data", [b"{broken", b"[]", b'{"id": 7}', b'{"other": "x"}', b"\xff"])
def test_an_event_that_says_nothing_has_the_source_read(kept, data: bytes):
    things, own, keeping = kept
    keeping.start()
    assert keeping.swept.wait(20)
    things.by_id["boat"] = thing("boat", "한강 보트 면허")
    keeping.tell("town.changed", data)
    assert until(lambda: keys(own.find(Wish("보트 면허", "ko"))) == ["boat"])


def test_a_source_that_fails_takes_nothing_away(kept):
    things, _own, keeping = kept
    assert keeping.sweep() == len(things.by_id)
    things.failing = True
    assert keeping.sweep() == len(things.by_id)
    things.failing = False
    things.by_id["boat"] = thing("boat", "한강 보트 면허")
    assert keeping.sweep() == len(things.by_id), "the sweep heals what an event missed"


def test_reading_everything_anew_keeps_everything(kept):
    things, own, keeping = kept
    keeping.sweep()
    assert keeping.sweep(anew=True) == len(things.by_id)
    assert keys(own.find(Wish("전입신고", "ko")))[0] == "move-in"
