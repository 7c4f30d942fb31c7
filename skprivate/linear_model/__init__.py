"""Private linear models."""

from skprivate.linear_model._lasso import DPElasticNet, DPLasso
from skprivate.linear_model._lasso_cv import DPElasticNetCV, DPLassoCV
from skprivate.linear_model._linear import DPLinearRegression
from skprivate.linear_model._logistic import DPLogisticRegression
from skprivate.linear_model._ridge import DPRidge
from skprivate.linear_model._ridge_cv import DPRidgeCV

__all__ = [
    "DPElasticNet",
    "DPElasticNetCV",
    "DPLasso",
    "DPLassoCV",
    "DPLinearRegression",
    "DPLogisticRegression",
    "DPRidge",
    "DPRidgeCV",
]
