"""Private classifiers of normal classes."""

from skprivate.discriminant_analysis._linear import DPLinearDiscriminantAnalysis
from skprivate.discriminant_analysis._quadratic import DPQuadraticDiscriminantAnalysis

__all__ = ["DPLinearDiscriminantAnalysis", "DPQuadraticDiscriminantAnalysis"]
