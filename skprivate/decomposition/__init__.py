"""Private matrix decompositions."""

from skprivate.decomposition._pca import DPPCA
from skprivate.decomposition._truncated_svd import DPTruncatedSVD
from skprivate.decomposition._whitening import DPWhitening

__all__ = ["DPPCA", "DPTruncatedSVD", "DPWhitening"]
