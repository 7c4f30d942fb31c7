"""Of what was fitted before, what it has learned is judged, not its parameters."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import RBFSampler
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
)
from sklearn.random_projection import GaussianRandomProjection

from skprivate import check_policy, check_private, make_dp_pipeline, privacy_report
from skprivate.base import PrivacyWarning
from skprivate.composition import NotPrivateError
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import IndependentFolds
from skprivate.preprocessing import CategoryHasher, DPStandardScaler, RowNormClipper

rng = np.random.default_rng(0)
X, Y = rng.uniform(size=(60, 2)), np.arange(60) % 2
NAMES = [["Alice Smith"], ["Bob"]]
KNOTS = np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]])


def logistic(**params):
    return DPLogisticRegression(bounds=(0, 1), classes=[0, 1], **params)


def fitted(model, rows=X, target=Y):
    return model.fit(rows, target)


def made_private(model, **params):
    """Fitted without privacy, and given parameters of a private fit."""
    return fitted(model).set_params(**params)


@pytest.fixture
def without_noise():
    with pytest.warns(PrivacyWarning):
        return made_private(logistic(epsilon=np.inf), epsilon=1.0)


def inside(model):
    yield FrozenEstimator(model)
    yield FrozenEstimator(make_pipeline(Normalizer(), model))
    yield make_pipeline(Normalizer(), FrozenEstimator(model))
    yield FrozenEstimator(FrozenEstimator(model))


def test_a_fit_without_noise_stays_one(without_noise):
    for whole in inside(without_noise):
        with pytest.raises(NotPrivateError, match="added no noise"):
            check_private(whole)
    with pytest.raises(NotPrivateError):
        check_private(SelectFromModel(without_noise, prefit=True))


def test_a_seeded_fit_stays_one():
    seeded = made_private(logistic(random_state=0), random_state=None)
    for whole in inside(seeded):
        with pytest.raises(NotPrivateError, match="seeded"):
            check_private(whole)
    pipeline = make_dp_pipeline(DPStandardScaler(bounds=(0, 1), random_state=0))
    fitted(pipeline).set_params(dpstandardscaler__random_state=None)
    with pytest.raises(NotPrivateError, match="seeded"):
        check_private(FrozenEstimator(pipeline))


def test_a_private_fit_stays_one_whatever_its_parameters_say_now():
    for model in (logistic(), make_dp_pipeline(logistic())):
        for whole in inside(fitted(model)):
            assert check_private(whole).private
    assert check_private(FrozenEstimator(fitted(logistic()).set_params(epsilon=np.inf)))


CHANGED = [
    (OneHotEncoder(), NAMES, {"categories": [["x"]]}),
    (OneHotEncoder(), X, {"categories": [[0.0, 1.0]] * 2}),
    (
        SimpleImputer(keep_empty_features=True),
        X,
        {"strategy": "constant", "fill_value": 0.0},
    ),
    (RobustScaler(), X, {"with_centering": False, "with_scaling": False}),
    (SplineTransformer(), X, {"knots": KNOTS}),
    (TfidfVectorizer(), ["ape bee", "cat"], {"vocabulary": ["ape"], "use_idf": False}),
    (
        TfidfVectorizer(vocabulary=["ape", "cat"]),
        ["ape bee", "cat"],
        {"use_idf": False},
    ),
    (
        GaussianRandomProjection(eps=0.99),
        rng.uniform(size=(9, 99)),
        {"n_components": 2},
    ),
]


@pytest.mark.parametrize(
    ("model", "rows", "params"), CHANGED, ids=[type(m).__name__ for m, *_ in CHANGED]
)
def test_what_was_read_from_rows_stays_so(model, rows, params):
    model.fit(rows).set_params(**params)
    for whole in (
        FrozenEstimator(model),
        FrozenEstimator(make_union(model)),
        make_pipeline(FrozenEstimator(model)),
    ):
        with pytest.raises(NotPrivateError, match="follow from its parameters"):
            check_private(whole)
    with pytest.raises(TypeError, match="not private"):
        make_dp_pipeline(FrozenEstimator(model), logistic()).fit(X, Y)


FINE = [
    (Normalizer(), X),
    (Binarizer(), X),
    (PolynomialFeatures(2), X),
    (SplineTransformer(knots=KNOTS), X),
    (SimpleImputer(strategy="constant", keep_empty_features=True), X),
    (OneHotEncoder(categories=[["a", "b"]]), [["b"], ["a"]]),
    (OneHotEncoder(categories=[[0, 1], [1, 2]]), np.array([[0, 1], [1, 2]])),
    (GaussianRandomProjection(2, random_state=0), X),
    (RowNormClipper(), X),
    (CategoryHasher(), X),
]


@pytest.mark.parametrize(
    ("model", "rows"), FINE, ids=[type(m).__name__ for m, _ in FINE]
)
def test_what_follows_from_parameters_is_fine(model, rows):
    assert check_private(FrozenEstimator(model.fit(rows))).private


def test_what_learns_itself_is_not_known_once_it_was_fitted():
    """Its parameters may have been others: exact scores may have chosen."""
    search = GridSearchCV(logistic(), {"C": [1.0]}, cv=2).fit(X, Y)
    search.set_params(cv=IndependentFolds(2), scoring=make_dp_scorer("accuracy"))
    columns = ColumnTransformer([("a", DPStandardScaler(bounds=(0, 1)), [0])])
    columns.fit(X)
    for model in (search, columns):
        assert check_private(model).private  # the next fit
        with pytest.raises(NotPrivateError, match="follow from its parameters"):
            check_private(FrozenEstimator(model))


def test_parts_that_a_tree_has_fitted_are_looked_at():
    model = VotingClassifier([("a", logistic(random_state=0))]).fit(X, Y)
    model.set_params(a__random_state=None)
    with pytest.raises(NotPrivateError, match="seeded"):
        check_private(FrozenEstimator(model))
    model = VotingClassifier([("a", logistic())]).fit(X, Y)
    assert check_private(FrozenEstimator(model)).private


def test_the_report_of_the_whole_agrees(without_noise):
    union = FeatureUnion([
        ("a", DPStandardScaler(bounds=(0, 1))),
        ("b", FrozenEstimator(fitted(SplineTransformer()).set_params(knots=KNOTS))),
    ]).fit(X)  # fmt: skip
    assert privacy_report(union).epsilon() == np.inf
    selection = SelectFromModel(
        fitted(DPRidge(bounds=(0, 1), target_bounds=(0, 1))), prefit=True
    ).fit(X, Y)
    assert privacy_report(selection).private


def test_reports_see_what_was_fitted_and_not_what_parameters_say_now():
    scaler = DPStandardScaler(bounds=(0, 1))
    columns = ColumnTransformer(
        [("a", StandardScaler(), [0]), ("b", scaler, [1])], sparse_threshold=0
    )
    encoder = make_pipeline(OneHotEncoder(sparse_output=False), scaler)
    union = FeatureUnion([("a", SplineTransformer()), ("b", scaler)])
    for model, params in (
        (columns, {"a": Normalizer()}),
        (encoder, {"onehotencoder__categories": [[0.0, 1.0]] * 2}),
        (union, {"a__knots": KNOTS}),
    ):
        model.fit(X)
        assert not privacy_report(model).private
        model.set_params(**params)
        assert not privacy_report(model).private
        assert not check_policy(model, {"max_epsilon": 9.0})
        assert privacy_report(clone(model).fit(np.round(X))).private


def test_random_weights_are_no_secret_of_rows():
    for project in (GaussianRandomProjection(2), RBFSampler(gamma=1.0, n_components=3)):
        model = make_dp_pipeline(project, DPStandardScaler(bounds=(-9, 9))).fit(X)
        assert privacy_report(model).private
        assert check_private(FrozenEstimator(clone(project).fit(X))).private


def test_a_step_that_was_put_there_afterwards_is_seen():
    model = make_dp_pipeline(Normalizer(), logistic()).fit(X, Y)
    assert privacy_report(model).private
    model.set_params(normalizer=StandardScaler().fit(X))
    assert not privacy_report(model).private
    with pytest.raises(NotPrivateError, match="follow from its parameters"):
        check_private(FrozenEstimator(model))
