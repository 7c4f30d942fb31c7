"""What is asked about a model counts as much of a unit as the model inside."""

import numpy as np
import pytest

from skprivate import make_dp_pipeline
from skprivate.calibration import DPCalibratedClassifier
from skprivate.ensemble import DPBalancedBaggingClassifier, DPStackingClassifier
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV, DPTunedThresholdClassifier
from skprivate.preprocessing import DPStandardScaler

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (600, 2))
Y = (X[:, 0] > 0.2).astype(int)
GROUPS = np.arange(600) // 3


def pipe():
    most = {"max_rows_per_group": 3, "max_weight": 2.0}
    model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1], **most)
    return make_dp_pipeline(DPStandardScaler(**most), model)


ASKED = {
    "threshold": (DPTunedThresholdClassifier(pipe(), epsilon=9.0), "threshold"),
    "calibration": (DPCalibratedClassifier(pipe(), epsilon=9.0), "calibration"),
    "bagging": (
        DPBalancedBaggingClassifier(pipe(), n_estimators=2, epsilon=9.0),
        "balance",
    ),
    "stack": (
        DPStackingClassifier([("a", pipe())], classes=[0, 1], epsilon=9.0),
        "final_estimator",
    ),
}


@pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
@pytest.mark.parametrize("name", ASKED)
def test_as_many_rows_and_as_much_weight_as_inside(name):
    model, asked = ASKED[name]
    report = model.fit(X, Y, groups=GROUPS, sample_weight=np.full(600, 2.0)).privacy_
    assert "3 rows" in report.unit
    releases = [r for r in report.releases if r.query.startswith(asked)]
    assert releases
    assert all(release.sensitivity >= 6.0 for release in releases)


def test_a_search_names_the_unit_of_what_it_searches():
    grid = {"dplogisticregression__C": [0.1, 1.0]}
    search = DPGridSearchCV(pipe(), grid, epsilon=9.0)
    assert "3 rows" in search.fit(X, Y, groups=GROUPS).privacy_.unit
