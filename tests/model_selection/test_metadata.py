"""Weights and other metadata reach the fits and the scores inside."""

import numpy as np
import pytest
import sklearn
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.utils.metadata_routing import MetadataRouter, get_routing_for_object

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import DPTableVectorizer, make_dp_column_transformer
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import (
    DPGridSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import make_dp_union
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
from skprivate.under_sampling import DPRandomUnderSampler

pd = pytest.importorskip("pandas")

N = 900
rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (N, 2))
y = (X[:, 0] > 0).astype(int)
# Half of the rows have no weight, and the opposite label.
w = np.where(np.arange(N) % 2, 1.0, 0.0)
Y = np.where(w > 0, y, 1 - y)


def bayes():
    return DPGaussianNB(bounds=(-1, 1), classes=[0, 1])


def pipe(**params):
    first = make_dp_union(
        DPStandardScaler(), make_dp_column_transformer((DPMinMaxScaler(), [0]))
    )
    return make_dp_pipeline(first, DPGaussianNB(classes=[0, 1]), bounds=(-1, 1))


def search(model, **params):
    name = "dpgaussiannb__var_smoothing" if hasattr(model, "steps") else "var_smoothing"
    return DPGridSearchCV(model, {name: [1e-9, 1e-2]}, epsilon=9.0, **params)


def tuned(model):
    return DPTunedThresholdClassifier(model, epsilon=9.0)


@pytest.mark.parametrize("make", [bayes, pipe])
@pytest.mark.parametrize("wrap", [search, tuned, lambda m: m.set_params(epsilon=9.0)])
def test_weights_count_in_every_step(make, wrap):
    model = wrap(make()).fit(X, Y, sample_weight=w)
    assert model.score(X, y) > 0.7


@pytest.mark.parametrize("make", [bayes, pipe])
def test_weights_count_in_scores(make):
    for scores in (
        dp_cross_val_score(make(), X, Y, cv=2, sample_weight=w, epsilon=9.0),
        dp_learning_curve(make(), X, Y, sample_weight=w, epsilon=19.0)[1],
    ):
        assert max(scores) > 0.65


def test_all_steps_of_a_pipeline_get_the_weights():
    heavy = np.r_[X, X + 50.0]
    model = make_dp_pipeline(
        make_dp_union(DPStandardScaler(), DPMinMaxScaler()),
        DPStandardScaler(),
        bounds=(-99, 99),
        epsilon=19.0,
    ).fit(heavy, sample_weight=np.repeat([1.0, 0.0], N))
    assert abs(model[0].transformer_list[0][1].mean_).max() < 5
    columns = make_dp_column_transformer((DPStandardScaler(bounds=(-99, 99)), [0, 1]))
    columns.set_params(epsilon=19.0).fit(heavy, sample_weight=np.repeat([1.0, 0.0], N))
    assert abs(columns.transformers_[0][1].mean_).max() < 5
    table = make_dp_pipeline(DPTableVectorizer(), bayes().set_params(bounds="private"))
    frame = pd.DataFrame(X, columns=["a", "b"])
    assert search(table).fit(frame, Y, sample_weight=w).score(frame, y) > 0.7


def test_parameters_of_steps():
    given = {"dpgaussiannb__sample_weight": w}
    assert search(pipe()).fit(X, Y, **given).score(X, y) > 0.7
    assert tuned(pipe()).fit(X, Y, **given).score(X, y) > 0.5
    dp_cross_val_score(pipe(), X, Y, cv=2, params=given, epsilon=9.0)
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="no step 'model'"):
        search(pipe()).fit(X, Y, model__sample_weight=w)
    assert len(ledger.records) == 0


def test_weights_do_not_pass_a_sampler():
    sampled = make_dp_pipeline(DPRandomUnderSampler(classes=[0, 1]), bayes())
    for model in search(sampled), tuned(sampled):
        with (
            PrivacyLedger() as ledger,
            pytest.raises(ValueError, match="After"),
        ):
            model.fit(X, Y, sample_weight=w)
        assert len(ledger.records) == 0


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


WRAPS = [search, tuned]


@pytest.mark.parametrize("wrap", WRAPS)
def test_requests_are_obeyed(wrap, routing):
    unset = wrap(bayes())
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        unset.fit(X, Y, sample_weight=w)
    refused = wrap(bayes().set_fit_request(sample_weight=False))
    with pytest.raises(TypeError, match="sample_weight"):
        refused.fit(X, Y, sample_weight=w)
    wanted = wrap(bayes().set_fit_request(sample_weight=True))
    assert wanted.fit(X, Y, sample_weight=w).score(X, y) > 0.7
    alias = wrap(bayes().set_fit_request(sample_weight="care"))
    assert alias.fit(X, Y, care=w).score(X, y) > 0.7
    step = pipe()
    step[-1].set_fit_request(sample_weight="care")
    assert wrap(step).fit(X, Y, care=w, groups=np.arange(N)).score(X, y) > 0.5


@pytest.mark.parametrize("wrap", WRAPS)
def test_they_are_routers(wrap, routing):
    model = wrap(bayes().set_fit_request(sample_weight=True))
    router = get_routing_for_object(model)
    assert isinstance(router, MetadataRouter)
    assert router.consumes("fit", {"sample_weight", "groups"}) >= {"sample_weight"}


def test_a_scorer_has_requests_of_its_own(routing):
    scorer = make_dp_scorer("accuracy").set_score_request(sample_weight="care")
    model = search(bayes().set_fit_request(sample_weight=False), scoring=scorer)
    model.fit(X, Y, care=w)
    deaf = make_dp_scorer("accuracy").set_score_request(sample_weight=False)
    model = search(bayes().set_fit_request(sample_weight=True), scoring=deaf)
    assert model.fit(X, Y, sample_weight=w).score(X, y) > 0.7
    scores = dp_cross_val_score(
        bayes().set_fit_request(sample_weight=True),
        X, Y, cv=2, sample_weight=w, scoring=deaf, epsilon=9.0,
    )  # fmt: skip
    assert max(scores) < 0.8  # half of what is scored is wrong, and counts
    with pytest.raises(UnsetMetadataPassedError):
        dp_cross_val_score(bayes(), X, Y, cv=2, sample_weight=w)


def test_metadata_of_other_lengths_is_refused(routing):
    model = search(bayes().set_fit_request(sample_weight=True))
    with pytest.raises(ValueError, match="inconsistent numbers"):
        model.fit(X, Y, sample_weight=w[:-1])


def test_a_logistic_regression_in_a_pipeline_routes(routing):
    model = DPLogisticRegression(classes=[0, 1]).set_fit_request(sample_weight=True)
    scaled = make_dp_pipeline(
        DPStandardScaler().set_fit_request(sample_weight=False), model, bounds=(-1, 1)
    )
    assert tuned(scaled).fit(X, Y, sample_weight=w).score(X, y) > 0.65
