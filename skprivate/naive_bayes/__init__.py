"""Private naive Bayes classifiers."""

from skprivate.naive_bayes._gaussian import DPGaussianNB

__all__ = ["DPGaussianNB"]
