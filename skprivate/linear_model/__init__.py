"""Private linear models."""

from skprivate.linear_model._logistic import DPLogisticRegression
from skprivate.linear_model._ridge import DPRidge

__all__ = ["DPLogisticRegression", "DPRidge"]
