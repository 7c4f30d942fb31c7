"""Private mixtures of distributions."""

from skprivate.mixture._gaussian import DPGaussianMixture

__all__ = ["DPGaussianMixture"]
