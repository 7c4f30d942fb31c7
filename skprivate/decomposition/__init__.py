"""Private matrix decompositions."""

from skprivate.decomposition._pca import DPPCA

__all__ = ["DPPCA"]
