"""Copies of a row are one unit for all that follows: in noise, price and ledger."""

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_sampler_pipeline
from sklearn.base import BaseEstimator

from skprivate import PrivacyLedger, check_private, make_dp_pipeline, privacy_cost
from skprivate.accounting import Budget, events_of_group
from skprivate.composition import NotPrivateError, register_privacy_rule
from skprivate.composition._cost import PrivacyCost
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPTunedThresholdClassifier
from skprivate.naive_bayes import DPGaussianNB
from skprivate.over_sampling import DPRandomOverSampler, DPSyntheticOverSampler
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import UnitClip
from skprivate.under_sampling import DPRandomUnderSampler, RowFilter

rng = np.random.default_rng(0)
X = np.r_[rng.normal(0, 1, (900, 2)), rng.normal(2, 0.5, (100, 2))]
Y = np.repeat([0, 1], [900, 100])
KNOWN = {"classes": [0, 1]}


def copies(n=3):
    return DPRandomOverSampler(max_copies=n, **KNOWN)


def bayes(**params):
    return DPGaussianNB(bounds=(-6, 6), **KNOWN, **params)


def sensitivities(model):
    return {
        release.query: release.sensitivity
        for release in model.fit(X, Y).privacy_.releases
    }


def test_what_follows_has_noise_for_all_copies():
    alone = sensitivities(make_dp_pipeline(bayes()))
    after = sensitivities(make_dp_pipeline(copies(), bayes()))
    for query, sensitivity in alone.items():
        assert after[query] == pytest.approx(3 * sensitivity)
    assert after["dprandomoversampler: ClassCounts"] == 1


def test_copies_multiply_and_pass_all_kinds_of_steps():
    pipe = make_dp_pipeline(
        DPSyntheticOverSampler(bounds=(-6, 6), **KNOWN),
        copies(2),
        RowFilter(bounds=(-6, 6)),
        DPStandardScaler(bounds=(-6, 6)),
        copies(3),
        DPRandomUnderSampler(**KNOWN),
        make_dp_pipeline(DPStandardScaler(), bayes()),
    )
    found = sensitivities(pipe)
    counts = [s for query, s in found.items() if "ClassCounts" in query]
    assert counts == [1, 2, 6]
    last = [s for query, s in found.items() if "dppipeline: dpgaussiannb" in query]
    alone = sensitivities(make_dp_pipeline(bayes()))["dpgaussiannb: Moments"]
    assert max(last) == pytest.approx(6 * alone)
    assert pipe.stability == 6


def test_parameters_stay_as_the_user_gave_them():
    clip = UnitClip(3, 1.0)
    pipe = make_dp_pipeline(copies(), bayes(max_rows_per_group=clip)).fit(X, Y)
    assert pipe[-1].max_rows_per_group == clip
    assert pipe.privacy_.releases[-1].sensitivity == pytest.approx(5**0.5, rel=1e-3)
    pipe = make_dp_pipeline(copies(), bayes()).fit(X, Y)
    assert pipe[-1].max_rows_per_group == 1


def test_no_copy_is_lost():
    """Without noise the model has seen each row as often as it came."""
    pipe = make_dp_pipeline(copies(), bayes(), epsilon=np.inf)
    with pytest.warns(UserWarning, match="not private"):
        pipe.fit(X, Y)
    assert pipe[-1].class_count_ == pytest.approx([900, 300], abs=1)


def test_the_price_in_a_pipeline_of_others_is_that_of_a_group():
    alone, after = (
        privacy_cost(make_sampler_pipeline(*steps))
        for steps in ([bayes()], [copies(3), bayes()])
    )
    mu = 1 / alone.events[0].noise_multiplier
    first, last = after.events
    assert 1 / first.noise_multiplier == pytest.approx(mu)
    assert 1 / last.event.noise_multiplier == pytest.approx(3 * mu)
    assert "comes up to 3 times" in repr(after)
    one = privacy_cost(make_sampler_pipeline(copies(1), bayes()))
    assert one.epsilon() < after.epsilon()
    assert check_private(make_sampler_pipeline(copies(3), bayes())).private


def test_a_ledger_refuses_what_it_cannot_see():
    with PrivacyLedger() as ledger:
        for model in (make_sampler_pipeline(copies(), bayes()),):
            with pytest.raises(ValueError, match="make_dp_pipeline"):
                model.fit(X, Y)
        for sampler in (copies(), make_dp_pipeline(copies(2))):
            with pytest.raises(ValueError, match="would not see"):
                sampler.fit_resample(X, Y)
        assert not ledger.records
        make_sampler_pipeline(copies(1), bayes()).fit(X, Y)
        make_dp_pipeline(copies(), bayes(), epsilon=2.0).fit(X, Y)
    assert [record.name for record in ledger.records][-1] == "DPPipeline"
    assert len(ledger.records) == 3


def test_thresholds_and_searches_pay_for_copies_inside():
    pipe = make_dp_pipeline(copies(), DPLogisticRegression(bounds=(-6, 6), **KNOWN))
    tuned = DPTunedThresholdClassifier(pipe, epsilon=2.0).fit(X, Y)
    assert tuned.privacy_.epsilon() == pytest.approx(2.0)
    fits = [r for r in tuned.privacy_.releases if "dplogistic" in r.query]
    assert fits
    assert all(r.sensitivity >= 3 for r in fits if "Count" in r.query)


def test_samplers_of_others_may_not_follow_copies():
    class Half(BaseEstimator):
        def fit(self, X, y):
            return self

        def fit_resample(self, X, y):
            return X[::2], y[::2]

    register_privacy_rule(Half)(lambda estimator, walk: PrivacyCost("Half"))
    make_dp_pipeline(Half(), copies(), bayes()).fit(X, Y)
    with pytest.raises(TypeError, match="come several times"):
        make_dp_pipeline(copies(), Half(), bayes()).fit(X, Y)


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_events_of_groups(delta):
    budget = Budget(0.7, delta)
    (event,) = events_of_group([budget.event], 4)
    if delta:
        assert 1 / event.event.noise_multiplier == pytest.approx(4 * budget.mu)
    else:
        assert event.event.noise_parameter == pytest.approx(2.8)
    assert events_of_group([budget.event], 1) == (budget.event,)


def test_events_without_a_price_for_groups_are_not_private():
    from dp_accounting import dp_event as dp

    sampled = dp.PoissonSampledDpEvent(0.1, dp.GaussianDpEvent(1.0))
    (event,) = events_of_group([sampled], 2)
    assert isinstance(event.event, dp.NonPrivateDpEvent)
    failing = Budget(1.0, 1e-6).reserving().event
    kinds = {type(e.event).__name__ for e in events_of_group([failing], 2)}
    assert kinds == {"GaussianDpEvent", "PoissonSampledDpEvent"}
    rates = [
        e.event.sampling_probability
        for e in events_of_group([failing], 2)
        if hasattr(e.event, "sampling_probability")
    ]
    assert rates == [pytest.approx(2e-7)]


def test_groups_of_the_user_do_not_pass():
    with pytest.raises(ValueError, match="which group"):
        make_dp_pipeline(copies(), bayes()).fit(X, Y, groups=np.arange(1000) // 2)


def test_not_private_stays_not_private():
    from imblearn.over_sampling import RandomOverSampler

    with pytest.raises(NotPrivateError):
        check_private(make_sampler_pipeline(copies(), RandomOverSampler(), bayes()))
