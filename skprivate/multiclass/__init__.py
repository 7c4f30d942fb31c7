"""Several classes, or labels, by private classifiers of two."""

from skprivate.multiclass._one_vs_rest import DPOneVsRestClassifier

__all__ = ["DPOneVsRestClassifier"]
