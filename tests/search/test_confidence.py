"""How sure search is: the model, its signals, and what leaving an answer out does."""

from __future__ import annotations

import numpy as np
import pytest

from madang.search.engine.confidence import SIGNALS, Evidence, fit, signals
from madang.search.engine.fusion import PARTS
from madang.search.entries import Entry, Text
from madang.search.ranking import Ranker
from madang.search.reading import Reader
from madang.search.sureness import Judge, models
from madang.search.tantivy_index import TantivyIndex
from tests.search.city_documents import QUESTIONS, SERVICES


def test_every_signal_is_given_and_finite():
    parts = np.random.default_rng(1).random((7, len(PARTS))).astype(np.float32)
    parts[3, 2:] = np.nan
    found = signals(parts, parts[:, 0] * 9, coverage=0.5, length=4, first=Evidence())
    assert found.shape == (len(SIGNALS),)
    assert np.isfinite(found).all()


def test_nothing_found_has_signals_too():
    found = signals(
        np.zeros((0, len(PARTS)), np.float32),
        np.zeros(0, np.float32),
        coverage=0.0,
        length=0,
        first=Evidence(),
    )
    assert found.shape == (len(SIGNALS),)


def test_a_fitted_model_tells_right_from_wrong():
    rng = np.random.default_rng(2)
    rows = [rng.random(len(SIGNALS)) for _ in range(600)]
    right = [bool(row[0] > 0.6 and rng.random() < 0.9) for row in rows]
    model = fit(rows[:300], right[:300], weight=[1.0] * 300)
    sure = np.array([model.of(row) for row in rows[300:]])
    truth = np.array(right[300:])
    assert sure[truth].mean() > 0.6 > 0.2 > sure[~truth].mean()


def test_the_shipped_models_fit_the_signals():
    assert set(models()) == {"lexical", "hybrid"}
    for model in models().values():
        assert len(model.bends) == 2
        assert len(model.bends[0]) == len(SIGNALS)
        assert len(model.weights) == 3 * len(SIGNALS) + 1


@pytest.fixture(scope="module")
def judge():
    from madang.search.analysers import analyser

    ranker = Ranker(TantivyIndex(), Reader(analyser()))
    ranker.put(Entry(k, "service", {"ko": Text(t, b)}) for k, (t, b) in SERVICES.items())
    ranker.commit()
    return Judge(ranker)


def test_an_answer_left_out_makes_search_less_sure(judge):
    reads = [(judge.read(text, "ko"), right) for text, right in QUESTIONS]
    whole = np.mean([read.sure().confidence for read, _ in reads])
    without = np.mean(
        [read.sure(without=lambda key, r=right: key == r).confidence for read, right in reads]
    )
    assert whole > without


def test_what_is_left_out_is_not_among_the_hits(judge):
    read = judge.read("전입신고", "ko")
    assert read.sure().keys[0] == "move-in"
    assert "move-in" not in read.sure(without=lambda key: key == "move-in").keys


def test_a_question_of_nothing_is_not_sure_at_all(judge):
    assert judge.read("🤔", "ko").sure() == judge.read("", "ko").sure()
    assert judge.read("🤔", "ko").sure().confidence == 0.0
