"""Images: public maps."""

from skprivate.feature_extraction.image._changes import (
    Colour,
    Crop,
    Flip,
    Rotation,
    Shift,
)
from skprivate.feature_extraction.image._patches import RandomPatchFeatures
from skprivate.feature_extraction.image._regions import RegionSummary
from skprivate.feature_extraction.image._scattering import ScatteringTransform

__all__ = [
    "Colour",
    "Crop",
    "Flip",
    "RandomPatchFeatures",
    "RegionSummary",
    "Rotation",
    "ScatteringTransform",
    "Shift",
]
