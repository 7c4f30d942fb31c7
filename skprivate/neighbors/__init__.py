"""Private models of what is near, and densities."""

from skprivate.neighbors._histogram_density import DPHistogramDensity
from skprivate.neighbors._nearest_centroid import DPNearestCentroid

__all__ = ["DPHistogramDensity", "DPNearestCentroid"]
