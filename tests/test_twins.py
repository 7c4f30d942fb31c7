"""Without noise, every estimator agrees with its namesake in scikit-learn."""

import warnings
from dataclasses import dataclass, field

import numpy as np
import pytest
from sklearn import (
    decomposition,
    linear_model,
    mixture,
    naive_bayes,
    preprocessing,
    svm,
)
from sklearn.base import clone

from skprivate.testing import all_estimators

LOW, HIGH = -10.0, 10.0


@dataclass(frozen=True)
class Twins:
    """A private estimator, its namesake, and how closely they must agree.

    ``close`` gives, for each attribute or method (applied to the rows), the largest
    distance, relative to the largest entry of the namesake's.
    """

    private: str
    namesake: object
    close: dict
    params: dict = field(default_factory=dict)


TABLE = [
    Twins(
        "DPStandardScaler",
        preprocessing.StandardScaler(),
        {"mean_": 1e-5, "var_": 1e-4, "scale_": 1e-4, "transform": 1e-4},
    ),
    Twins(
        "DPMinMaxScaler",
        preprocessing.MinMaxScaler(),
        {"data_min_": 5e-3, "data_max_": 5e-3, "transform": 5e-3},
    ),
    Twins(
        "DPRobustScaler",
        preprocessing.RobustScaler(),
        {"center_": 1e-3, "scale_": 2e-3, "transform": 2e-3},
    ),
    Twins(
        "DPQuantileTransformer",
        preprocessing.QuantileTransformer(n_quantiles=100),
        {"references_": 0.0, "transform": 2e-2},
        {"n_quantiles": 100},
    ),
    Twins(
        "DPKBinsDiscretizer",
        preprocessing.KBinsDiscretizer(strategy="uniform", encode="ordinal"),
        {"n_bins_": 0.0},
        {"strategy": "uniform", "encode": "ordinal", "classes": None},
    ),
    Twins(
        "DPPowerTransformer",
        preprocessing.PowerTransformer(),
        {"transform": 5e-2},
    ),
    Twins(
        "DPSplineTransformer",
        preprocessing.SplineTransformer(knots="quantile"),
        {"transform": 2e-2},
        {"knots": "quantile"},
    ),
    Twins(
        "DPPCA",
        decomposition.PCA(),
        {"mean_": 1e-4, "explained_variance_": 1e-4, "explained_variance_ratio_": 1e-4},
    ),
    Twins(
        "DPPCA",
        decomposition.PCA(2),
        {"components_": 1e-3, "noise_variance_": 1e-3, "singular_values_": 1e-3},
        {"n_components": 2},
    ),
    Twins(
        "DPRidge",
        linear_model.Ridge(),
        {"coef_": 1e-3, "intercept_": 0.05, "predict": 1e-2},
        {"target_bounds": (-30.0, 30.0)},
    ),
    Twins(
        "DPRidge",
        linear_model.Ridge(10.0, fit_intercept=False),
        {"coef_": 1e-2, "predict": 5e-2},
        {"alpha": 10.0, "fit_intercept": False, "target_bounds": (-30.0, 30.0)},
    ),
    Twins(
        "DPLinearRegression",
        linear_model.LinearRegression(),
        {"coef_": 1e-2, "intercept_": 0.05, "predict": 1e-2},
        {"target_bounds": (-30.0, 30.0)},
    ),
    Twins(
        "DPLasso",
        linear_model.Lasso(0.1),
        {"coef_": 1e-2, "intercept_": 0.05, "predict": 1e-2},
        {"target_bounds": (-30.0, 30.0), "alpha": 0.1},
    ),
    Twins(
        "DPElasticNet",
        linear_model.ElasticNet(0.1),
        {"coef_": 1e-2, "intercept_": 0.05, "predict": 1e-2},
        {"target_bounds": (-30.0, 30.0), "alpha": 0.1},
    ),
    Twins(
        "DPLassoCV",
        linear_model.LassoCV(),
        {"coef_": 1e-2, "intercept_": 0.05, "predict": 1e-2},
        {"target_bounds": (-30.0, 30.0)},
    ),
    Twins(
        "DPElasticNetCV",
        linear_model.ElasticNetCV(),
        {"coef_": 1e-2, "intercept_": 0.05, "predict": 1e-2},
        {"target_bounds": (-30.0, 30.0)},
    ),
    Twins(
        "DPGaussianNB",
        naive_bayes.GaussianNB(),
        {"class_prior_": 1e-6, "theta_": 1e-3, "var_": 1e-3, "predict_proba": 5e-2},
    ),
    Twins(
        "DPGaussianMixture",
        mixture.GaussianMixture(),
        {"means_": 1e-3, "covariances_": 1e-2, "score_samples": 1e-2},
    ),
    Twins(
        "DPLogisticRegression",
        linear_model.LogisticRegression(),
        {"predict_proba": 0.2},
    ),
    Twins(
        "DPLinearSVC",
        svm.LinearSVC(dual=False, intercept_scaling=100.0, tol=1e-8),
        {"decision_function": 0.1},
    ),
    Twins(
        "DPSGDClassifier",
        linear_model.LogisticRegression(C=1 / (0.01 * 2000)),
        {"coef_": 1e-2, "intercept_": 0.05, "predict_proba": 1e-2},
        {"loss": "log_loss", "alpha": 0.01},
    ),
    Twins(
        "DPSGDRegressor",
        linear_model.ElasticNet(0.1, l1_ratio=0.15),
        {"coef_": 1e-2, "intercept_": 0.05, "predict": 1e-2},
        {"alpha": 0.1, "penalty": "elasticnet", "target_bounds": (-30.0, 30.0)},
    ),
]
HERE = dict(all_estimators())


@pytest.mark.parametrize("twins", TABLE, ids=lambda t: t.private)
def test_without_noise_twins_agree(twins):
    X, y = _rows(twins.private)
    private = _fitted_without_noise(twins, X, y)
    namesake = clone(twins.namesake).fit(X, y)
    for name, limit in twins.close.items():
        expected, found = _value(namesake, name, X), _value(private, name, X)
        assert found.shape == expected.shape, name
        if name == "components_":
            found = found * np.sign(np.sum(found * expected, axis=1, keepdims=True))
        distance = np.max(np.abs(found - expected)) / np.max(np.abs(expected))
        assert distance <= limit, f"{name}: {distance:.2g}"


def _rows(name):
    """Rows of different scales, with a linear signal and two classes."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 4)) * [1.0, 2.0, 0.5, 0.1] + [1.0, 0.0, -1.0, 3.0]
    y = X @ [1.0, 2.0, -1.0, 0.5] + 0.3 * rng.normal(size=len(X))
    cls = HERE[name]
    return (X, (y > 0).astype(int)) if cls()._target_kind() == "class" else (X, y)


def _fitted_without_noise(twins, X, y):
    estimator = HERE[twins.private](epsilon=np.inf)
    facts = {"bounds": (LOW, HIGH), "classes": [0, 1]} | twins.params
    names = estimator.get_params()
    estimator.set_params(**{k: v for k, v in facts.items() if k in names})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y)


def _value(estimator, name, X):
    """An attribute, or what a method makes of the rows."""
    value = getattr(estimator, name)
    return np.atleast_1d(value(X) if callable(value) else value)
