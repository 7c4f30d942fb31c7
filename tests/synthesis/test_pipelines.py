"""What follows made-up rows is free, unless it brings more than these."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import Pipeline
from sklearn import config_context
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import OrdinalEncoder

from skprivate import make_dp_pipeline, privacy_cost, register_privacy_rule
from skprivate.composition import PrivacyCost
from skprivate.linear_model import DPLogisticRegression
from skprivate.synthesis import DPTabularSynthesizer

X = np.random.default_rng(0).uniform(0, 1, (400, 2))
Y = (X[:, 0] > 0.5).astype(int)
MODEL = LogisticRegression().fit(X, Y)
CARRIED = {
    "frozen": FrozenEstimator(MODEL),
    "frozen inside": CalibratedClassifierCV(FrozenEstimator(MODEL)),
    "frozen in a list": VotingClassifier([("a", FrozenEstimator(MODEL))]),
    "prefit": SelectFromModel(MODEL, prefit=True),
    "goes on from before": SGDClassifier(warm_start=True).fit(X, Y),
}


def synthesizer():
    return DPTabularSynthesizer(bounds=(0, 1), classes=[0, 1])


@pytest.mark.parametrize("step", CARRIED.values(), ids=CARRIED)
def test_what_was_learned_from_real_rows_is_not_free(step):
    cost = privacy_cost(Pipeline([("rows", synthesizer()), ("model", step)]))
    assert "fitted before" in str(cost.leaks)


@pytest.mark.parametrize("step", [*CARRIED.values()][:4], ids=[*CARRIED][:4])
def test_nor_is_it_in_a_pipeline_of_our_own(step):
    with pytest.raises(TypeError, match=r"not private.*fitted before"):
        make_dp_pipeline(synthesizer(), step).fit(X, Y)


def test_what_was_learned_privately_may_be_frozen():
    model = DPLogisticRegression(bounds=(0, 1), classes=[0, 1]).fit(X, Y)
    steps = [("rows", synthesizer()), ("model", FrozenEstimator(model))]
    assert privacy_cost(Pipeline(steps)).private
    assert make_dp_pipeline(synthesizer(), FrozenEstimator(model)).fit(X, Y)


@pytest.mark.parametrize(
    "step",
    [
        HistGradientBoostingClassifier(),
        make_column_transformer((OrdinalEncoder(), ["Plan"])),
        SGDClassifier(max_iter="ten"),
    ],
    ids=["text", "a column that there is not", "a parameter"],
)
def test_what_cannot_read_synthetic_rows_is_told_what_to_do(step):
    """Not to encode the real rows, which is what helps elsewhere."""
    table = pd.DataFrame({"x": X[:, 0], "plan": np.where(Y, "free", "firm")})
    rows = DPTabularSynthesizer(schema={"x": (0, 1), "plan": ["free", "firm"]})
    told = pytest.raises((TypeError, ValueError), match="fitted to the synthetic rows")
    with told as error:
        make_dp_pipeline(rows, step).fit(table, Y)
    assert type(step).__name__.lower() in str(error.value)
    assert error.value.__cause__ is error.value.__context__ is None


def test_what_is_fitted_again_is_free():
    steps = [("rows", synthesizer()), ("model", LogisticRegression().fit(X, Y))]
    assert privacy_cost(Pipeline(steps)).fits == 1
    pipe = make_dp_pipeline(synthesizer(), GaussianNB()).fit(X, Y)
    assert privacy_cost(pipe.fit(X, Y)).private


def test_nothing_needs_to_be_known_about_what_is_free():
    steps = [("rows", synthesizer()), ("model", OneVsRestClassifier(GaussianNB()))]
    assert privacy_cost(Pipeline(steps)).fits == 1


def test_private_parts_of_what_follows_are_paid_for():
    private = OneVsRestClassifier(DPLogisticRegression())
    steps = [("rows", synthesizer()), ("model", private)]
    assert privacy_cost(Pipeline(steps), n_classes=3).fits == 4


def test_what_is_given_to_a_later_step_belongs_to_real_rows():
    weights = np.ones(len(X))
    pipe = make_dp_pipeline(synthesizer(), GaussianNB())
    with pytest.raises(ValueError, match="there are other rows"):
        pipe.fit(X, Y, gaussiannb__sample_weight=weights)
    with config_context(enable_metadata_routing=True):
        model = GaussianNB().set_fit_request(sample_weight=True)
        for step in (model, OneVsRestClassifier(model)):
            cost = privacy_cost(Pipeline([("rows", synthesizer()), ("model", step)]))
            assert "sample_weight" in cost.leaks[0].what
        model = GaussianNB().set_fit_request(sample_weight=False)
        assert privacy_cost(Pipeline([("rows", synthesizer()), ("m", model)])).private


class Hands(DPTabularSynthesizer):
    """Made-up rows, and what its author wants to add."""

    def _drawn(self, n, conditions, label):
        return super()._drawn(n, conditions, label)


def test_only_our_own_classes_are_believed_to_make_rows_up():
    rule = register_privacy_rule(Hands)
    rule(lambda step, walk: PrivacyCost.of_budget("Hands", step._budget()))
    cost = privacy_cost(Pipeline([("rows", Hands()), ("model", GaussianNB())]))
    assert not cost.private
    with pytest.raises(TypeError, match="not private"):
        make_dp_pipeline(Hands(), GaussianNB()).fit(X, Y)
