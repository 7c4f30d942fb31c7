"""A private pipeline behaves as its namesakes do."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from imblearn.pipeline import Pipeline as ImbalancedPipeline
from scipy import sparse
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import make_blobs, make_regression
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    StandardScaler,
)

from skprivate.cluster import DPKMeans
from skprivate.decomposition import DPPCA
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.over_sampling import DPSyntheticOverSampler
from skprivate.pipeline import (
    DPFeatureUnion,
    DPPipeline,
    make_dp_pipeline,
    make_dp_union,
)
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
from skprivate.under_sampling import DPRandomUnderSampler

CLASSES = {"classes": [0, 1, 2]}


@pytest.fixture
def blobs():
    return make_blobs(300, centers=3, n_features=4, random_state=0)


@pytest.fixture
def pipe():
    return make_dp_pipeline(
        DPStandardScaler(), DPGaussianNB(**CLASSES), epsilon=4.0, bounds=(-20, 20)
    )


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_the_namesake():
    X, y = make_regression(200, 5, noise=1.0, random_state=0)
    low, high = X.min(axis=0), X.max(axis=0)
    private = make_dp_pipeline(
        DPStandardScaler(),
        "passthrough",
        DPRidge(target_bounds=(y.min(), y.max())),
        epsilon=np.inf,
        bounds=(low, high),
    )
    plain = make_pipeline(StandardScaler(), "passthrough", Ridge())
    expected = plain.fit(X, y).predict(X)
    np.testing.assert_allclose(private.fit(X, y).predict(X), expected, rtol=1e-3)
    assert not private.privacy_.private
    union = make_dp_union(
        DPMinMaxScaler(), "passthrough", epsilon=np.inf, bounds=(low, high)
    )
    both = FeatureUnion([("a", MinMaxScaler()), ("b", "passthrough")])
    np.testing.assert_allclose(union.fit_transform(X), both.fit_transform(X), atol=0.05)


def test_it_is_a_pipeline_of_both_libraries(pipe, blobs):
    assert isinstance(pipe, Pipeline)
    assert isinstance(pipe, ImbalancedPipeline)
    assert is_classifier(pipe)
    assert is_regressor(make_dp_pipeline(DPStandardScaler(), DPRidge()))
    assert isinstance(make_dp_union(DPPCA()), FeatureUnion)
    pipe.fit(*blobs)
    assert pipe.classes_.tolist() == [0, 1, 2]
    assert pipe.n_features_in_ == 4
    assert pipe.score(*blobs) > 0.6


def test_methods_are_those_of_the_last_step(pipe, blobs):
    X, y = blobs
    assert not hasattr(pipe, "transform")
    assert not hasattr(pipe, "fit_transform")
    assert not hasattr(pipe, "fit_resample")
    pipe.fit(X, y)
    assert pipe.predict_proba(X).shape == (300, 3)
    assert pipe.predict_log_proba(X).shape == (300, 3)
    scaling = pipe[:-1]
    np.testing.assert_allclose(scaling.inverse_transform(scaling.transform(X)), X)
    clusters = make_dp_pipeline(DPMinMaxScaler(), DPKMeans(3), bounds=(-20, 20))
    assert clusters.fit_predict(X).shape == (300,)
    assert clusters.transform(X).shape == clusters.fit_transform(X).shape == (300, 3)


def test_steps_by_number_name_and_slice(pipe, blobs):
    scaler, model = DPStandardScaler(), DPGaussianNB(**CLASSES)
    assert len(pipe) == 2
    given = DPPipeline([("s", scaler), ("m", model)])
    assert given["s"] is given[0] is given.named_steps.s is scaler
    with pytest.raises(ValueError, match="step of 1"):
        given[::2]
    pipe.fit(*blobs)
    assert hasattr(pipe[0], "mean_")
    assert hasattr(pipe.named_steps["dpgaussiannb"], "theta_")
    assert not hasattr(scaler, "mean_")
    part = pipe[:1]
    assert isinstance(part, DPPipeline)
    assert part.transform(blobs[0]).shape == (300, 4)


def test_a_slice_has_its_part_of_the_budget(pipe, blobs):
    pipe.fit(*blobs)
    first, last = pipe[:1], pipe[1:]
    whole = pipe.plan(4).budget.mu ** 2
    parts = [p.plan(4).budget.mu ** 2 for p in (first, last)]
    assert sum(parts) == pytest.approx(whole)
    assert parts[0] == pytest.approx(whole * pipe._shares()["dpstandardscaler"])
    assert first.privacy_.epsilon() <= first.epsilon * (1 + 1e-9)
    assert [r.query for r in first.privacy_.releases] == [
        "dpstandardscaler: PresentMoments"
    ]
    assert pipe[:].epsilon == pipe.epsilon


def test_fitting_leaves_parameters_as_given(pipe, blobs):
    before = repr(pipe)
    pipe.fit(*blobs)
    assert repr(pipe) == before
    assert pipe[0].epsilon == 1.0
    assert pipe[0].bounds == "private"
    assert pipe[0].privacy_.budget.epsilon < 4.0
    assert repr(clone(pipe)) == before
    clone(pipe).fit(*blobs)
    pipe.fit(*blobs)


def test_parameters_of_steps_can_be_set_and_steps_replaced(pipe, blobs):
    pipe.set_params(dpstandardscaler__with_mean=False, epsilon=2.0)
    assert pipe[0].with_mean is False
    pipe.set_params(dpstandardscaler=DPMinMaxScaler()).fit(*blobs)
    assert hasattr(pipe[0], "data_min_")
    for nothing in ("passthrough", None):
        pipe.set_params(dpstandardscaler=nothing).fit(*blobs)
        assert {r.query.split(":")[0] for r in pipe.privacy_.releases} == {
            "dpgaussiannb"
        }
        assert sum(r.share for r in pipe.privacy_.releases) == pytest.approx(1.0)
        assert pipe.predict(blobs[0]).shape == (300,)


def test_weights_may_name_steps_that_do_nothing(blobs):
    pipe = make_dp_pipeline(
        "passthrough", DPGaussianNB(**CLASSES), weights={"passthrough": 5}
    )
    assert pipe.fit(*blobs).privacy_.epsilon() == pytest.approx(1.0)


def test_what_learns_nothing_costs_nothing(blobs):
    pipe = make_dp_pipeline(Normalizer(), PolynomialFeatures(2))
    with PrivacyLedger(epsilon=1e-3, delta=1e-9) as ledger:
        assert pipe.fit_transform(*blobs).shape == (300, 15)
    assert len(ledger.records) == 0
    assert pipe.privacy_.releases == ()


def test_not_fitted(pipe, blobs):
    with pytest.raises(NotFittedError):
        pipe.predict(blobs[0])


@pytest.mark.parametrize(
    ("container", "frame"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)]
)
def test_set_output_and_feature_names(pipe, blobs, container, frame):
    if container == "polars" and sklearn.__version__ < "1.9":
        pytest.skip("scikit-learn < 1.9 does not read names of polars 2")
    X, y = blobs
    X = frame(X, **{"columns" if container == "pandas" else "schema": list("abcd")})
    pipe.set_output(transform=container).fit(X, y)
    assert pipe.feature_names_in_.tolist() == list("abcd")
    out = pipe[:-1].transform(X)
    assert isinstance(out, frame)
    assert list(out.columns) == list("abcd")
    assert pipe[:-1].get_feature_names_out().tolist() == list("abcd")
    union = make_dp_union(DPMinMaxScaler(), DPPCA(2), bounds=(-20, 20))
    out = union.set_output(transform=container).fit_transform(X)
    assert isinstance(out, frame)
    assert list(out.columns) == union.get_feature_names_out().tolist()
    assert list(out.columns)[:2] == ["dpminmaxscaler__a", "dpminmaxscaler__b"]
    assert pipe.predict(X).shape == (300,)


def test_shown_as_text_and_html(pipe, blobs):
    assert "DPStandardScaler" in repr(pipe)
    for shown in (pipe, pipe.fit(*blobs), make_dp_union(DPPCA(), "passthrough")):
        assert "sk-serial" in shown._repr_html_() or "sk-parallel" in (
            shown._repr_html_()
        )
    assert "dpgaussiannb: Moments" in repr(pipe.privacy_)
    assert "dpgaussiannb: Moments" in pipe.privacy_._repr_html_()


def test_time_is_printed(blobs, capsys):
    make_dp_pipeline(DPPCA(2), DPGaussianNB(**CLASSES), verbose=True).fit(*blobs)
    assert "(step 2 of 2) Processing dpgaussiannb" in capsys.readouterr().out


def pickled(estimator):
    return pickle.loads(pickle.dumps(estimator))


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_pickles_and_copies(pipe, blobs, copied):
    X, y = blobs
    again = copied(pipe.fit(X, y))
    np.testing.assert_array_equal(again.predict_proba(X), pipe.predict_proba(X))
    assert repr(again.privacy_) == repr(pipe.privacy_)
    again.fit(X, y)


def test_samplers_resample_while_it_is_fitted_and_not_after(blobs):
    X, y = blobs
    keep = np.r_[np.flatnonzero(y > 0), np.flatnonzero(y == 0)[:20]]
    X, y = X[keep], y[keep]
    pipe = make_dp_pipeline(
        DPMinMaxScaler(),
        DPSyntheticOverSampler(**CLASSES),
        DPPCA(3),
        DPRandomUnderSampler(**CLASSES),
        DPGaussianNB(**CLASSES),
        epsilon=50.0,
        bounds=(-20, 20),
    )
    with pytest.warns(UserWarning, match="privacy"):
        pipe.fit(X, y)
    assert pipe.predict(X).shape == y.shape
    prior = pipe[-1].class_prior_
    assert prior.min() > 0.2  # and not 20 / 220
    sampling = make_dp_pipeline(
        DPMinMaxScaler(bounds=(-20, 20)), DPRandomUnderSampler(**CLASSES)
    )
    X_less, y_less = sampling.fit_resample(X, y)
    assert len(X_less) == len(y_less) < len(y)
    assert not hasattr(sampling, "predict")


def test_weights_of_rows_go_to_the_steps_that_are_named(blobs):
    X, y = blobs
    pipe = make_dp_pipeline(
        DPStandardScaler(max_weight=2.0), DPGaussianNB(max_weight=2.0, **CLASSES)
    )
    plain = pipe.fit(X, y).privacy_.releases
    weighted = pipe.fit(
        X, y, dpgaussiannb__sample_weight=np.ones(300)
    ).privacy_.releases
    for before, after in zip(plain, weighted, strict=True):
        factor = 2.0 if after.query.startswith("dpgaussiannb") else 1.0
        assert after.sensitivity == pytest.approx(factor * before.sensitivity, rel=0.5)


def test_groups_are_units_for_all_steps(blobs):
    X, y = blobs
    steps = [
        DPStandardScaler(max_rows_per_group=3),
        DPGaussianNB(max_rows_per_group=3, **CLASSES),
    ]
    pipe = make_dp_pipeline(*steps, bounds=(-20, 20))
    pipe.fit(X, y, groups=np.arange(300) // 3)
    assert "group" in pipe.privacy_.unit
    assert all("group" in step.privacy_.unit for _, step in pipe.steps)


def test_routed_metadata(blobs):
    X, y = blobs
    weight, groups = np.ones(300), np.arange(300) // 2
    with sklearn.config_context(enable_metadata_routing=True):
        scaler = DPStandardScaler(max_rows_per_group=2)
        model = DPGaussianNB(max_rows_per_group=2, **CLASSES)
        scaler.set_fit_request(sample_weight=False)
        model.set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        pipe = make_dp_pipeline(scaler, model, bounds=(-20, 20))
        pipe.fit(X, y, sample_weight=weight, groups=groups)
        assert "group" in pipe[0].privacy_.unit
        search = GridSearchCV(
            pipe.set_fit_request(groups=True), {"epsilon": [1.0]}, cv=2
        )
        search.fit(X, y, groups=groups)
        assert "group" in search.best_estimator_.privacy_.unit
        union = make_dp_union(scaler, Normalizer())
        assert union.fit_transform(X, groups=groups).shape == (300, 8)


def test_a_grid_search_around_it_is_charged_for_each_fit(pipe, blobs):
    grid = {
        "dpstandardscaler": ["passthrough", DPStandardScaler(), DPMinMaxScaler()],
        "epsilon": [1.0, 2.0],
    }
    search = GridSearchCV(pipe, grid, cv=2)
    with PrivacyLedger() as ledger:
        search.fit(*blobs)
    assert len(ledger.records) == 3 * 2 * 2 + 1
    assert hasattr(search.best_estimator_, "privacy_")


def test_the_whole_is_charged_once(blobs):
    inner = make_dp_union(DPPCA(2), DPMinMaxScaler())
    pipe = make_dp_pipeline(DPStandardScaler(), inner, DPGaussianNB(**CLASSES))
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        pipe.fit(*blobs)
        (record,) = ledger.records
    assert record.name == "DPPipeline"
    assert pipe.privacy_.epsilon() <= 1.0 + 1e-9
    assert pipe.privacy_.epsilon() == pytest.approx(1.0, rel=1e-6)


def test_a_cap_stops_it_before_anything_is_fitted(pipe, blobs):
    from skprivate.ledger import BudgetExceededError

    with pytest.raises(BudgetExceededError), PrivacyLedger(epsilon=1.0, delta=1e-6):
        pipe.fit(*blobs)
    assert not hasattr(pipe, "privacy_")
    assert not hasattr(pipe[0], "mean_")


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_shares_of_the_report_add_up_to_one(blobs, delta):
    pipe = make_dp_pipeline(
        DPStandardScaler(),
        make_dp_union(DPMinMaxScaler(), DPStandardScaler()),
        DPGaussianNB(**CLASSES),
        delta=delta,
        bounds=(-20, 20),
    ).fit(*blobs)
    assert sum(r.share for r in pipe.privacy_.releases) == pytest.approx(1.0)
    assert pipe.privacy_.epsilon() == pytest.approx(1.0, rel=1e-6)
    plan = pipe.plan(4, classes=(0, 1, 2))
    asked = [(r.query, r.size, round(r.share, 12)) for r in pipe.privacy_.releases]
    assert asked == [(r.query, r.size, round(r.share, 12)) for r in plan.releases]


def test_seeds_make_it_repeatable_and_are_reported(blobs):
    X, y = blobs
    steps = DPStandardScaler(random_state=0), DPGaussianNB(random_state=0, **CLASSES)
    first, second = (make_dp_pipeline(*map(clone, steps)).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert first.privacy_.seeded
    unseeded = make_dp_pipeline(DPStandardScaler(), DPGaussianNB(**CLASSES))
    assert not unseeded.fit(X, y).privacy_.seeded


def test_sparse_rows(blobs):
    X, y = blobs
    X = sparse.csr_array(np.maximum(X, 0.0))
    pipe = make_dp_pipeline(
        Normalizer(), DPLogisticRegression(**CLASSES), epsilon=4.0
    ).fit(X, y)
    assert pipe.predict(X).shape == (300,)
    union = DPFeatureUnion([("a", Normalizer()), ("b", DPPCA(2))], bounds=(0, 20))
    assert sparse.issparse(union.fit_transform(X))


@pytest.mark.skipif(sklearn.__version__ < "1.9", reason="has no callbacks")
def test_callbacks_see_steps_and_no_rows(pipe, blobs):
    class Watcher:
        max_propagation_depth = None

        def __init__(self):
            self.tasks, self.seen = [], set()

        def setup(self, estimator, context):
            pass

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context, *, X=None, y=None):
            self.tasks += [context.task_name, context.source_task_name]
            self.seen |= {type(X), type(y)}

        def on_fit_task_end(self, estimator, context, *, X=None, y=None):
            self.seen |= {type(X), type(y)}

    watcher = Watcher()
    pipe.set_callbacks(watcher).fit(*blobs)
    assert watcher.seen == {type(None)}
    assert "fit-transform-dpstandardscaler" in watcher.tasks
    assert "fit-final-estimator" in watcher.tasks
    assert "release" in watcher.tasks
