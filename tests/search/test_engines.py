"""The engines of search: passages, centring, fusion, learning, ranks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.search.engine.adapting import learned_map
from madang.search.engine.dense import best_of_entries, centred
from madang.search.engine.fusion import PARTS, Weights, fit, fused, probabilities
from madang.search.engine.passages import passages
from madang.search.engine.ranks import mean_reciprocal_rank, recall_at, share


@given(st.text(max_size=2000), st.integers(20, 400))
def test_passages_are_bounded_and_lose_no_word(text, limit):
    found = passages(text, limit, overlap=limit // 8)
    assert all(0 < len(piece) <= limit for piece in found)
    whole = "".join("".join(found).split())
    for word in text.split():
        assert word in whole or len(word) > limit


def test_the_best_passage_stands_for_an_entry():
    scores = np.array([0.1, 0.9, 0.3], np.float32)
    best = best_of_entries(scores, np.array([0, 0, 2]), 3)
    assert best.tolist() == pytest.approx([0.9, -1.0, 0.3])


def test_centred_vectors_have_length_one_or_none():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(5, 8)).astype(np.float32)
    vectors[2] = vectors.mean(0)
    found = centred(vectors, vectors.mean(0))
    assert np.linalg.norm(found, axis=1)[[0, 1, 3, 4]] == pytest.approx(1.0, abs=1e-5)


def test_what_could_not_be_had_counts_nothing():
    parts = np.full((1, len(PARTS)), np.nan, np.float32)
    assert fused(parts, Weights(1, 1, 1, 1, 1)).tolist() == [0.0]


def test_chances_sum_to_one():
    assert probabilities(np.array([900.0, -900.0, 3.0], np.float32)).sum() == pytest.approx(1.0)
    assert len(probabilities(np.zeros(0, np.float32))) == 0


def test_weights_are_learned_from_what_was_right():
    rng = np.random.default_rng(3)
    lists = []
    for _ in range(300):
        parts = rng.random((6, len(PARTS))).astype(np.float32)
        # Only the second part tells which one is right.
        lists.append((parts, np.arange(6) == parts[:, 1].argmax()))
    found = fit(lists, Weights(1.0, 1.0, 1.0))
    assert found.pairs > 3 * max(found.words, found.passage, found.title, found.memory)
    assert min(found.of()) >= 0.0


def test_lists_without_a_right_one_teach_nothing():
    lists = [(np.ones((2, len(PARTS)), np.float32), np.zeros(2, np.bool_))]
    assert fit(lists, Weights(1.0, 2.0)) == Weights(1.0, 2.0)


def test_a_learned_map_turns_questions_towards_their_answers():
    rng = np.random.default_rng(5)
    passages_ = centred(rng.normal(size=(20, 16)).astype(np.float32), np.zeros(16, np.float32))
    turn, _ = np.linalg.qr(rng.normal(size=(16, 16)))
    right = rng.integers(0, 20, 400)
    noise = rng.normal(scale=0.05, size=(400, 16))
    questions = (passages_[right] @ turn + noise).astype(np.float32)
    entry = np.arange(20)
    found = learned_map(questions[:300], right[:300], passages_, entry)
    before = ((questions[300:] @ passages_.T).argmax(1) == right[300:]).mean()
    after = ((questions[300:] @ found @ passages_.T).argmax(1) == right[300:]).mean()
    assert after > 0.9 > before + 0.3


def test_wilson_agrees_with_the_published_example():
    # Newcombe 1998, table I: 81 of 263, score method without continuity correction.
    found = share(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_nothing_asked_is_no_share():
    assert np.isnan(recall_at([], 5).value)
    assert np.isnan(mean_reciprocal_rank([]).value)


@given(st.lists(st.one_of(st.none(), st.integers(1, 100)), min_size=1))
def test_recall_grows_with_depth_and_bounds_the_mean(ranks):
    values = [recall_at(ranks, k).value for k in (1, 3, 5, 10, 100)]
    assert values == sorted(values)
    assert values[0] <= mean_reciprocal_rank(ranks).value <= values[-1]
