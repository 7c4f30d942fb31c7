"""Private linear models."""

from skprivate.linear_model._huber import DPHuberRegressor
from skprivate.linear_model._lasso import DPElasticNet, DPLasso
from skprivate.linear_model._lasso_cv import DPElasticNetCV, DPLassoCV
from skprivate.linear_model._linear import DPLinearRegression
from skprivate.linear_model._log_links import (
    DPGammaRegressor,
    DPPoissonRegressor,
    DPTweedieRegressor,
)
from skprivate.linear_model._logistic import DPLogisticRegression
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.linear_model._quantile import DPQuantileRegressor
from skprivate.linear_model._ridge import DPRidge
from skprivate.linear_model._ridge_cv import DPRidgeCV
from skprivate.linear_model._sgd_classifier import DPSGDClassifier
from skprivate.linear_model._sgd_regressor import DPSGDRegressor
from skprivate.linear_model._svc import DPLinearSVC

__all__ = [
    "DPElasticNet",
    "DPElasticNetCV",
    "DPGammaRegressor",
    "DPHuberRegressor",
    "DPLasso",
    "DPLassoCV",
    "DPLinearRegression",
    "DPLinearSVC",
    "DPLogisticRegression",
    "DPPoissonRegressor",
    "DPQuantileRegressor",
    "DPRidge",
    "DPRidgeCV",
    "DPSGDClassifier",
    "DPSGDRegressor",
    "DPTweedieRegressor",
    "PublicCoef",
    "PublicRows",
]
