"""What every word index keeps: the embedded one, and OpenSearch.

OpenSearch itself is held to it where `MADANG_OPENSEARCH_URL` names a server (an index of a random
name is made there and deleted); the adapter's requests are always held to it, against a server of
the tests' own that answers as the real one's documentation says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from madang.kernel.errors import Invalid, Unavailable
from madang.search.lexical import IndexedText, Narrowed, WeightedTerm
from madang.search.opensearch_index import OpenSearchIndex
from madang.search.tantivy_index import TantivyIndex
from tests.search.local_opensearch import LocalOpenSearch

BOOSTS = {"title": 1.0, "body": 1.0}


def text(key, body, *, kind="service", district="mapo"):
    words = body.split()
    return IndexedText(
        key,
        kind,
        {"body": words, "title": words[:1]},
        {"body": [w[:2] for w in words]},
        {"district": (district,)},
        f"stored {key}".encode(),
    )


def terms(*words):
    return [WeightedTerm(word) for word in words]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalOpenSearch]:
    with LocalOpenSearch() as running:
        yield running


@pytest.fixture(params=["tantivy", "opensearch requests", "opensearch"])
def empty(request):
    if request.param == "tantivy":
        yield TantivyIndex()
        return
    name = f"madang-test-{uuid4().hex[:8]}"
    if request.param == "opensearch requests":
        made = OpenSearchIndex(f"{request.getfixturevalue('server').url}/{name}")
        yield made
        made.close()
        return
    address = os.environ.get("MADANG_OPENSEARCH_URL", "")
    if not address:
        pytest.skip("no OpenSearch: MADANG_OPENSEARCH_URL names none")
    made = OpenSearchIndex(f"{address.rstrip('/')}/{name}")
    yield made
    made.close()
    httpx.delete(f"{address.rstrip('/')}/{name}")


@pytest.fixture
def index(empty):
    made = empty
    made.put(
        [
            text("a", "parking permit resident"),
            text("b", "parking fine appeal", district="jongno"),
            text("c", "library card", kind="office"),
        ]
    )
    made.commit()
    return made


def keys(found):
    return [key for key, _ in found]


def test_more_words_rank_higher(index):
    assert keys(index.words(terms("parking", "fine"), BOOSTS, 10)) == ["b", "a"]


def test_weights_and_boosts_count(index):
    light = [WeightedTerm("parking", 0.1), WeightedTerm("library", 1.0)]
    assert keys(index.words(light, BOOSTS, 10))[0] == "c"
    assert index.words(terms("fine"), {"title": 1.0}, 10) == []


def test_pairs_are_their_own_field(index):
    assert set(keys(index.pairs(terms("pa"), BOOSTS, 10))) == {"a", "b"}
    assert index.words(terms("pa"), BOOSTS, 10) == []


def test_results_are_narrowed_without_changing_scores(index):
    whole = dict(index.words(terms("parking", "library"), BOOSTS, 10))
    mapo = dict(index.words(terms("parking", "library"), BOOSTS, 10, _in("mapo")))
    assert set(mapo) == {"a", "c"}
    assert mapo["a"] == pytest.approx(whole["a"])
    offices = Narrowed(kinds=("office",))
    assert keys(index.words(terms("parking", "library"), BOOSTS, 10, offices)) == ["c"]
    assert index.keys(_in("jongno")) == {"b"}


def _in(*districts):
    return Narrowed(facets={"district": districts})


def test_facets_are_counted(index):
    assert index.counts(terms("parking"), "district") == {"mapo": 1, "jongno": 1}


def test_nothing_is_seen_before_it_is_committed(index):
    index.put([text("d", "parking meter")])
    assert len(index) == 3
    index.commit()
    assert len(index) == 4


def test_what_is_put_again_is_replaced(index):
    index.put([text("a", "bicycle shelter")])
    index.commit()
    assert len(index) == 3
    assert keys(index.words(terms("resident"), BOOSTS, 10)) == []
    assert keys(index.words(terms("bicycle"), BOOSTS, 10)) == ["a"]


def test_a_key_twice_in_one_first_load_stands_once():
    made = TantivyIndex()
    made.put([text("a", "old words"), text("a", "new words")])
    made.commit()
    assert keys(made.words(terms("words"), BOOSTS, 10)) == ["a"]
    assert made.words(terms("old"), BOOSTS, 10) == []


def test_what_is_dropped_is_gone(index):
    index.drop(["a", "unknown"])
    index.commit()
    assert keys(index.words(terms("parking"), BOOSTS, 10)) == ["b"]


def test_frequencies_follow_changes(index):
    assert index.frequency("parking") == 2
    assert index.frequency("pa", pairs=True) == 2
    index.put([text("d", "parking meter")])
    index.commit()
    assert index.frequency("parking") == 3
    assert index.frequency("unheard") == 0


def test_what_a_text_holds_is_told(index):
    assert index.holding("a", ["parking", "fine", "unheard"]) == {"parking"}
    assert index.holding("a", ["pa", "fi"], pairs=True) == {"pa"}
    assert index.holding("unknown", ["parking"]) == set()
    assert index.title_pairs("unknown") == ()


def test_words_are_listed_by_their_beginning(index):
    assert index.beginning_with("p", 5) == [("parking", 2), ("permit", 1)]


def test_what_was_stored_comes_back(index):
    assert index.stored(["b", "unknown"]) == {"b": b"stored b"}
    assert index.stored([]) == {}


def test_an_index_of_a_folder_is_there_the_next_time(tmp_path):
    first = TantivyIndex(tmp_path / "index")
    first.put([text("a", "parking permit")])
    first.commit()
    again = TantivyIndex(tmp_path / "index")
    assert keys(again.words(terms("permit"), BOOSTS, 10)) == ["a"]


@pytest.mark.parametrize("odd", ['"', "a b", "(", "제1조", "😀", "x" * 5000])
def test_odd_terms_find_nothing_and_break_nothing(index, odd):
    assert index.words(terms(odd), BOOSTS, 10) == []


def test_a_server_that_is_away_is_said_so():
    with pytest.raises(Unavailable, match="does not answer"):
        OpenSearchIndex("http://127.0.0.1:9/madang")


def test_an_address_without_an_index_is_refused():
    with pytest.raises(Invalid, match="names no index"):
        OpenSearchIndex("http://127.0.0.1:9200")


def test_what_the_server_does_not_take_is_no_silent_loss(server):
    index = OpenSearchIndex(f"{server.url}/refusing")
    index.put([IndexedText("a", "service", {"strange": ["word"]}, {})])
    with pytest.raises(Unavailable, match="strict_dynamic_mapping_exception"):
        index.commit()
    index.put([text("b", "parking permit")])
    index.commit()
    assert len(index) == 1
    index.close()
