"""What scikit-learn's estimator does differently when a curator stands in between."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from skprivate.base import DPEstimator
from skprivate.model_selection import DPGridSearchCV
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ChunkRows

rng = np.random.default_rng(0)
X = rng.normal(size=(300, 3))


class Broken(DPEstimator):
    """Fails after its first release."""

    _parameter_constraints = DPEstimator._parameter_constraints

    def _fit(self, curator):
        self.count_ = curator.count(share=0.5)
        raise RuntimeError("broken")


def test_a_failed_fit_leaves_no_attribute():
    estimator = Broken()
    with pytest.raises(RuntimeError, match="broken"):
        estimator.fit(X)
    assert not hasattr(estimator, "count_")
    assert not hasattr(estimator, "privacy_")


@pytest.mark.parametrize(
    ("epsilon", "error"),
    [
        (0, ValueError),
        (-1, ValueError),
        (np.nan, ValueError),
        (1e-300, ValueError),
        (True, TypeError),
        ("1", TypeError),
        (None, TypeError),
        ([1.0], TypeError),
    ],
)
def test_a_bad_epsilon_is_refused(epsilon, error):
    with pytest.raises(error):
        DPStandardScaler(epsilon=epsilon).fit(X)


@pytest.mark.parametrize("delta", [1.0, 2, -1e-9, np.nan])
def test_a_bad_delta_is_refused(delta):
    with pytest.raises(ValueError, match="delta"):
        DPStandardScaler(delta=delta).fit(X)


def test_a_meaningless_epsilon_warns():
    with pytest.warns(UserWarning, match="no meaningful privacy"):
        DPStandardScaler(epsilon=1e6).fit(X)


def test_noise_is_fresh_unless_seeded():
    scaler = DPStandardScaler(bounds=(-3, 3))
    first, second = (clone(scaler).fit(X).mean_ for _ in range(2))
    assert np.all(first != second)
    seeded = DPStandardScaler(bounds=(-3, 3), random_state=7)
    first, second = (clone(seeded).fit(X).mean_ for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_generator_as_random_state_makes_the_fit_seeded():
    state = np.random.RandomState(3)
    fits = [DPStandardScaler(random_state=state).fit(X) for _ in range(2)]
    assert fits[0].privacy_.seeded
    assert np.all(fits[0].mean_ != fits[1].mean_)


def test_weights_are_cut_to_the_public_largest():
    scaler = DPStandardScaler(bounds=(-5, 5), epsilon=np.inf, max_weight=2.0)
    weight = rng.uniform(0, 2, len(X))
    with pytest.warns(UserWarning, match="not private"):
        fitted = scaler.fit(X, sample_weight=weight)
    np.testing.assert_allclose(
        fitted.mean_, np.average(X, axis=0, weights=weight), atol=1e-4
    )
    with pytest.warns(UserWarning, match="not private"):
        cut = scaler.fit(X, sample_weight=np.r_[1e9, np.ones(len(X) - 1)])
    expected = np.average(X, axis=0, weights=np.r_[2, np.ones(len(X) - 1)])
    np.testing.assert_allclose(cut.mean_, expected, atol=1e-4)


@pytest.mark.parametrize("max_weight", [0.5, 3.0])
@pytest.mark.parametrize("source", ["array", "chunks"])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_a_row_without_weight_counts_once(max_weight, source):
    class Counting(DPEstimator):
        _parameter_constraints = DPEstimator._parameter_constraints

        def _fit(self, curator):
            self.count_ = curator.count(share=1.0)

    rows = X if source == "array" else ChunkRows(lambda: iter([X[:100], X[100:]]))
    fitted = Counting(epsilon=np.inf, max_weight=max_weight).fit(rows)
    # In chunks weights are possible, so a smaller largest weight cuts these, too.
    expected = min(1.0, max_weight) if source == "chunks" else 1.0
    assert fitted.count_ == pytest.approx(len(X) * expected, rel=1e-5)


def test_groups_bound_the_rows_of_a_unit():
    groups = np.repeat([0, 1, 2], 100)
    fitted = DPStandardScaler(max_rows_per_group=5).fit(X, groups=groups)
    assert fitted.privacy_.releases[0].sensitivity == pytest.approx(5 * 3**0.5)
    assert "group" in fitted.privacy_.unit


def test_without_groups_the_bound_on_groups_costs_nothing():
    fitted = DPStandardScaler(max_rows_per_group=5).fit(X)
    assert fitted.privacy_.releases[0].sensitivity == pytest.approx(3**0.5)


def test_it_composes_in_pipelines_and_searches():
    pipeline = make_pipeline(DPStandardScaler(bounds=(-3, 3), epsilon=0.5))
    assert pipeline.fit_transform(X).shape == X.shape
    search = GridSearchCV(
        DPStandardScaler(), {"epsilon": [0.5, 1.0]}, scoring=lambda *_: 0.0, cv=2
    )
    assert search.fit(X).best_params_ == {"epsilon": 0.5}
    assert np.all(cross_val_score(DPStandardScaler(), X, scoring=lambda *_: 1.0) == 1)


def test_progress_reaches_the_callbacks_and_rows_do_not():
    callback = pytest.importorskip("sklearn.callback")
    assert callback is not None
    seen = []

    class Spy:
        def setup(self, estimator, context):
            seen.append("setup")

        def teardown(self, estimator, context):
            seen.append("teardown")

        def on_fit_task_begin(self, estimator, context, **data):
            seen.append(data)

        def on_fit_task_end(self, estimator, context, **data):
            seen.append(data)

    DPStandardScaler().set_callbacks(Spy()).fit(X)
    assert seen[0] == "setup"
    assert seen[-1] == "teardown"
    hooks = [data for data in seen if isinstance(data, dict)]
    assert len(hooks) == 2 * (1 + 2)  # the fit and its two releases
    assert not any(value is not None for data in hooks for value in data.values())


def test_groups_are_the_unit_even_if_one_row_of_each_counts():
    X, groups = np.zeros((20, 2)), np.arange(20) // 2
    scaler = DPStandardScaler(bounds=(-1, 1))
    assert scaler.fit(X).privacy_.unit == "row"
    assert scaler.fit(X, groups=groups).privacy_.unit == "group (1 rows of it count)"


@pytest.mark.parametrize(
    "planned",
    [
        DPStandardScaler(),
        make_dp_pipeline(DPStandardScaler()),
        DPGridSearchCV(DPGaussianNB(), {"var_smoothing": [0.0, 1.0]}),
    ],
    ids=["estimator", "pipeline", "search"],
)
@pytest.mark.parametrize(
    "width",
    [2.5, 0, "2", X[0], ["one", "text"], [[1.0], [1.0, 2.0]]],
    ids=["2.5", "0", "text", "row", "a list of texts", "a list of clips"],
)
def test_a_plan_takes_a_number_or_a_table(planned, width):
    assert planned.plan(X).epsilon() == planned.plan(X.shape[1]).epsilon()
    with pytest.raises(TypeError, match=r"Give it X, or X.shape\[1\]"):
        planned.plan(width)
    assert planned.plan(np.int64(2)).epsilon() == planned.plan(2).epsilon()
