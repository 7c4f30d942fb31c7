"""Private linear models."""

from skprivate.linear_model._logistic import DPLogisticRegression
from skprivate.linear_model._ridge import DPRidge
from skprivate.linear_model._ridge_cv import DPRidgeCV

__all__ = ["DPLogisticRegression", "DPRidge", "DPRidgeCV"]
