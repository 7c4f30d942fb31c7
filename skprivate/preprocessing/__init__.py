"""Private scaling of features."""

from skprivate.preprocessing._discretizer import DPKBinsDiscretizer
from skprivate.preprocessing._min_max import DPMinMaxScaler
from skprivate.preprocessing._power import DPPowerTransformer
from skprivate.preprocessing._quantile_transformer import DPQuantileTransformer
from skprivate.preprocessing._robust_scaler import DPRobustScaler
from skprivate.preprocessing._row_norm import RowNormClipper
from skprivate.preprocessing._spline import DPSplineTransformer
from skprivate.preprocessing._standard import DPStandardScaler

__all__ = [
    "DPKBinsDiscretizer",
    "DPMinMaxScaler",
    "DPPowerTransformer",
    "DPQuantileTransformer",
    "DPRobustScaler",
    "DPSplineTransformer",
    "DPStandardScaler",
    "RowNormClipper",
]
