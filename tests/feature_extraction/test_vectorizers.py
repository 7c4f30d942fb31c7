"""Private vocabularies: what is found, what it costs, and what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import make_dp_column_transformer
from skprivate.feature_extraction.text import DPCountVectorizer, DPTfidfVectorizer
from skprivate.linear_model import DPLogisticRegression
from skprivate.rows import ArrayRows, ChunkRows, Parties
from skprivate.testing import dp_checks

TEXTS = ["a good film", "a bad film"] * 400 + ["xanthippe wrote this"]
Y = [1, 0] * 400 + [0]
COUNT, TFIDF = DPCountVectorizer(random_state=0), DPTfidfVectorizer(random_state=0)
both = pytest.mark.parametrize("vectorizer", [COUNT, TFIDF])


@both
def test_frequent_words_are_found_and_those_of_one_person_are_not(vectorizer):
    found = clone(vectorizer).fit(TEXTS)
    assert [*found.vocabulary_] == ["bad", "film", "good"]
    np.testing.assert_allclose(found.word_weights_, [283, 566, 283], atol=40)
    assert found.privacy_.epsilon() == pytest.approx(1.0)


@both
def test_a_word_of_one_unit_is_found_as_rarely_as_delta_says(vectorizer):
    """The canary: in 300 fits of a high delta, fewer than that many times."""
    canary = [*TEXTS[:40], "xanthippe"]
    found = 0
    for seed in range(100):
        model = clone(vectorizer).set_params(epsilon=3.0, delta=0.05, random_state=seed)
        found += "xanthippe" in model.fit(canary).vocabulary_
    assert found <= 7  # 0.005 in each fit; more than 7 of 100 has probability 1e-7


@both
def test_a_group_is_one_unit_however_many_rows_it_has(vectorizer):
    texts = [*TEXTS[:800], *["xanthippe"] * 500]
    groups = [*range(800), *[800] * 500]
    found = clone(vectorizer).fit(texts, groups=groups)
    assert "xanthippe" not in found.vocabulary_
    assert "film" in found.vocabulary_
    assert found.privacy_.rows()[0]["sensitivity"] == pytest.approx(1.0)


@both
@pytest.mark.parametrize(
    "table",
    [
        np.array,
        pd.Series,
        pl.Series,
        lambda X: pd.DataFrame({"text": X}),
        lambda X: pl.DataFrame({"text": X}),
        lambda X: [[text] for text in X],
    ],
)
def test_containers_do_not_matter(vectorizer, table):
    expected = clone(vectorizer).fit(TEXTS)
    found = clone(vectorizer).fit(table(TEXTS))
    assert found.vocabulary_ == expected.vocabulary_
    np.testing.assert_array_equal(found.word_weights_, expected.word_weights_)
    rows, same = found.transform(table(TEXTS)), expected.transform(TEXTS)
    np.testing.assert_array_equal(rows.toarray(), same.toarray())


@both
def test_sources_do_not_matter(vectorizer):
    table = np.array(TEXTS, object).reshape(-1, 1)
    expected = clone(vectorizer).fit(table).word_weights_
    chunks = ChunkRows(lambda: (table[i : i + 100] for i in range(0, len(table), 100)))
    parties = Parties(ArrayRows(table[:300]), ArrayRows(table[300:]))
    for source in (chunks, parties):
        found = clone(vectorizer).fit(source).word_weights_
        np.testing.assert_array_equal(found, expected)


def test_counts_and_weights_are_those_of_scikit_learn():
    words = ["bad", "film", "good"]
    ours = DPCountVectorizer(vocabulary=words).fit(TEXTS).transform(TEXTS)
    theirs = CountVectorizer(vocabulary=words).transform(TEXTS)
    np.testing.assert_array_equal(ours.toarray(), theirs.toarray())
    plain = DPTfidfVectorizer(vocabulary=words, use_idf=False, sublinear_tf=True)
    expected = TfidfVectorizer(vocabulary=words, use_idf=False, sublinear_tf=True)
    np.testing.assert_allclose(
        plain.fit(TEXTS).transform(TEXTS).toarray(),
        expected.fit_transform(TEXTS).toarray(),
    )


def test_a_given_vocabulary_is_free_unless_weights_are_wanted():
    words = ["good", "film", "zebra"]
    assert not DPCountVectorizer(vocabulary=words).fit(TEXTS).privacy_.rows()
    weighted = DPTfidfVectorizer(vocabulary=words, random_state=0).fit(TEXTS)
    assert len(weighted.privacy_.rows()) == 1
    film, _, zebra = weighted.idf_
    assert film < zebra
    exact = DPTfidfVectorizer(vocabulary=words, epsilon=np.inf)
    with pytest.warns(UserWarning, match="not private"):
        exact.fit(TEXTS)
    assert exact.word_weights_[2] == 0.0


@pytest.mark.parametrize("params", [{}, {"delta": 0.0}], ids=["approximate", "pure"])
@pytest.mark.parametrize("name", [*dp_checks(TFIDF)])
def test_listed_words_pass_what_others_do(name, params):
    """Replay, hostile rows, sources and company, where words are given."""
    if "replay" in name or "company" in name or "sources" in name or "noise" in name:
        listed = ["1", "-1", "2", "0"]
        check = dp_checks(TFIDF)[name]
        check(DPTfidfVectorizer(vocabulary=listed, **params))


def test_listed_words_without_delta_pay_for_the_1_norm():
    words = [f"w{i}" for i in range(9)]
    pure = DPTfidfVectorizer(vocabulary=words, delta=0, max_words=4).fit(TEXTS)
    assert pure.privacy_.rows()[0]["sensitivity"] == pytest.approx(2.0)
    assert pure.privacy_.rows()[0]["norm"] == 1


def test_pure_privacy_finds_nothing():
    ledger = PrivacyLedger()
    with ledger, pytest.raises(ValueError, match="vocabulary="):
        DPCountVectorizer(delta=0).fit(TEXTS)
    assert not ledger.records


@both
def test_where_nothing_is_found_there_is_a_column_of_zeros(vectorizer):
    few = clone(vectorizer).fit(TEXTS[:4])
    assert few.get_feature_names_out().tolist() == ["no_word"]
    assert few.transform(TEXTS[:4]).toarray().tolist() == [[0.0]] * 4


@both
def test_in_pipelines_and_beside_other_columns(vectorizer):
    model = DPLogisticRegression(classes=[0, 1], random_state=0)
    pipe = make_dp_pipeline(clone(vectorizer), model, epsilon=3.0).fit(TEXTS, Y)
    assert pipe.score(TEXTS, Y) > 0.95
    assert pipe.plan(1).epsilon() == pytest.approx(3.0)
    table = pd.DataFrame({"text": TEXTS, "size": np.arange(801.0)})
    beside = make_dp_column_transformer((clone(vectorizer), ["text"]))
    pipe = make_dp_pipeline(beside, model, epsilon=3.0).fit(table, Y)
    assert pipe.score(table, Y) > 0.95


def test_a_single_text_is_refused():
    with pytest.raises(ValueError, match="single text"):
        DPCountVectorizer().fit("good film")
