"""Fits on very different rows learn the same, and treat the same rows the same."""

from functools import partial
from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import (
    ColumnTransformer,
    TransformedTargetRegressor,
    make_column_transformer,
)
from sklearn.decomposition import SparseCoder
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.kernel_approximation import (
    AdditiveChi2Sampler,
    Nystroem,
    PolynomialCountSketch,
    RBFSampler,
    SkewedChi2Sampler,
)
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
)
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from skprivate import (
    check_private,
    make_dp_pipeline,
    preprocessing,
    privacy_cost,
    register_privacy_rule,
    testing,
)
from skprivate.base._tiles import in_tiles
from skprivate.composition import DATA_INDEPENDENT, PrivacyCost
from skprivate.composition._rules._products import leaks_by_rounding
from skprivate.linear_model import DPRidge
from skprivate.preprocessing import (
    CategoryHasher,
    DPMinMaxScaler,
    DPOneHotEncoder,
    DPStandardScaler,
    RowNormClipper,
)

N_FEATURES = 4
KNOTS = np.linspace(0, 10, 5)[:, np.newaxis].repeat(N_FEATURES, axis=1)
CATEGORIES = [[0.0, 1.0, 2.0]] * N_FEATURES
WORDS = ["ape", "bee", "cat"]

NUMBERS = [
    AdditiveChi2Sampler(),
    Binarizer(threshold=1.0),
    FunctionTransformer(np.log1p),
    FunctionTransformer(),
    GaussianRandomProjection(2, random_state=0),
    GaussianRandomProjection(2, compute_inverse_components=True, random_state=0),
    Normalizer("max"),
    PolynomialCountSketch(n_components=6, random_state=0),
    CategoryHasher(),
    PolynomialFeatures(3),
    RBFSampler(gamma=0.5, n_components=6, random_state=0),
    RobustScaler(with_centering=False, with_scaling=False),
    RowNormClipper(),
    SkewedChi2Sampler(n_components=6, random_state=0),
    SparseCoder(np.eye(3, N_FEATURES), transform_algorithm="threshold"),
    SparseCoder(np.eye(3, N_FEATURES), transform_algorithm="omp"),
    SparseRandomProjection(2, random_state=0),
    SplineTransformer(knots=KNOTS),
    SplineTransformer(knots=KNOTS, extrapolation="linear"),
    TfidfTransformer(use_idf=False, sublinear_tf=True),
]
GAPS = [
    MissingIndicator(features="all"),
    SimpleImputer(strategy="constant", keep_empty_features=True),
    SimpleImputer(strategy="constant", fill_value=3.0, keep_empty_features=True),
]
CODES = [
    OneHotEncoder(categories=CATEGORIES),
    OneHotEncoder(categories=CATEGORIES, drop="first", sparse_output=False),
    OneHotEncoder(categories=CATEGORIES, handle_unknown="infrequent_if_exist"),
    OrdinalEncoder(categories=CATEGORIES),
]
TEXTS = [
    CountVectorizer(vocabulary=WORDS),
    CountVectorizer(vocabulary=WORDS, max_df=0.5, min_df=2, binary=True),
    HashingVectorizer(n_features=8),
    TfidfVectorizer(vocabulary=WORDS, use_idf=False),
]
HASHES = [FeatureHasher(n_features=8)]


def table(n_rows, low, high, seed):
    return np.random.default_rng(seed).uniform(low, high, (n_rows, N_FEATURES))


def with_gaps(X, columns):
    X = X.copy()
    X[:, columns] = np.nan
    return X


PROBE = table(9, 0, 5, 2)
NUMBER_ROWS = table(30, 0, 1, 0), table(77, 5, 9, 1), PROBE
GAP_ROWS = (
    with_gaps(NUMBER_ROWS[0], [0]),
    with_gaps(NUMBER_ROWS[1], [1, 2]),
    with_gaps(PROBE, [0, 3]),
)
CODE_ROWS = np.zeros((30, 4)), table(77, 0, 3, 1).astype(int) * 1.0, np.ones((5, 4))
TEXT_ROWS = ["ape bee"] * 5, ["cat", "cat dog", "dog"] * 9, ["ape cat", "dog"]
HASH_ROWS = [{"a": 1}] * 5, [{"b": 2, "c": 3}] * 9, [{"a": 1, "c": 5}, {"z": 1}]

CASES = [
    *((transformer, NUMBER_ROWS) for transformer in NUMBERS),
    *((transformer, GAP_ROWS) for transformer in GAPS),
    *((transformer, CODE_ROWS) for transformer in CODES),
    *((transformer, TEXT_ROWS) for transformer in TEXTS),
    *((transformer, HASH_ROWS) for transformer in HASHES),
]
every_case = pytest.mark.parametrize(
    ("transformer", "rows"), CASES, ids=[type(t).__name__ for t, _ in CASES]
)

# What reads the rows after all, though its class is in the list or looks like it.
READERS = [
    (CountVectorizer(), TEXT_ROWS),
    (GaussianRandomProjection(eps=0.99, random_state=0), None),
    (KBinsDiscretizer(strategy="uniform"), NUMBER_ROWS),
    (MissingIndicator(), GAP_ROWS),
    (Nystroem(n_components=5), NUMBER_ROWS),
    (OneHotEncoder(), CODE_ROWS),
    (OneHotEncoder(categories=CATEGORIES, max_categories=2), CODE_ROWS),
    (OrdinalEncoder(), CODE_ROWS),
    (OrdinalEncoder(categories=CATEGORIES, min_frequency=2), CODE_ROWS),
    (RBFSampler(gamma="scale", random_state=0), NUMBER_ROWS),
    (RobustScaler(), NUMBER_ROWS),
    (RobustScaler(with_centering=False), NUMBER_ROWS),
    (SimpleImputer(), GAP_ROWS),
    (
        SimpleImputer(
            strategy="constant", add_indicator=True, keep_empty_features=True
        ),
        GAP_ROWS,
    ),
    (SplineTransformer(), NUMBER_ROWS),
    (SplineTransformer(knots="quantile"), NUMBER_ROWS),
    (StandardScaler(with_mean=False, with_std=False), NUMBER_ROWS),
    (TfidfTransformer(), CODE_ROWS),
    (TfidfVectorizer(vocabulary=WORDS), TEXT_ROWS),
]


def dense(values):
    return values.toarray() if sparse.issparse(values) else values


def multiplies(transformer):
    """Whether its rows depend on how many there are, in the last bits."""
    return bool(leaks_by_rounding(transformer, SimpleNamespace(leak=lambda *_: 1)))


def learned(transformer):
    """A digest of all that it holds, not only of what ends in an underscore."""
    return joblib.hash(vars(transformer))


@every_case
def test_it_costs_nothing(transformer, rows):
    cost = privacy_cost(transformer)
    assert cost.private
    assert not cost.events
    assert type(transformer).__name__ in DATA_INDEPENDENT


@every_case
def test_what_is_learned_depends_on_no_row(transformer, rows):
    here, there, probe = rows
    one, other = clone(transformer).fit(here), clone(transformer).fit(there)
    assert learned(one) == learned(other)
    np.testing.assert_array_equal(
        dense(one.transform(probe)), dense(other.transform(probe))
    )


@every_case
def test_one_row_becomes_one_row_that_depends_on_no_other(transformer, rows):
    here, _, probe = rows
    ask = clone(transformer).fit(here).transform
    # What multiplies all rows at once is asked in tiles.
    asks = [partial(in_tiles, ask)] + [ask] * (not multiplies(transformer))
    for transform in asks:
        together = dense(transform(probe))
        assert len(together) == len(probe)
        for place in range(len(probe)):
            alone = dense(transform(probe[place : place + 1]))
            np.testing.assert_array_equal(alone, together[[place]])


@pytest.mark.parametrize("transformer", NUMBERS, ids=lambda t: type(t).__name__)
def test_what_does_not_multiply_sees_no_company_in_any_order(transformer):
    if multiplies(transformer) or isinstance(transformer, Normalizer):
        return
    fitted = clone(transformer).fit(PROBE)
    alone = dense(fitted.transform(PROBE[:1]))
    for n_rows in (2, 7, 601, 1025):
        X = np.asfortranarray(np.resize(PROBE, (n_rows, N_FEATURES)))
        np.testing.assert_array_equal(dense(fitted.transform(X))[:1], alone)


def test_an_assumption_about_last_bits_is_said():
    class Foreign(Normalizer):
        pass

    register_privacy_rule(Foreign)(lambda estimator, walk: PrivacyCost("Foreign"))
    for step, what in (
        (Normalizer(), "C order"),
        (Foreign(), "Foreign treats each row on its own, to the last bit"),
        (FunctionTransformer(np.log1p), "FunctionTransformer treats each row"),
        (FeatureUnion([("a", Foreign())]), "Foreign treats each row"),
    ):
        assert what in check_private(make_pipeline(step, DPRidge())).note
        assert not check_private(make_pipeline(DPMinMaxScaler(), step)).note
        assert "last bit" not in repr(check_private(make_dp_pipeline(step, DPRidge())))


@every_case
def test_what_multiplies_leaks_before_a_private_step(transformer, rows):
    pipe = make_pipeline(transformer, DPRidge())
    around = make_pipeline(FeatureUnion([("a", transformer)]), "passthrough", DPRidge())
    of_target = TransformedTargetRegressor(DPRidge(), transformer=transformer)
    for tree in (pipe, around, of_target):
        leaks = privacy_cost(tree, n_outputs=1).leaks
        assert bool(leaks) == multiplies(transformer)
        assert all("last bits" in leak.what for leak in leaks)
    assert check_private(make_pipeline(DPMinMaxScaler(), transformer)).private
    inside = make_dp_pipeline(transformer, DPMinMaxScaler())
    assert check_private(make_pipeline(inside, DPRidge())).private


def test_every_class_of_the_list_is_tried():
    maps = {name for name, _ in testing.all_estimators("map")}  # tried elsewhere
    assert {type(transformer).__name__ for transformer, _ in CASES} == {
        *DATA_INDEPENDENT
    } - maps


@pytest.mark.parametrize(
    ("transformer", "rows"), READERS, ids=[type(t).__name__ for t, _ in READERS]
)
def test_what_reads_rows_leaks_and_says_what_to_do(transformer, rows):
    cost = privacy_cost(transformer)
    assert not cost.private
    assert cost.epsilon() == np.inf
    assert all(leak.remedy.endswith(".") for leak in cost.leaks)
    if rows is not None:
        one, other = (clone(transformer).fit(some) for some in rows[:2])
        assert learned(one) != learned(other)


def test_automatic_projections_depend_on_the_number_of_rows():
    auto = GaussianRandomProjection(eps=0.99, random_state=0)
    few, many = (clone(auto).fit(np.ones((n, 500))) for n in (50, 5000))
    assert few.n_components_ != many.n_components_


def test_a_subclass_is_not_trusted():
    class Sly(Normalizer):
        def fit(self, X, y=None):
            self.mean_ = X.mean()
            return self

    assert not privacy_cost(Sly()).private


def test_the_number_of_zeros_decides_on_sparse_output():
    columns = (OneHotEncoder(categories=[[0, 1]]), [0]), (Normalizer(), [1, 2])
    assert not privacy_cost(make_column_transformer(*columns)).private
    assert privacy_cost(make_column_transformer(*columns, sparse_threshold=0)).private


SOMETIMES_SPARSE = [
    ("m", MissingIndicator(features="all", sparse=True), [0, 1]),
    ("m", MissingIndicator(features="all"), [0, 1]),
    ("t", TfidfTransformer(use_idf=False), [0, 1]),
    ("f", FunctionTransformer(sparse.csr_matrix), [0, 1]),
    ("p", "passthrough", [0, 1]),
    ("n", Normalizer(), [0, 1]),
    ("o", OneHotEncoder(categories=CATEGORIES[:2]), [0, 1]),
    ("d", DPOneHotEncoder(categories=CATEGORIES[:2]), [0, 1]),
    ("h", make_pipeline(Normalizer(), CategoryHasher(sparse_output=True)), [0, 1]),
]


@pytest.mark.parametrize("part", SOMETIMES_SPARSE, ids=lambda part: part[0])
def test_columns_may_not_count_zeros(part):
    """Whether the output is sparse is an exact threshold on how many values are not."""
    for columns in (
        ColumnTransformer([part]),
        ColumnTransformer([part], remainder=DPStandardScaler()),
        ColumnTransformer([("s", DPStandardScaler(), [0])], remainder=part[1]),
    ):
        cost = privacy_cost(columns)
        assert "sparse" in cost.leaks[0].what
        assert privacy_cost(columns.set_params(sparse_threshold=0)).private
        columns.set_params(sparse_threshold=0.3)
        with pytest.raises(TypeError, match=r"not private|budgets of their own"):
            make_dp_pipeline(columns, DPStandardScaler()).fit(PROBE)


def test_what_counts_as_dense_is_dense():
    for name in dir(preprocessing):
        made = getattr(preprocessing, name)
        if not (name.startswith("DP") and hasattr(made, "transform")):
            continue
        for params in ({}, {"sparse_output": True}, {"encode": "onehot"}):
            try:
                part = made().set_params(random_state=0, **params)
            except ValueError:  # it has no such parameter
                continue
            columns = ColumnTransformer([("a", part, [0, 1])])
            if not any("sparse" in leak.what for leak in privacy_cost(columns).leaks):
                y = np.arange(len(PROBE)) % 2
                assert not sparse.issparse(clone(part).fit(PROBE, y).transform(PROBE))


def test_columns_that_are_dense_for_sure_are_fine():
    parts = [("a", DPStandardScaler(), [0]), ("b", "drop", [1])]
    assert privacy_cost(ColumnTransformer(parts, remainder=DPMinMaxScaler())).private
    parts = [
        ("a", DPOneHotEncoder(categories=CATEGORIES[:1], sparse_output=False), [0])
    ]
    assert privacy_cost(ColumnTransformer(parts)).private


@pytest.mark.parametrize("cls", [OneHotEncoder, OrdinalEncoder])
def test_types_of_lists_are_assumed(cls):
    """One row more decides the type of all numbers in a list."""
    one = cls(categories=[[0, 1]]).fit([[0], [1]])
    other = cls(categories=[[0, 1]], handle_unknown="ignore" if cls is OneHotEncoder
                else "error").fit([[0], [1.0]])  # fmt: skip
    assert one.categories_[0].dtype != other.categories_[0].dtype
    assert "assumed: the rows are an array" in privacy_cost(one).note
    assert "assumed" not in privacy_cost(cls(categories=[["a", "b"]])).note
