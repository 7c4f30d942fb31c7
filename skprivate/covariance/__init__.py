"""Private covariance matrices, and outliers by them."""

from skprivate.covariance._elliptic_envelope import DPEllipticEnvelope
from skprivate.covariance._empirical import DPCovariance

__all__ = ["DPCovariance", "DPEllipticEnvelope"]
