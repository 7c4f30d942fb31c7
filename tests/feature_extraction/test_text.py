"""Hashed words: which, with what weights, and in what scripts."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from skprivate.base import Geometry
from skprivate.feature_extraction.text import HashedSequence, HashedText
from skprivate.feature_extraction.text._tokens import Tokens, singular

TEXTS = ["the cat and the hat", "a cat's tail: it is long.", "no no no"]


def test_words_and_columns_are_those_of_scikit_learn():
    ours = HashedText(256, tf="linear").fit_transform(TEXTS)
    theirs = HashingVectorizer(n_features=256).transform(TEXTS)
    np.testing.assert_allclose(ours.toarray(), theirs.toarray(), atol=1e-12)


@pytest.mark.parametrize("ngrams", [(1, 1), (2, 4), (3, 3)])
@pytest.mark.parametrize("analyzer", ["word", "char", "char_wb"])
def test_tokens_are_those_of_scikit_learn(analyzer, ngrams):
    theirs = HashingVectorizer(analyzer=analyzer, ngram_range=ngrams).build_analyzer()
    tokens = Tokens(analyzer=analyzer, ngram_range=ngrams)
    for text in TEXTS:
        assert sorted(tokens.sequence(text)) == sorted(theirs(text))
        counts = tokens.counts(text)
        assert sum(counts.values()) == len(theirs(text))


@pytest.mark.parametrize(
    ("tf", "ratio"),
    [("linear", 4), ("sqrt", 2), ("binary", 1), ("log", np.log(5) / np.log(2))],
)
def test_what_becomes_of_counts(tf, ratio):
    row = HashedText(2**16, tf=tf).fit_transform(["often often often often once"])
    assert np.max(abs(row.data)) / np.min(abs(row.data)) == pytest.approx(ratio)


def test_chinese_is_read_by_characters_and_pairs():
    assert Tokens().sequence("我爱你 ok") == ["我", "爱", "你", "我爱", "爱你", "ok"]
    here, there = HashedText(2**16).fit_transform(["我爱你", "你我爱"]).toarray()
    assert 0 < here @ there < 0.99


def test_weights_of_words_and_of_columns():
    rare = {"cat": 1.0, "zebra": 16.0}
    row = HashedText(2**16, idf=rare, idf_power=0.5).fit_transform(["cat zebra"])
    assert np.max(abs(row.data)) / np.min(abs(row.data)) == pytest.approx(4)
    unheard = HashedText(2**16, idf=rare).fit_transform(["zebra unheard"])
    assert np.ptp(abs(unheard.data)) == pytest.approx(0)
    common = HashedText(2**16, idf="english").fit_transform(["the heron"])
    assert np.max(abs(common.data)) / np.min(abs(common.data)) > 2
    columns = np.zeros(32)
    assert not HashedText(32, idf=columns).fit_transform(TEXTS).toarray().any()


def test_a_power_of_zero_makes_all_words_alike():
    plain = HashedText(64).fit_transform(TEXTS)
    alike = HashedText(64, idf="english", idf_power=0).fit_transform(TEXTS)
    np.testing.assert_allclose(plain.toarray(), alike.toarray(), atol=1e-12)


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"idf": np.ones(5)}, "idf"),
        ({"idf": {"a": np.nan}}, "idf"),
        ({"idf": {"a": -1.0}}, "idf"),
        ({"ngram_range": (2, 1)}, "ngram_range"),
        ({"ngram_range": 3}, "ngram_range"),
        ({"stop_words": "german"}, "stop_words"),
        ({"n_features": 2**23}, "n_features"),
    ],
)
def test_parameters_that_make_no_sense_are_named(params, word):
    with pytest.raises(ValueError, match=word):
        HashedText(**params).fit(TEXTS)


def test_stop_words_stems_and_limits():
    tokens = Tokens(stop_words=frozenset(["the"]), stem=singular)
    assert tokens.sequence("the cats and the buses") == ["cat", "and", "buse"]
    assert [singular(w) for w in ("ponies", "glass", "virus", "is", "shoes")] == [
        "pony", "glass", "virus", "is", "shoes",
    ]  # fmt: skip
    limited = HashedText(64, max_chars=3).fit_transform(["cat dog", "cat"]).toarray()
    np.testing.assert_array_equal(limited[0], limited[1])


def test_a_salt_moves_words():
    rows = [HashedText(2**12, salt=s).fit_transform(["heron"]).indices for s in (0, 1)]
    assert rows[0] != rows[1]


def test_numbers_are_no_texts():
    table = pd.DataFrame({"text": ["a b"], "size": [3]})
    for X in (np.ones(3), np.ones((3, 2)), table, table.to_numpy()):
        with pytest.raises(TypeError, match="HashedText reads texts"):
            HashedText().fit_transform(X)


def test_sequences_are_padded_and_cut_where_it_is_said():
    long, short = "one two three four five", "one two"
    ends = HashedSequence(3).fit_transform([long, short])
    starts = HashedSequence(3, cut="start").fit_transform([long, short])
    assert ends[0, :2].tolist() == ends[1, :2].tolist() == starts[1, 1:].tolist()
    assert ends[1, 2] == starts[1, 0] == 0
    assert starts[0, 2] == HashedSequence(1).fit_transform(["five"])[0, 0]


def test_sequences_announce_codes():
    geometry = HashedSequence(3, n_buckets=5).fit([]).output_geometry_
    assert isinstance(geometry, Geometry)
    assert geometry.codes.tolist() == [6, 6, 6]


def test_rows_have_length_one():
    rows = HashedText(64).fit_transform(TEXTS)
    np.testing.assert_allclose(normalize(rows).toarray(), rows.toarray())
