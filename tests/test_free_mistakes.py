"""Mistakes that public facts reveal cost nothing; what only rows reveal is charged."""

import datetime
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.preprocessing import Normalizer, PolynomialFeatures

from skprivate import PrivacyLedger, make_dp_pipeline, metrics
from skprivate.additive import DPAdditiveClassifier
from skprivate.cluster import DPKMeans
from skprivate.compose import DPTableVectorizer, make_dp_column_transformer
from skprivate.covariance import DPEllipticEnvelope
from skprivate.decomposition import DPPCA, DPTruncatedSVD
from skprivate.discriminant_analysis import DPLinearDiscriminantAnalysis
from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPHistGradientBoostingRegressor,
)
from skprivate.exploration import DPDataProfile
from skprivate.feature_selection import DPSelectKBest
from skprivate.impute import DPSimpleImputer
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import make_dp_scorer
from skprivate.mixture import DPGaussianMixture
from skprivate.model_selection import (
    DPEarlyStopping,
    DPGridSearchCV,
    DPRandomizedSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.naive_bayes import DPGaussianNB
from skprivate.neighbors import DPHistogramDensity
from skprivate.over_sampling import DPSyntheticOverSampler
from skprivate.pipeline import DPFeatureUnion, make_dp_union
from skprivate.preprocessing import (
    DPKBinsDiscretizer,
    DPMinMaxScaler,
    DPOneHotEncoder,
    DPOrdinalEncoder,
    DPRobustScaler,
    DPStandardScaler,
    DPTargetEncoder,
)
from skprivate.rows import ArrayRows
from skprivate.tree import DPDecisionTreeClassifier
from skprivate.under_sampling import DPRandomUnderSampler

CHARGED = "has been charged, since this shows in the rows only."
rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (60, 4))
Y = (X[:, 0] > 0).astype(int)
THREE = np.digitize(X[:, 0], [-0.3, 0.3])
P = np.clip(Y + rng.normal(size=60) / 9, 0, 1)
FRAME = pd.DataFrame(X, columns=list("abcd"))
TWICE = FRAME.set_axis([*"aabc"], axis=1)
MIXED = pd.DataFrame({"age": X[:, 0], "sex": pd.Categorical(["f", "m"] * 30)})
TEXT = pd.DataFrame({"age": X[:, 0], "sex": pd.Series(["f", "m"] * 30, dtype="string")})
DATES = pd.DataFrame({"on": pd.date_range("2020-01-01", periods=60)})
BOX = {"bounds": (-1, 1)}


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # NumPy would rather have none
    MATRIX = np.matrix(X)


def logistic(**params):
    return DPLogisticRegression(**{**BOX, "classes": [0, 1], **params})


def additive(**params):
    return DPAdditiveClassifier(**{**BOX, "classes": [0, 1], **params})


def bayes(**params):
    return DPGaussianNB(**{**BOX, "classes": [0, 1], **params})


def dense_only():
    return DPLinearDiscriminantAnalysis(**BOX, classes=[0, 1])


def scaled(*steps, **params):
    return make_dp_pipeline(DPStandardScaler(**BOX), *steps, **params)


def found(*steps):
    return make_dp_pipeline(DPTableVectorizer(), *steps)


def of_dask(frame):
    return pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=2)


def searched(model, grid, **params):
    return DPGridSearchCV(model, grid, **params)


FREE, PAID = [], []


def free(name, error, call):
    FREE.append(pytest.param(error, call, id=name))


def paid(name, error, call):
    PAID.append(pytest.param(error, call, id=name))


# Parameters of one estimator.
free("negative epsilon", ValueError, lambda: logistic(epsilon=-1).fit(X, Y))
free("text as epsilon", TypeError, lambda: logistic(epsilon="one").fit(X, Y))
free("delta of one", ValueError, lambda: logistic(delta=1.0).fit(X, Y))
free("type of a parameter", ValueError, lambda: logistic(C="big").fit(X, Y))
free("max_rows_per_group", ValueError, lambda: bayes(max_rows_per_group=0).fit(X, Y))
free("max_weight", ValueError, lambda: bayes(max_weight=-1).fit(X, Y))
free("reversed bounds", ValueError, lambda: logistic(bounds=(4, -4)).fit(X, Y))
free("one end", ValueError, lambda: DPStandardScaler(bounds=(4,)).fit(X))
free("three ends", ValueError, lambda: DPStandardScaler(bounds=(1, 2, 3)).fit(X))
free("bounds of three", ValueError, lambda: bayes(bounds=([0] * 3, 1)).fit(X, Y))
free("bounds of a table", ValueError, lambda: bayes(bounds=(X, 1)).fit(X, Y))
free("no bounds", TypeError, lambda: DPStandardScaler(bounds=None).fit(X))
free("bounds as a dict", TypeError, lambda: DPMinMaxScaler(bounds={"a": 1}).fit(X))
free("bounds of text", TypeError, lambda: DPMinMaxScaler(bounds=("a", "b")).fit(X))
free("infinite bounds", ValueError, lambda: DPKMeans(bounds=(0, np.inf)).fit(X))
free("bounds of a list", ValueError, lambda: bayes(bounds=(4, -4)).fit(X.tolist(), Y))
free(
    "bounds where classes are in y",
    ValueError,
    lambda: logistic(bounds=(4, -4), classes=None).fit(X, Y),
)
free(
    "bounds where classes are in y, of a list",
    ValueError,
    lambda: bayes(bounds=(4, -4), classes=None).fit(X.tolist(), Y.tolist()),
)
free(
    "target_bounds, after a search for bounds",
    ValueError,
    lambda: DPRidge(target_bounds=(1, -1)).fit(X, X[:, 0]),
)
free("components", ValueError, lambda: DPPCA(9, **BOX).fit(X))
free("centers", ValueError, lambda: DPKMeans(2, init=[[0.0]], **BOX).fit(X))
free("mixture", ValueError, lambda: DPGaussianMixture(2, means_init=[[0.0]]).fit(X))
free("cells", ValueError, lambda: DPHistogramDensity(structure="joint").fit(X))
free("part", ValueError, lambda: DPEllipticEnvelope(contamination=0.6).fit(X))
free("components of a frame", ValueError, lambda: DPPCA(9).fit(FRAME))
free("components, sparse", ValueError, lambda: DPTruncatedSVD(9).fit(X))
free("bins by column", ValueError, lambda: DPKBinsDiscretizer(n_bins=[3, 3]).fit(X))
free("feature_range", ValueError, lambda: DPMinMaxScaler(feature_range=(1, 0)).fit(X))
free(
    "quantile_range",
    ValueError,
    lambda: DPRobustScaler(quantile_range=(90, 10)).fit(X),
)
free("priors", ValueError, lambda: bayes(priors=[0.2, 0.2, 0.6]).fit(X, Y))
free("one class", ValueError, lambda: logistic(classes=[1]).fit(X, Y))
free("NaN as a class", ValueError, lambda: bayes(classes=[0, np.nan]).fit(X, Y))
free("delta=0, additive", ValueError, lambda: additive(delta=0.0).fit(X, Y))
free("delta=0 to find", ValueError, lambda: DPOneHotEncoder(delta=0.0).fit(TEXT))
free(
    "delta=0 to find, in a table",
    ValueError,
    lambda: DPTableVectorizer(delta=0.0).fit(TEXT),
)
free(
    "lists of categories",
    ValueError,
    lambda: DPOneHotEncoder(categories=[["f", "m"]]).fit(MIXED),
)
free(
    "a category twice",
    ValueError,
    lambda: DPOrdinalEncoder(categories=[[0], ["f", "f"]]).fit(MIXED),
)
free(
    "fill_value",
    ValueError,
    lambda: DPSimpleImputer(strategy="mean", fill_value=1).fit(X),
)
free("quantiles", ValueError, lambda: DPDataProfile(quantiles=[2.0]).fit(X))
for name, constraint in {
    "a direction of no column": {"monotonic_cst": {"e": 1}},
    "directions of too few columns": {"monotonic_cst": [1]},
    "a direction that is none": {"monotonic_cst": [2, 0, 0, 0]},
    "interactions of no column": {"interaction_cst": [[4]]},
}.items():
    free(
        name,
        ValueError,
        lambda c=constraint: DPHistGradientBoostingClassifier(**c).fit(FRAME, Y),
    )
    free(
        f"{name}, for numbers",
        ValueError,
        lambda c=constraint: DPHistGradientBoostingRegressor(**c).fit(FRAME, X[:, 0]),
    )
free(
    "y in memory beside a frame of dask",
    TypeError,
    lambda: DPDecisionTreeClassifier().fit(of_dask(TEXT), Y),
)
free("score_func", ValueError, lambda: DPSelectKBest("best").fit(X, Y))

# Columns, their names and types, and what was passed.
free("no y", ValueError, lambda: logistic().fit(X))
free("text in an array", ValueError, lambda: bayes().fit(np.full((60, 2), "a"), Y))
free("text in a column", ValueError, lambda: bayes().fit(TEXT, Y))
free("dates", TypeError, lambda: bayes().fit(DATES, Y))
free("durations", TypeError, lambda: bayes().fit(DATES - DATES.iloc[0], Y))
free("polars text", ValueError, lambda: bayes().fit(pl.from_pandas(TEXT), Y))
free("complex numbers", ValueError, lambda: DPStandardScaler().fit(X * 1j))
free("one dimension", ValueError, lambda: DPStandardScaler().fit(X[:, 0]))
free("three dimensions", ValueError, lambda: DPStandardScaler().fit(X[:, :, None]))
free("a series", ValueError, lambda: DPStandardScaler().fit(FRAME["a"]))
free("no column", ValueError, lambda: DPStandardScaler().fit(X[:, :0]))
free("a dict as X", TypeError, lambda: DPStandardScaler().fit({"a": [1]}))
free("a number as X", TypeError, lambda: DPStandardScaler().fit(3.0))
free("np.matrix", TypeError, lambda: DPStandardScaler().fit(MATRIX))
free("sparse X", TypeError, lambda: dense_only().fit(sparse.csr_matrix(X), Y))
free(
    "double names",
    ValueError,
    lambda: bayes().fit(FRAME.set_axis([*"aabc"], axis=1), Y),
)
free("two columns of y", ValueError, lambda: bayes().fit(X, np.c_[Y, Y]))
free("text as numbers y", ValueError, lambda: DPRidge().fit(X, Y.astype(str)))
free("dates as y", ValueError, lambda: bayes().fit(X, DATES["on"]))
free("a dict as y", TypeError, lambda: bayes().fit(X, {"a": 1}))
free("weights of a table", ValueError, lambda: bayes().fit(X, Y, sample_weight=X))
free(
    "weights of text",
    TypeError,
    lambda: bayes().fit(X, Y, sample_weight=Y.astype(str)),
)
free("a negative weight", ValueError, lambda: bayes().fit(X, Y, sample_weight=-1.0))
free("y beside a source", ValueError, lambda: bayes().fit(ArrayRows(X, Y, None), Y))
free(
    "width of a source",
    ValueError,
    lambda: DPStandardScaler(bounds=([0] * 3, 1)).fit(ArrayRows(X, None, None)),
)
free(
    "a column that is not there",
    ValueError,
    lambda: DPTableVectorizer(schema={"shoe": (0, 50)}).fit(MIXED),
)
free(
    "unlisted categories",
    ValueError,
    lambda: DPTableVectorizer(find_categories=False).fit(TEXT),
)
free(
    "parts of dates",
    ValueError,
    lambda: DPTableVectorizer(datetime=["century"]).fit(DATES),
)
free(
    "target_type",
    ValueError,
    lambda: DPTargetEncoder(target_type="many").fit(MIXED, Y),
)

# Pipelines and the like.
free("delta=0 later", ValueError, lambda: scaled(additive(), delta=0.0).fit(X, Y))
free("bounds later", ValueError, lambda: scaled(bayes(bounds=(1, 0))).fit(X, Y))
free("short bounds later", ValueError, lambda: scaled(bayes(bounds=([0], 1))).fit(X, Y))
free("components later", ValueError, lambda: scaled(DPPCA(9), bayes()).fit(X, Y))
free(
    "components of components",
    ValueError,
    lambda: make_dp_pipeline(Normalizer(), DPPCA(2), DPPCA(3), bayes()).fit(X, Y),
)
free(
    "components of those that were selected",
    ValueError,
    lambda: make_dp_pipeline(
        DPSelectKBest(k=2, classes=[0, 1], **BOX), DPPCA(3), bayes()
    ).fit(X, Y),
)
free(
    "texts, and classes are numbers",
    ValueError,
    lambda: logistic().fit(X, np.where(Y == 1, "a", "b")),
)
free(
    "numbers, and classes are texts",
    ValueError,
    lambda: logistic(classes=["a", "b"]).fit(X, Y),
)
free("bounds of all", ValueError, lambda: scaled(bayes(), bounds=(1, 0)).fit(X, Y))
free("parameter later", ValueError, lambda: scaled(logistic(C=-1)).fit(X, Y))
free("no y in a pipeline", ValueError, lambda: scaled(bayes()).fit(X))
free("text in a pipeline", ValueError, lambda: scaled(bayes()).fit(TEXT, Y))
free("one-dimensional X", ValueError, lambda: scaled(bayes()).fit(X[:, 0], Y))
free(
    "bounds later, of a list",
    ValueError,
    lambda: scaled(bayes(bounds=(1, 0))).fit(X.tolist(), Y.tolist()),
)
free(
    "bounds after found categories",
    ValueError,
    lambda: make_dp_pipeline(DPTableVectorizer(), bayes(bounds=(1, 0))).fit(TEXT, Y),
)
free("no y after found categories", ValueError, lambda: found(bayes()).fit(TEXT))
free(
    "two columns of y after found categories",
    ValueError,
    lambda: found(bayes()).fit(TEXT, np.c_[Y, Y]),
)
free(
    "one class after found categories",
    ValueError,
    lambda: found(logistic(classes=[1])).fit(TEXT, Y),
)
free(
    "a strategy for other classes",
    ValueError,
    lambda: make_dp_pipeline(
        DPRandomUnderSampler(sampling_strategy={7: 3}, classes=[0, 1]), bayes()
    ).fit(X, Y),
)
free(
    "unknown names",
    ValueError,
    lambda: make_dp_column_transformer((DPStandardScaler(), ["shoe"])).fit(FRAME),
)
free(
    "text for a scaler",
    ValueError,
    lambda: make_dp_column_transformer((DPStandardScaler(), ["sex"])).fit(TEXT),
)
free(
    "components of a part",
    ValueError,
    lambda: make_dp_column_transformer((DPPCA(3), ["a", "b"])).fit(FRAME),
)
free("a union", ValueError, lambda: make_dp_union(DPPCA(9), DPMinMaxScaler()).fit(X))
free(
    "a union in a pipeline",
    ValueError,
    lambda: scaled(DPFeatureUnion([("a", DPMinMaxScaler(bounds=(1, 0)))])).fit(X),
)

# Samplers.
free(
    "classes of a strategy",
    ValueError,
    lambda: DPRandomUnderSampler(sampling_strategy={7: 3}, classes=[0, 1]).fit_resample(
        X, Y
    ),
)
free(
    "a strategy",
    ValueError,
    lambda: DPRandomUnderSampler(sampling_strategy="some").fit_resample(X, Y),
)
free(
    "bounds of a sampler",
    ValueError,
    lambda: DPSyntheticOverSampler(bounds=(1, 0)).fit_resample(X, Y),
)

# Searches, cross-validation, thresholds, stopping.
free("no parameter", ValueError, lambda: searched(bayes(), {"c": [1]}).fit(X, Y))
free("a value", ValueError, lambda: searched(logistic(), {"C": [1, -1]}).fit(X, Y))
free(
    "bounds of a candidate",
    ValueError,
    lambda: searched(bayes(), {"bounds": [(0, 1), (1, 0)]}).fit(X, Y),
)
free(
    "components of a candidate",
    ValueError,
    lambda: searched(scaled(DPPCA(), logistic()), {"dppca__n_components": [2, 5]}).fit(
        X, Y
    ),
)
free("no grid", ValueError, lambda: searched(logistic(), {"C": []}).fit(X, Y))
free(
    "a scorer",
    ValueError,
    lambda: searched(bayes(), {"var_smoothing": [1e-3]}, scoring="best").fit(X, Y),
)
free(
    "an exact scorer",
    TypeError,
    lambda: searched(bayes(), {"var_smoothing": [1e-3]}, scoring=max).fit(X, Y),
)
free(
    "two classes for a scorer",
    ValueError,
    lambda: searched(
        bayes(classes=[0, 1, 2]),
        {"var_smoothing": [1e-3, 1e-2]},
        scoring=make_dp_scorer("roc_auc", pos_label=1),
    ).fit(X, THREE),
)
free(
    "a random search",
    ValueError,
    lambda: DPRandomizedSearchCV(logistic(), {"C": [-1.0]}, n_iter=1).fit(X, Y),
)
free("no y in a search", ValueError, lambda: searched(logistic(), {"C": [1, 2]}).fit(X))
free(
    "sparse in a search",
    TypeError,
    lambda: searched(dense_only(), {"shrinkage": [0.1, 0.2]}).fit(
        sparse.csr_matrix(X), Y
    ),
)
free("folds", TypeError, lambda: dp_cross_val_score(bayes(), X, Y, cv="many"))
free("one fold", ValueError, lambda: dp_cross_val_score(bayes(), X, Y, cv=1))
free(
    "bounds in folds",
    ValueError,
    lambda: dp_cross_val_score(bayes(bounds=(1, 0)), X, Y, cv=2),
)
free(
    "score of three classes in folds",
    ValueError,
    lambda: dp_cross_val_score(
        bayes(classes=[0, 1, 2]),
        X,
        THREE,
        cv=2,
        scoring=make_dp_scorer("average_precision", pos_label=1),
    ),
)
free("a source in folds", TypeError, lambda: dp_cross_val_score(bayes(), iter(X), Y))
free(
    "pos_label of a scorer",
    ValueError,
    lambda: dp_cross_val_score(
        bayes(), X, Y, cv=2, scoring=make_dp_scorer("roc_auc", pos_label=7)
    ),
)
free(
    "bounds in a curve",
    ValueError,
    lambda: dp_learning_curve(bayes(bounds=(1, 0)), X, Y),
)
free(
    "bounds under a threshold",
    ValueError,
    lambda: DPTunedThresholdClassifier(bayes(bounds=(1, 0))).fit(X, Y),
)
free(
    "pos_label of a threshold",
    ValueError,
    lambda: DPTunedThresholdClassifier(bayes(), pos_label=7).fit(X, Y),
)
free(
    "three classes and a threshold",
    ValueError,
    lambda: DPTunedThresholdClassifier(bayes(classes=[0, 1, 2])).fit(X, THREE),
)
free(
    "scoring of a threshold",
    ValueError,
    lambda: DPTunedThresholdClassifier(bayes(), scoring="best").fit(X, Y),
)
free("patience", ValueError, lambda: DPEarlyStopping(X, Y, patience=0))
free("no mean", ValueError, lambda: DPEarlyStopping(X, Y, scoring="roc_auc"))

# Metrics.
TWO = np.c_[1 - P, P]
free("two columns", ValueError, lambda: metrics.dp_roc_auc_score(Y, TWO))
free(
    "two columns, classes given",
    ValueError,
    lambda: metrics.dp_roc_auc_score(Y, TWO, classes=[0, 1]),
)
free(
    "two columns in a frame",
    ValueError,
    lambda: metrics.dp_brier_score(Y, pd.DataFrame(TWO)),
)
free(
    "columns for three classes",
    ValueError,
    lambda: metrics.dp_log_loss(THREE, TWO, classes=[0, 1, 2]),
)
free(
    "seven classes",
    ValueError,
    lambda: metrics.dp_roc_auc_score(Y, P, classes=range(7)),
)
free(
    "average",
    ValueError,
    lambda: metrics.dp_precision_recall_f1(Y, Y, classes=[0, 1], average="mean"),
)
free(
    "average of three classes",
    ValueError,
    lambda: metrics.dp_precision_recall_f1(THREE, THREE, classes=[0, 1, 2]),
)
free(
    "pos_label",
    ValueError,
    lambda: metrics.dp_roc_auc_score(Y, P, classes=[0, 1], pos_label=7),
)
free(
    "bounds of a metric",
    ValueError,
    lambda: metrics.dp_mean_absolute_error(P, P, target_bounds=(1, 0)),
)
free(
    "text as scores",
    ValueError,
    lambda: metrics.dp_roc_auc_score(Y, P.astype(str), classes=[0, 1]),
)
free("labels of a table", ValueError, lambda: metrics.dp_accuracy_score(X, Y))
free("predictions of a table", ValueError, lambda: metrics.dp_accuracy_score(Y, X))
free("nothing", ValueError, lambda: metrics.dp_accuracy_score(None, Y))
free(
    "confidence",
    ValueError,
    lambda: metrics.dp_accuracy_score(Y, Y, confidence=2.0),
)
free("delta of a metric", ValueError, lambda: metrics.dp_accuracy_score(Y, Y, delta=-1))
free(
    "a range of one number",
    ValueError,
    lambda: metrics.dp_r2_score(P, P, target_bounds=(2, 2)),
)

# Types of columns, and of containers.
ON = pd.date_range("2020-01-01", periods=60)
TEXTS = {"sex": (0, 1)}
ARROW = pa.table({"sex": ["f", "m"] * 30})
free("no rows", TypeError, lambda: bayes().fit(None, Y))
free("no rows in a pipeline", TypeError, lambda: scaled(bayes()).fit(None, Y))
free("a table of texts", ValueError, lambda: bayes().fit(ARROW, Y))
free("a batch of texts", ValueError, lambda: bayes().fit(ARROW.to_batches()[0], Y))
free(
    "texts of a table as numbers",
    ValueError,
    lambda: DPTableVectorizer(schema=TEXTS).fit(ARROW),
)
free("a lazy frame", TypeError, lambda: bayes().fit(pl.DataFrame(X).lazy(), Y))
free("dates as categories", TypeError, lambda: DPOneHotEncoder().fit(DATES))
free(
    "dates of polars as categories",
    TypeError,
    lambda: DPOrdinalEncoder().fit(pl.DataFrame({"on": ON})),
)
free("text as numbers", ValueError, lambda: DPTableVectorizer(schema=TEXTS).fit(TEXT))
free(
    "text of polars as numbers",
    ValueError,
    lambda: DPTableVectorizer(schema=TEXTS).fit(pl.from_pandas(TEXT)),
)
free(
    "text of Arrow as numbers",
    ValueError,
    lambda: DPTableVectorizer(schema=TEXTS).fit(
        TEXT.astype({"sex": "string[pyarrow]"})
    ),
)
free("an index as labels", ValueError, lambda: bayes().fit(X, ON))
free("an index as groups", TypeError, lambda: bayes().fit(X, Y, groups=ON))
free("an array as weights", TypeError, lambda: bayes().fit(X, Y, sample_weight=ON))

# What takes rows to be seen.
GAP = np.where(np.arange(60)[:, None] == 3, np.nan, X)
GAPS = np.full_like(X, np.nan)  # whichever of them a coin chooses
OBJECTS = X.astype(object)
OBJECTS[5, 1] = datetime.date(2020, 1, 1)
paid("NaN", ValueError, lambda: bayes().fit(GAP, Y))
paid("no row", ValueError, lambda: bayes().fit(X[:0], Y[:0]))
paid("lengths", ValueError, lambda: bayes().fit(X, Y[:9]))
paid("lengths of weights", ValueError, lambda: bayes().fit(X, Y, sample_weight=P[:9]))
paid("lengths of groups", ValueError, lambda: bayes().fit(X, Y, groups=Y[:9]))
paid("a label that is not listed", ValueError, lambda: bayes().fit(X, THREE))
paid("one label", ValueError, lambda: logistic(classes=None).fit(X, 0 * Y))
paid(
    "a negative weight of many", ValueError, lambda: bayes().fit(X, Y, sample_weight=-P)
)
paid("types in objects", (TypeError, ValueError), lambda: bayes().fit(OBJECTS, Y))
paid("text in a list", ValueError, lambda: bayes().fit([["a", "b"]] * 60, Y))
paid("a flat list", ValueError, lambda: DPStandardScaler().fit([1.0, 2.0]))
paid("a ragged list", ValueError, lambda: bayes().fit([[1], [1, 2]], [0, 1]))
paid("y of fractions", ValueError, lambda: bayes().fit(X, P))
paid("components of a list", ValueError, lambda: DPPCA(9).fit(X.tolist()))
paid("NaN in a pipeline", ValueError, lambda: scaled(bayes()).fit(GAP, Y))
paid(
    "NaN in a search", ValueError, lambda: searched(logistic(), {"C": [1]}).fit(GAPS, Y)
)
paid("NaN in folds", ValueError, lambda: dp_cross_val_score(bayes(), GAP, Y, cv=2))
paid(
    "lengths in folds", ValueError, lambda: dp_cross_val_score(bayes(), X, Y[:9], cv=2)
)
paid("lengths in a curve", ValueError, lambda: dp_learning_curve(bayes(), X, Y[:9]))
paid("lengths of stopping", ValueError, lambda: DPEarlyStopping(X, Y[:9]))
paid(
    "NaN under a threshold",
    ValueError,
    lambda: DPTunedThresholdClassifier(bayes()).fit(GAP, Y),
)
paid("lengths of a metric", ValueError, lambda: metrics.dp_accuracy_score(Y, Y[:9]))
paid("NaN in scores", ValueError, lambda: metrics.dp_roc_auc_score(Y, GAP[:, 0]))
paid(
    "rows that are not one-hot",
    ValueError,
    lambda: DPRandomUnderSampler().fit_resample(X, np.c_[Y, Y]),
)


@pytest.mark.parametrize(("error", "call"), FREE)
def test_what_public_facts_reveal_is_free(error, call):
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-5)
    with ledger, pytest.raises(error) as caught:
        call()
    assert ledger.records == ()
    assert ledger.spent() == 0
    assert CHARGED not in str(caught.value)


@pytest.mark.parametrize(("error", "call"), FREE)
def test_it_is_refused_without_a_ledger_too(error, call):
    with pytest.raises(error) as caught:
        call()
    assert CHARGED not in str(caught.value)


@pytest.mark.parametrize(("error", "call"), PAID)
def test_what_rows_reveal_is_charged_and_the_message_ends_by_saying_so(error, call):
    with PrivacyLedger() as ledger, pytest.raises(error) as caught:
        call()
    assert len(ledger.records) == 1
    assert str(caught.value).endswith(CHARGED)
    assert str(caught.value).count(CHARGED) == 1
    with pytest.raises(error) as alone:
        call()
    assert CHARGED not in str(alone.value)


def chain(*steps, **params):
    return lambda: make_dp_pipeline(*steps, epsilon=9.0, **params)


RIGHT = {
    "an encoder of three classes": (
        chain(
            DPTargetEncoder(
                categories=[[0, 1]], target_type="multiclass", classes=[0, 1, 2]
            ),
            DPGaussianNB(bounds=([0] * 3, [1] * 3), classes=[0, 1, 2]),
        ),
        np.c_[Y],
        THREE,
    ),
    "found categories": (chain(DPTableVectorizer(), DPPCA(2), bayes()), TEXT, Y),
    "a map, then more columns": (
        chain(PolynomialFeatures(2), DPPCA(9), bayes(bounds=([-1] * 9, [1] * 9))),
        X,
        Y,
    ),
    "names on the way": (
        lambda: chain(
            DPStandardScaler(**BOX),
            make_dp_column_transformer((DPMinMaxScaler(), ["a", "d"])),
        )().set_output(transform="pandas"),
        FRAME,
        Y,
    ),
    "a list": (chain(DPStandardScaler(**BOX), DPPCA(3), bayes()), X.tolist(), Y),
    "a sampler": (
        chain(
            DPRandomUnderSampler(
                sampling_strategy={"no": 20, "yes": 20}, classes=["no", "yes"]
            ),
            bayes(classes=["no", "yes"]),
        ),
        X,
        np.where(Y, "yes", "no"),
    ),
    "labels of a strategy in y": (
        chain(
            DPRandomUnderSampler(sampling_strategy={"no": 20, "yes": 20}),
            bayes(classes=None),
        ),
        X,
        np.where(Y, "yes", "no"),
    ),
    "priors of classes in y": (
        lambda: bayes(priors=[0.2, 0.3, 0.5], classes=None),
        X,
        THREE,
    ),
    "polars": (chain(DPTableVectorizer(), bayes()), pl.from_pandas(TEXT), Y),
    "labels of text in a list": (
        lambda: logistic(classes=["no", "yes"]),
        X,
        np.where(Y, "yes", "no").tolist(),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_not_refused(name):
    make, table, y = RIGHT[name]
    make().fit(table, y)
    with PrivacyLedger() as ledger:
        make().fit(table, y)
    assert len(ledger.records) == 1


def test_there_are_enough_mistakes():
    assert len(FREE) >= 100
