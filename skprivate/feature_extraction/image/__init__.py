"""Images: public maps."""

from skprivate.feature_extraction.image._patches import RandomPatchFeatures
from skprivate.feature_extraction.image._regions import RegionSummary
from skprivate.feature_extraction.image._scattering import ScatteringTransform

__all__ = ["RandomPatchFeatures", "RegionSummary", "ScatteringTransform"]
