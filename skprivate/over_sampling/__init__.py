"""Private samplers that add rows."""

from skprivate.over_sampling._random import DPRandomOverSampler
from skprivate.over_sampling._smote import DPSMOTE
from skprivate.over_sampling._smotenc import DPSMOTENC
from skprivate.over_sampling._synthetic import DPSyntheticOverSampler

__all__ = ["DPRandomOverSampler", "DPSMOTE", "DPSMOTENC", "DPSyntheticOverSampler"]
