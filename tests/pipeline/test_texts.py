"""Texts in pipelines: hashed words, in lists and columns, alone and beside others."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.pipeline import make_pipeline

from skprivate import PrivacyLedger, check_policy, check_private, make_dp_pipeline
from skprivate.additive import DPAdditiveClassifier
from skprivate.base._range import ValueCells
from skprivate.compose import join_modalities, make_dp_column_transformer
from skprivate.feature_extraction.text import HashedText
from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_union
from skprivate.preprocessing import DPStandardScaler, RowNormClipper

rng = np.random.default_rng(0)
Y = rng.integers(0, 2, 400)
TEXTS = [f"{'good' if label else 'bad'} w{rng.integers(9)} w7" for label in Y]
SIZES = [float(len(text)) for text in TEXTS]
WORDS = HashingVectorizer(n_features=64)
MODEL = DPLogisticRegression(classes=[0, 1])
BESIDE = make_dp_column_transformer(
    (WORDS, "text"), (DPStandardScaler(bounds=(0, 20)), ["size"])
)


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series, pl.Series])
def test_texts_may_come_as_lists_arrays_and_columns(kind):
    pipe = make_dp_pipeline(WORDS, MODEL, epsilon=10.0).fit(kind(TEXTS), Y)
    assert pipe.score(kind(TEXTS), Y) > 0.9


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_a_column_that_is_named_alone_is_read_as_texts(kind):
    old = tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 9)
    if kind is pl.DataFrame and old and not hasattr(kind, "__dataframe__"):
        pytest.skip("its ColumnTransformer asks polars for an interchange that is gone")
    X = kind({"text": TEXTS, "size": SIZES})
    pipe = make_dp_pipeline(BESIDE, MODEL, epsilon=10.0).fit(X, Y)
    assert pipe.score(X, Y) > 0.9
    assert pipe[0].transform(X).shape == (400, 65)


@pytest.mark.parametrize(
    "step",
    [
        WORDS,
        make_dp_union(WORDS, WORDS),
        make_dp_pipeline(WORDS, RowNormClipper(0.5)),
        make_dp_pipeline(make_dp_union(WORDS, WORDS), RowNormClipper()),
    ],
    ids=["step", "union", "pipeline", "pipeline of a union"],
)
def test_the_norm_of_texts_saves_the_search_for_bounds(step):
    # The margins are one number of each row; bounds are searched for in each column.
    most = {"ValueCells": ValueCells(1).size}
    pipe = make_dp_pipeline(step, MODEL)
    fitted = pipe.fit(TEXTS, Y)
    for report in (fitted.privacy_, pipe.plan(1)):
        asked = [(row["query"].split(": ")[-1], row["size"]) for row in report.rows()]
        assert "SecondMoments" not in dict(asked)
        assert all(size <= most.get(query, 129) for query, size in asked)


def test_a_plan_of_mappings():
    pipe = make_dp_pipeline(FeatureHasher(16), DPStandardScaler(with_mean=False))
    assert pipe.plan(1).epsilon() == pytest.approx(1.0)


def test_a_table_where_texts_are_read_is_refused_for_free():
    X = pd.DataFrame({"text": TEXTS, "size": SIZES})
    listed = make_dp_column_transformer((WORDS, ["text"]))
    for step, table in ((WORDS, X[["text"]]), (WORDS, X.to_numpy()), (listed, X)):
        pipe = make_dp_pipeline(step, MODEL)
        with pytest.raises(TypeError, match="Give it the column alone"):
            pipe.fit(table, Y)
        ledger = PrivacyLedger()
        with ledger, pytest.raises(TypeError, match="Give it the column alone"):
            pipe.fit(table, Y)
        assert not ledger.records


@pytest.mark.parametrize("gap", [None, np.nan])
def test_a_gap_among_texts_is_named_without_a_value(gap):
    with pytest.raises(ValueError, match="'hashingvectorizer' reads, such as a gap"):
        make_dp_pipeline(WORDS, MODEL).fit([*TEXTS[:-1], gap], Y)


def test_a_single_text_is_no_table_of_letters():
    pipe = make_dp_pipeline(WORDS, MODEL).fit(TEXTS, Y)
    with pytest.raises(ValueError, match="cannot read X"):
        pipe.predict("good")


@pytest.mark.parametrize(
    "words",
    [
        HashingVectorizer(n_features=64, stop_words=["w7", "w8"]),
        TfidfVectorizer(vocabulary=["good", "bad"], use_idf=False),
    ],
    ids=["hashed", "listed"],
)
def test_what_has_read_texts_is_still_known_to_learn_nothing(words):
    for make in (make_dp_pipeline, make_pipeline):
        pipe = make(words, MODEL).fit(TEXTS, Y)
        pipe.predict(TEXTS)
        for fitted in (pipe, pickle.loads(pickle.dumps(pipe))):
            assert check_policy(fitted, {"max_epsilon": 1.0, "strict": True})
            check_private(fitted)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (DPAdditiveClassifier(classes=[0, 1]), "behind a step whose output is sparse"),
        (DPLogisticRegression(classes=[0, 1], bounds=([0] * 3, [1] * 3)), "columns"),
    ],
    ids=["no sparse rows", "bounds of three columns"],
)
def test_what_cannot_follow_hashed_words_is_refused_for_free(model, told):
    """How wide and how sparse they are, their parameters say."""
    table = pd.DataFrame({"a": ["some", "words"] * 9})
    words, texts = HashedText(64), table["a"].tolist()
    check_refused_for_free(make_dp_pipeline(words, model), texts, told)
    for step in (
        join_modalities((words, "a"), (HashedText(8), "a")),
        make_dp_column_transformer((words, "a")),
        make_dp_column_transformer((make_dp_pipeline(words), "a"), remainder="drop"),
    ):
        check_refused_for_free(make_dp_pipeline(step, model), table, told)
    for step in (make_dp_union(words, HashedText(8)), make_dp_pipeline(words)):
        check_refused_for_free(make_dp_pipeline(step, model), texts, told)


def test_what_can_follow_maps_side_by_side_is_fitted():
    table = pd.DataFrame({"a": ["some", "words"] * 9})
    both = join_modalities((HashedText(64), "a"), (HashedText(8), "a"))
    make_dp_pipeline(both, DPLogisticRegression(classes=[0, 1])).fit(table, [0, 1] * 9)


def check_refused_for_free(pipe, X, told):
    """Nothing is charged."""
    with (
        PrivacyLedger() as ledger,
        pytest.raises((TypeError, ValueError), match=told),
    ):
        pipe.fit(X, [0, 1] * 9)
    assert not ledger.records
