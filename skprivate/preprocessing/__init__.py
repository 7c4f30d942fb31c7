"""Private scaling of features."""

from skprivate.preprocessing._min_max import DPMinMaxScaler
from skprivate.preprocessing._row_norm import RowNormClipper
from skprivate.preprocessing._standard import DPStandardScaler

__all__ = ["DPMinMaxScaler", "DPStandardScaler", "RowNormClipper"]
