"""Private clustering."""

from skprivate.cluster._k_means import DPKMeans

__all__ = ["DPKMeans"]
