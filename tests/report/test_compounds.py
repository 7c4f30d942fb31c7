"""Reports of what pays once for several private parts, and of private scores."""

import numpy as np
import pytest
from sklearn.preprocessing import Normalizer

from skprivate import PrivacyLedger, check_policy, make_dp_pipeline, privacy_report
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import dp_accuracy_score
from skprivate.model_selection import DPGridSearchCV
from skprivate.preprocessing import DPStandardScaler
from skprivate.report import ModelPrivacyReport

X = np.random.default_rng(0).normal(size=(400, 3))
Y = (X[:, 0] > 0).astype(int)


def classifier():
    return DPLogisticRegression(bounds=(-4, 4), classes=[0, 1])


def pipeline():
    model = DPLogisticRegression(classes=[0, 1])
    return make_dp_pipeline(DPStandardScaler(bounds=(-4, 4)), model, epsilon=1.0)


def search():
    return DPGridSearchCV(classifier(), {"C": [0.1, 1.0]}, epsilon=2.0)


@pytest.mark.parametrize(("make", "epsilon"), [(pipeline, 1.0), (search, 2.0)])
def test_the_whole_is_one_fit_at_its_price(make, epsilon):
    with PrivacyLedger() as ledger:
        model = make().fit(X, Y)
    report = privacy_report(model)
    assert report.private
    assert report.n_fits == len(ledger.records) == 1
    assert report.epsilon() == pytest.approx(epsilon, rel=1e-6)
    assert report.epsilon() == pytest.approx(ledger.spent(), rel=1e-6)
    assert check_policy(model, {"max_epsilon": epsilon, "strict": True})
    assert ModelPrivacyReport.from_json(report.to_json()) == report


def test_parts_are_named():
    text = repr(privacy_report(pipeline().fit(X, Y)))
    assert "dpstandardscaler: PresentMoments" in text
    assert "dpstandardscaler__bounds = (-4, 4)" in text
    assert "dplogisticregression__classes = [0, 1]" in text


def test_how_a_search_is_priced_is_said():
    model = search().fit(X, Y)
    report = privacy_report(model)
    assert report.fits[0].notes == tuple(model.privacy_.notes)
    for note in report.fits[0].notes:
        assert note.split()[0] in repr(report)


def test_a_pipeline_that_learns_nothing_costs_nothing():
    with PrivacyLedger() as ledger:
        model = make_dp_pipeline(Normalizer(), epsilon=1.0).fit(X, Y)
    assert privacy_report(model).epsilon() == ledger.spent() == 0


def test_scores_have_reports():
    score = dp_accuracy_score(Y, Y, epsilon=0.5)
    report = privacy_report(score)
    assert report.epsilon() == pytest.approx(0.5)
    assert check_policy(score, {"max_epsilon": 0.5})
