"""Candidates are compared on rows that are not in memory, too."""

import numpy as np
import pytest
from sklearn.base import clone

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPHuberRegressor, DPRidge
from skprivate.model_selection import (
    DPGridSearchCV,
    DPRandomizedSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.naive_bayes import DPGaussianNB
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Parties, Rows

pd = pytest.importorskip("pandas")
da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")

N = 800
rng = np.random.default_rng(0)
TABLE = pd.DataFrame({"age": rng.normal(50, 9, N), "sex": rng.choice(["f", "m"], N)})
y = (TABLE["age"] > 50).astype(int).to_numpy()
X = np.c_[(TABLE["age"] - 50) / 30, rng.uniform(-1, 1, N)]


def chunks():
    cuts = slice(500), slice(500, N)
    return ChunkRows(lambda: ((TABLE[c], y[c]) for c in cuts))


def in_dask():
    frame = dd.from_pandas(TABLE.assign(y=y), npartitions=2)
    return frame[["age", "sex"]], frame["y"]


def parties(cut=300):
    first, rest = slice(0, cut), slice(cut, None)
    return Parties(
        ArrayRows(TABLE[first], y[first]),
        Parties(ChunkRows(lambda: iter([(TABLE[rest], y[rest])]))),
    )


SOURCES = {
    "chunks": lambda: (chunks(),),
    "dask": in_dask,
    "rows of dask": lambda: (DaskRows(*in_dask()),),
    "parties": lambda: (parties(),),
    "one party": lambda: (ArrayRows(TABLE, y),),
}


def model():
    table = DPTableVectorizer(schema={"sex": ["f", "m"]}, find_categories=False)
    return make_dp_pipeline(table, DPGaussianNB(classes=[0, 1]))


def search(scoring=None, **given):
    grid = {"dpgaussiannb__var_smoothing": [1e-9, 1e9]}
    given = {"epsilon": 20.0, "random_state": 0, "n_variations": 0} | given
    return DPGridSearchCV(model(), grid, scoring=scoring, **given)


@pytest.mark.parametrize(
    ("source", "scoring"), [*((s, None) for s in SOURCES), ("parties", "roc_auc")]
)
def test_a_search_learns_and_is_paid_once(source, scoring):
    with PrivacyLedger() as ledger:
        found = search(scoring).fit(*SOURCES[source]())
    assert len(ledger.records) == 1
    assert 19.9 < found.privacy_.epsilon() <= 20.0
    assert found.score(TABLE, y) > 0.85


def test_random_candidates_and_repeated_runs():
    grid = {"dpgaussiannb__var_smoothing": [1e-9, 1e-6, 1e-3]}
    found = DPRandomizedSearchCV(
        model(), grid, n_iter=2, stopping="geometric", epsilon=20.0, random_state=0
    ).fit(chunks())
    assert found.score(TABLE, y) > 0.8


def test_neither_cuts_nor_order_nor_parties_matter():
    order = rng.permutation(N)
    bayes = DPGaussianNB(bounds=(-1, 1), classes=[0, 1])
    sources = [
        ArrayRows(X, y),
        ChunkRows(lambda: iter([(X[:77], y[:77]), (X[77:], y[77:])])),
        ChunkRows(lambda: iter([(X[order], y[order])])),
        Parties(ArrayRows(X[:9], y[:9]), ArrayRows(X[9:], y[9:])),
        DaskRows(da.from_array(X, chunks=(300, 2)), da.from_array(y, chunks=300)),
    ]
    grid = {"var_smoothing": [1e-9, 1.0]}
    search = DPGridSearchCV(bayes, grid, epsilon=20.0, random_state=0)
    found = [clone(search).fit(rows) for rows in sources]
    for other in found:
        assert other.best_params_ == found[0].best_params_
        a, b = other.best_estimator_.theta_, found[0].best_estimator_.theta_
        assert np.array_equal(a, b)


@pytest.mark.parametrize("scoring", [None, "roc_auc"])
def test_weights_of_a_source(scoring):
    weight = np.where(TABLE["sex"] == "f", 1.0, 0.25)
    odd = np.where(TABLE["sex"] == "f", y, 1 - y)  # who weighs little tells lies
    frame = TABLE.assign(sex=(TABLE["sex"] == "f").astype(float))
    rows = ChunkRows(lambda: iter([(frame, odd, weight)]))
    fitted = DPGridSearchCV(
        DPGaussianNB(bounds=([0, 0], [100, 1]), classes=[0, 1]),
        {"var_smoothing": [1e-9, 0.1]}, scoring=scoring, epsilon=20.0, random_state=0,
    ).fit(rows)  # fmt: skip
    assert np.mean(fitted.predict(frame) == y) > 0.8


def test_numbers_and_models_that_judge_themselves():
    line = X[:, 0]
    source = ChunkRows(lambda: iter([(X[:500], line[:500]), (X[500:], line[500:])]))
    facts = {"bounds": (-1, 1), "target_bounds": (-1, 1)}
    for candidate, grid in (
        (DPRidge(**facts), {"alpha": [1.0, 1e6]}),
        (DPHuberRegressor(**facts), {"alpha": [1e-4, 1e9]}),
    ):
        found = DPGridSearchCV(candidate, grid, epsilon=20.0, random_state=0)
        assert found.fit(source).best_params_["alpha"] < 100
        assert found.score(X, line) > 0.5


def test_scores_curves_and_thresholds_at_parties():
    facts = {"cv": 2, "epsilon": 20.0, "random_state": 1}
    scores = [dp_cross_val_score(model(), parties(cut), **facts) for cut in (10, 600)]
    assert [*map(float, scores[0])] == [*map(float, scores[1])]
    assert min(scores[0]) > 0.7
    curve = dp_learning_curve(
        model(), parties(), train_sizes=[0.3, 1.0], epsilon=20.0, random_state=1
    )
    assert curve[1][-1] > 0.7
    tuned = DPTunedThresholdClassifier(model(), epsilon=20.0, random_state=0)
    assert np.mean(tuned.fit(parties()).predict(TABLE) == y) > 0.8


def test_one_row_more_leaves_all_others_where_they_are():
    from skprivate.mechanisms import Entropy
    from skprivate.model_selection._parts import SourceRows

    def held(cut, n):
        rows = Parties(
            ArrayRows(TABLE[:cut], y[:cut]), ArrayRows(TABLE[cut:n], y[cut:n])
        )
        _, held = SourceRows(rows).parted(0.3, Entropy(7))
        return {row for party in held.X.parties for row in party._table.index}

    assert held(400, N) - {N - 1} == held(399, N - 1) == held(600, N - 1)


class Elsewhere(Rows):
    """Rows that nobody can cut."""

    n_features = 2

    def total(self, queries):
        raise AssertionError("It was read.")

    def encoded(self, classes):
        return self


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_cannot_be_cut_is_refused_for_free(wrapped):
    rows = Parties(Parties(Elsewhere())) if wrapped else Elsewhere()
    bayes = DPGaussianNB(bounds=(0, 1), classes=[0, 1])
    calls = {
        "search": DPGridSearchCV(bayes, {"var_smoothing": [1e-9, 0.1]}).fit,
        "threshold": DPTunedThresholdClassifier(bayes).fit,
        "scores": lambda rows: dp_cross_val_score(bayes, rows),
        "curve": lambda rows: dp_learning_curve(bayes, rows),
    }
    with PrivacyLedger() as ledger:
        for call in calls.values():
            with pytest.raises(TypeError, match="told apart by coins"):
                call(rows)
    assert not len(ledger.records)


def test_what_a_source_cannot_have_beside_it_is_refused_for_free():
    untold = DPGridSearchCV(DPGaussianNB(bounds=(0, 1)), {"var_smoothing": [1e-9, 0.1]})
    with PrivacyLedger() as ledger:
        for rows in (chunks(), parties(), ArrayRows(X, y)):
            with pytest.raises(ValueError, match=r"classes=\.\.\."):
                untold.fit(rows)
            for more in ({"y": y}, {"groups": y}, {"sample_weight": np.ones(N)}):
                with pytest.raises(ValueError, match="beside a source"):
                    search().fit(rows, **more)
    assert not len(ledger.records)
