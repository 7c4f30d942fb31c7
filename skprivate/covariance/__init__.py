"""Private covariance matrices."""

from skprivate.covariance._empirical import DPCovariance

__all__ = ["DPCovariance"]
