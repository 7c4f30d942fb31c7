"""Several targets at the price of one release: as scikit-learn's, and no more told."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.base import Box
from skprivate.linear_model import (
    DPElasticNet,
    DPLasso,
    DPLassoCV,
    DPLinearRegression,
    DPRidge,
    DPRidgeCV,
    PublicCoef,
    PublicRows,
)
from skprivate.multioutput import DPMultiOutputRegressor
from skprivate.preprocessing import DPStandardScaler
from skprivate.queries import SecondMoments
from skprivate.rows import ArrayRows, ChunkRows, Parties
from skprivate.testing import record, replay
from skprivate.testing._examples import example_for, quiet
from skprivate.testing._neighbours import neighbours_of
from tests.pipeline.test_replay import REFUSED_WHILE_ADDED

rng = np.random.default_rng(0)
N, D, T = 6000, 4, 3
X = rng.uniform(-1, 1, (N, D))
COEF = np.array([[1.0, 0.5, 0, 0], [0, -1.0, 0, 2.0], [0.2, 0.2, 0.2, 0.2]])
UNITS = np.array([1.0, 10.0, 0.1])
Y = (X @ COEF.T + 0.3 * rng.normal(size=(N, T)) + 1.0) * UNITS
ENDS = Y.min(axis=0) - 0.1, Y.max(axis=0) + 0.1
FACTS = {"bounds": (-1, 1), "target_bounds": ENDS}
MODELS = [
    (DPLinearRegression(**FACTS), LinearRegression()),
    (DPRidge(**FACTS), Ridge()),
    (DPRidge([0.1, 1.0, 10.0], **FACTS), Ridge(np.array([0.1, 1.0, 10.0]))),
    (DPRidge(fit_intercept=False, **FACTS), Ridge(fit_intercept=False)),
    (DPRidge(positive=True, **FACTS), None),
    (DPLasso(0.02, **FACTS), Lasso(0.02)),
    (DPElasticNet(0.02, **FACTS), ElasticNet(0.02)),
]


def without_noise(model):
    with quiet():
        return clone(model).set_params(epsilon=np.inf).fit(X, Y)


@pytest.mark.parametrize(("model", "twin"), MODELS)
def test_without_noise_it_is_scikit_learns(model, twin):
    model = without_noise(model)
    if twin is None:
        pairs = [LinearRegression(positive=True).fit(X, y) for y in Y.T]
        coef = np.array([pair.coef_ for pair in pairs])
    else:
        coef = twin.fit(X, Y).coef_
        np.testing.assert_allclose(
            model.predict(X) / UNITS, twin.predict(X) / UNITS, atol=3e-3
        )
        assert model.score(X, Y) == pytest.approx(twin.score(X, Y), abs=1e-3)
    assert model.coef_.shape == (T, D)
    assert np.shape(model.intercept_) == (T,)
    error = (model.coef_ - coef) / UNITS[:, None]
    assert np.abs(error).max() < 3e-3
    assert model.validation_error_.shape == (T,)


def test_one_release_is_more_accurate_than_one_for_each():
    """Of three targets each has the noise of all columns, not a third of a budget."""
    loss = {"joint": [], "each": []}
    for seed in range(4):
        joint = DPRidge(epsilon=0.3, random_state=seed, **FACTS)
        each = DPMultiOutputRegressor(
            DPRidge(bounds=(-1, 1)), epsilon=0.3, random_state=seed
        )
        for name, model in (("joint", joint), ("each", each)):
            loss[name].append(1 - model.fit(X, Y).score(X, Y))
    assert np.mean(loss["joint"]) < np.mean(loss["each"])
    assert 1 - np.mean(loss["joint"]) > 0.6


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize("ends", [ENDS, (-40, 40), "private"])
def test_noise_is_planned_and_paid_once(delta, ends):
    model = DPRidge(bounds=(-1, 1), target_bounds=ends, epsilon=2.0, delta=delta)
    with PrivacyLedger(epsilon=2.0, delta=1e-6, strict=True) as ledger:
        model.fit(X, Y)
    assert len(ledger.records) == 1
    assert model.privacy_.epsilon(delta) <= 2.0 * (1 + 1e-9)
    assert np.isfinite(model.coef_).all()
    assert model.coef_.shape == (T, D)
    if ends is ENDS:  # from which a plan knows how many there are
        plan = model.plan(D)
        assert plan.events == model.privacy_.events
        assert [r.size for r in plan.releases] == [
            r.size for r in model.privacy_.releases
        ]


def test_what_a_row_moves_is_what_is_stated(rng):
    """The moments of rows and all targets together, clipped together."""
    box = Box(-np.ones(D), np.ones(D), np.zeros(D), np.full(D, 0.3), 12)
    targets = Box(*np.array([[-40.0], [40.0]]).repeat(T, 1), np.zeros(T), UNITS, 12)
    query = SecondMoments(box, targets, 2.5)
    query.check(D)
    rows = rng.uniform(-1, 1, (40, D)) * 10.0 ** rng.integers(-3, 4, (40, 1))
    y = rng.normal(size=(40, T)) * 10.0 ** rng.integers(-3, 4, (40, 1))
    whole, reached = 0, 0.0
    for i in range(40):
        alone = query(rows[[i]], y[[i]], np.empty(0))
        noise = np.linalg.norm(alone / query.weights)
        assert noise <= query.levels * (1 + 1e-12)
        assert np.linalg.norm(alone / query.weights, 1) <= query.l1_bound / query.step
        reached = max(reached, noise / query.levels)
        whole = whole + alone
    assert reached > 0.99
    np.testing.assert_array_equal(whole, query(rows, y, np.empty(0)))
    v = np.column_stack([rows / 0.3, np.ones(40), y / UNITS])  # rows within the box
    v[:, :D] = np.clip(rows, -1, 1) / 0.3
    v[:, D + 1 :] = np.clip(y, -40, 40) / UNITS
    v *= np.minimum(1, 2.5 / np.linalg.norm(v, axis=1))[:, None]
    triangle = (v.T @ v)[np.triu_indices(D + 1 + T)]
    np.testing.assert_allclose(whole * query.step, triangle, atol=0.3)


def test_sources_agree_to_the_bit():
    model = DPRidge(random_state=0, **FACTS)
    wanted = clone(model).fit(X, Y).coef_
    dask = pytest.importorskip("dask.array")
    pandas = pytest.importorskip("pandas")
    blocks = dask.from_array(X, chunks=(1000, 2)), dask.from_array(Y, chunks=(1500, 2))

    def parts():
        return ((X[i : i + 700], Y[i : i + 700]) for i in range(0, N, 700))

    for given in (
        (X.tolist(), Y.tolist()),
        (X, pandas.DataFrame(Y)),
        (X, sparse.csr_array(Y)),
        (sparse.csr_matrix(X), Y),
        blocks,
        (ArrayRows(X, Y),),
        (ChunkRows(parts),),
        (Parties(ArrayRows(X[::2], Y[::2]), ArrayRows(X[1::2], Y[1::2])),),
    ):
        found = clone(model).fit(*given).coef_
        np.testing.assert_array_equal(found, wanted)
    nothing = ChunkRows(lambda: iter([]), n_features=D)
    assert np.isfinite(clone(model).fit(nothing).coef_).all()


def test_in_a_pipeline_and_with_units():
    pipe = make_dp_pipeline(
        DPStandardScaler(bounds=(-1, 1)), DPRidge(target_bounds=ENDS), epsilon=3.0
    )
    assert pipe.fit(X, Y).predict(X).shape == (N, T)
    assert pipe.score(X, Y) > 0.6
    from skprivate.rows import UnitClip

    groups = np.arange(N) // 3
    model = DPRidge(max_rows_per_group=UnitClip(3, 2.0), epsilon=3.0, **FACTS)
    assert model.fit(X, Y, groups=groups).score(X, Y) > 0.5


def test_paths_penalties_and_choices():
    model = without_noise(DPRidge([0.5, 5.0, 50.0], **FACTS))
    coefs, intercepts = model.path([0.5, 5.0, 50.0])
    assert coefs.shape == (T, D, 3)
    assert intercepts.shape == (T, 3)
    for j in range(T):
        np.testing.assert_allclose(coefs[j, :, j], model.coef_[j])
    one = without_noise(DPRidgeCV([0.1, 1e4], **FACTS))
    each = without_noise(DPRidgeCV([0.1, 1e4], alpha_per_target=True, **FACTS))
    assert one.alpha_ == 0.1
    assert each.alpha_.tolist() == [0.1] * T
    assert each.coef_.shape == one.coef_.shape == (T, D)


def test_intervals_of_each_target():
    model = DPRidge(0.0, random_state=0, **FACTS).fit(X, Y)
    errors, (low, high) = model.standard_errors(), model.coef_interval(0.999)
    assert errors.shape == low.shape == high.shape == (T, D)
    truth = COEF * UNITS[:, None]
    assert ((low < truth) & (truth < high)).all()
    assert (high - low < 2.0 * UNITS[:, None]).all()
    tables = model.summary()
    assert [table.title[-8:] for table in tables] == [
        "target 0",
        "target 1",
        "target 2",
    ]
    low, high = model.predict_interval(X[:2000], 0.9)
    assert low.shape == high.shape == (2000, T)
    inside = np.mean((low < Y[:2000]) & (Y[:2000] < high), axis=0)
    assert ((inside > 0.85) & (inside < 0.96)).all()
    drowned = DPRidge(epsilon=1e-3, random_state=0, **FACTS).fit(X, Y)
    assert np.isinf(drowned.standard_errors()).all()


def test_public_coefficients():
    known = PublicCoef(COEF * UNITS[:, None], UNITS)
    model = DPRidge(public=known, epsilon=0.01, random_state=0, **FACTS)
    assert model.fit(X, Y).score(X, Y) > 0.5
    plain = DPRidge(epsilon=0.01, random_state=0, **FACTS).fit(X, Y)
    assert plain.score(X, Y) < model.score(X, Y)
    for public in (PublicRows(X[:50], Y[:50, 0]), PublicCoef(COEF[:2])):
        with (
            PrivacyLedger() as ledger,
            pytest.raises(ValueError, match=r"PublicCoef|rows"),
        ):
            DPRidge(public=public, **FACTS).fit(X, Y)
        assert not ledger.records


@pytest.mark.parametrize(
    ("model", "y", "match"),
    [
        (DPRidge(target_bounds=([0, 0], [1, 1])), Y, "3 columns"),
        (DPRidge(target_bounds=ENDS), Y[:, 0], "3 columns"),
        (DPRidge(target_bounds=ENDS), Y[:, :2], "2 columns"),
        (DPRidge([1.0, 2.0], **FACTS), Y, "alpha is not one number"),
        (DPRidge([1.0, np.nan, 1.0], **FACTS), Y, "alpha must be finite"),
        (DPRidge(), np.zeros((N, 4097)), "more than 4096 targets"),
        (DPLassoCV(), Y, "DPMultiOutputRegressor"),
        (DPRidge(), Y[:, :0], "1d array"),
        (DPRidge(), Y.astype(str), "text"),
    ],
)
def test_what_shapes_reveal_is_refused_for_free(model, y, match):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=match):
        clone(model).fit(X, y)
    assert not ledger.records


def test_odd_targets_are_refused_without_a_value():
    odd = Y.copy()
    odd[7, 1] = np.nan
    with pytest.raises(ValueError, match="Input y contains NaN"):
        DPRidge(**FACTS).fit(X, odd)
    for y in ([[1.0, 2.0]] * 9 + [[1.0]], [[1.0, 2.0]] * 9 + [[1.0, None]]):
        with pytest.raises((ValueError, TypeError)):
            DPRidge(bounds=(-1, 1), target_bounds=(0, 1)).fit(X[:10], y)
    with pytest.raises(ValueError, match="same number of rows"):
        DPRidge(**FACTS).fit(X, Y[1:])


def test_a_single_column_is_a_target():
    with pytest.warns(match="column-vector"):
        model = DPRidge(bounds=(-1, 1), random_state=0).fit(X, Y[:, :1])
    assert model.coef_.shape == (D,)


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize("data", [np.zeros((1, 3)), np.full((5, 3), 1e300)])
def test_degenerate_rows_give_finite_models(data, delta):
    for bounds in ("private", (0, 1), (2, 2), (-1e30, 1e30)):
        y = np.zeros((len(data), 2))
        model = DPRidge(bounds=bounds, target_bounds=(0, [0, 1]), delta=delta)
        assert np.isfinite(model.fit(data, y).predict(data)).all()


class OfTwo(BaseEstimator):
    """A fit to two targets, made of one; replay knows one."""

    def __init__(self, whole):
        self.whole = whole

    def fit(self, X, y=None, **params):
        y = np.asarray(y)
        self.fitted_ = clone(self.whole).fit(X, np.c_[y, y**2], **params)
        return self


@pytest.mark.parametrize("facts", [{"bounds": (-2, 2), "target_bounds": (-1, 1)}, {}])
def test_only_declared_moves_on_neighbours(facts):
    rows, n_played, largest = example_for(DPRidge()), 0, 0.0
    recording = record(OfTwo(DPRidge(**facts)), **rows.fit_args)
    for neighbour in neighbours_of(rows):
        if neighbour.name in REFUSED_WHILE_ADDED:
            continue
        with np.errstate(over="ignore"):
            playback = replay(
                recording, units=neighbour.units, **neighbour.rows.fit_args
            )
        assert playback.findings == [], neighbour.name
        n_played += not playback.refused
        largest = max(largest, playback.largest_move)
    assert n_played >= 15
    assert largest > 0.3
