"""The unit of a column makes no difference, where its range has to be found."""

import numpy as np
import pytest

from skprivate import make_dp_pipeline
from skprivate.cluster import DPKMeans
from skprivate.compose import DPTableVectorizer
from skprivate.exploration import dp_mean, dp_quantile
from skprivate.linear_model import DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import (
    DPKBinsDiscretizer,
    DPMinMaxScaler,
    DPPowerTransformer,
    DPQuantileTransformer,
    DPRobustScaler,
    DPSplineTransformer,
    DPStandardScaler,
)
from skprivate.tree import DPDecisionTreeClassifier

N = 4_000
rng = np.random.default_rng(0)
PLACE = rng.random(N)
TARGET = PLACE + 0.05 * rng.normal(size=N)
UNITS = {  # the smallest value, and by how much the largest is larger
    "percent": (0.0, 100.0),
    "milliseconds since 1970": (1.6e12, 1e11),
    "nanoseconds since 1970": (1.6e18, 1e17),
    "meters that are nanometers": (0.0, 1e-9),
    "grams of a few molecules": (-1e-21, 2e-21),
    "below zero": (-3e5, 3e5),
}
SEED = {"epsilon": 5.0, "random_state": 0}
STEPS = {
    "standard": DPStandardScaler,
    "min and max": DPMinMaxScaler,
    "robust": DPRobustScaler,
    "quantile": DPQuantileTransformer,
    "power": DPPowerTransformer,
    "spline": DPSplineTransformer,
    "bins": lambda **seed: DPKBinsDiscretizer(encode="onehot-dense", **seed),
    "uniform bins": lambda **seed: DPKBinsDiscretizer(
        strategy="uniform", encode="onehot-dense", **seed
    ),
    "table": lambda **seed: DPTableVectorizer(find_categories=False, **seed),
}


def column(unit):
    start, width = UNITS[unit]
    return (start + width * PLACE).reshape(-1, 1)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("step", STEPS)
def test_a_line_is_found_behind_every_transformer(step, unit):
    seed = {"random_state": 0}
    ridge = DPRidge(target_bounds=(-1, 2), **seed)
    model = make_dp_pipeline(STEPS[step](**seed), ridge, epsilon=5.0)
    X = column(unit)
    assert model.fit(X, TARGET).score(X, TARGET) > 0.85


@pytest.mark.parametrize("unit", UNITS)
def test_models_and_statistics(unit):
    X, (start, width) = column(unit), UNITS[unit]
    late = PLACE > 0.5
    for model in (DPGaussianNB, DPDecisionTreeClassifier):
        model = model(classes=[False, True], **SEED).fit(X, late)
        assert model.score(X, late) > 0.9
    centers = DPKMeans(2, **SEED).fit(X).cluster_centers_
    assert 0.3 * width < np.ptp(centers) < 0.7 * width
    for found in (dp_mean(X.ravel(), **SEED), dp_quantile(X.ravel(), 0.5, **SEED)):
        assert abs(float(found) - start - width / 2) < 0.1 * width
    line = DPRidge(bounds=(0, 1), **SEED).fit(PLACE.reshape(-1, 1), X.ravel())
    assert line.score(PLACE.reshape(-1, 1), X.ravel()) > 0.9
