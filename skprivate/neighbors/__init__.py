"""Private models of what is near."""

from skprivate.neighbors._nearest_centroid import DPNearestCentroid

__all__ = ["DPNearestCentroid"]
